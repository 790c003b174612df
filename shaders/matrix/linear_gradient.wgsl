// linear_gradient: the gradients of y = x w + b, given d = dL/dy:
//   w[k,n] = sum_r x[r,k] d[r,n]   (w: dL/dw)
//   b[n]   = sum_r d[r,n]          (b: dL/db)
// dispatch: one invocation per block of 4 rows (y) and 4 columns (x) of w; any sizes
// why: both gradients in one pass over d; the bias is the weight of an input that is always 1, and the blocks of
//      the first four rows write its sums; registers and clamped edges as in matmul
// source: Goodfellow, Bengio and Courville, Deep Learning, section 6.5.4
const BLOCK_ROWS: u32 = 4u;
const BLOCK_COLUMNS: u32 = 4u;
override ROWS: u32 = 1u;    // k, rows of w: inputs of the layer
override COLUMNS: u32 = 1u; // n, columns of w: outputs of the layer
override INNER: u32 = 1u;   // r, examples
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [INNER, ROWS]
@group(0) @binding(1) var<storage, read>       d: array<f32>; // [INNER, COLUMNS]
@group(0) @binding(2) var<storage, read_write> w: array<f32>; // [ROWS, COLUMNS]
@group(0) @binding(3) var<storage, read_write> b: array<f32>; // [COLUMNS]

fn store_w(i: u32, value: f32) { w[i] = value; }
fn store_b(i: u32, value: f32) { b[i] = value; }

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y * BLOCK_ROWS;
  let column = id.x * BLOCK_COLUMNS;
  if (row >= ROWS || column >= COLUMNS) { return; }
  let rows = min(vec4<u32>(row, row + 1u, row + 2u, row + 3u), vec4<u32>(ROWS - 1u));
  let columns = min(vec4<u32>(column, column + 1u, column + 2u, column + 3u), vec4<u32>(COLUMNS - 1u));

  var sums = array<vec4<f32>, 4>();
  var bias = vec4<f32>();
  for (var r = 0u; r < INNER; r++) {
    let xr = r * ROWS + rows;
    let dr = r * COLUMNS + columns;
    let right = vec4<f32>(d[dr.x], d[dr.y], d[dr.z], d[dr.w]);
    sums[0] += x[xr.x] * right;
    sums[1] += x[xr.y] * right;
    sums[2] += x[xr.z] * right;
    sums[3] += x[xr.w] * right;
    bias += right;
  }

  for (var c = 0u; c < min(BLOCK_COLUMNS, COLUMNS - column); c++) {
    for (var r = 0u; r < min(BLOCK_ROWS, ROWS - row); r++) {
      store_w((row + r) * COLUMNS + column + c, sums[r][c]);
    }
    if (row == 0u) { store_b(column + c, bias[c]); }
  }
}
