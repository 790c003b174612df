// linear_gradient: the gradients of y = x w + b, given d = dL/dy:
//   w[k,n] = sum_r x[r,k] d[r,n]   (w: dL/dw)
//   b[n]   = sum_r d[r,n]          (b: dL/db)
// dispatch: one invocation per 4 columns of a row of w, ROWS * ceil(COLUMNS / 4) of them; any sizes
// why: both gradients in one pass over d: the bias is the weight of an input that is always 1, and the invocations
//      of the first row write its sums; otherwise as matmul
// source: Goodfellow, Bengio and Courville, Deep Learning, section 6.5.4
// #import block
const BLOCK_ROWS: u32 = 1u;
const BLOCK_COLUMNS: u32 = 4u;
override ROWS: u32 = 1u;    // k, inputs of the layer
override COLUMNS: u32 = 1u; // n, outputs of the layer
override INNER: u32 = 1u;   // r, examples
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [INNER, ROWS]
@group(0) @binding(1) var<storage, read>       d: array<f32>; // [INNER, COLUMNS]
@group(0) @binding(2) var<storage, read_write> w: array<f32>; // [ROWS, COLUMNS]
@group(0) @binding(3) var<storage, read_write> b: array<f32>; // [COLUMNS]

fn store_w(i: u32, value: f32) { w[i] = value; }
fn store_b(i: u32, value: f32) { b[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let row = i / across;
  let column = i % across * BLOCK_COLUMNS;
  if (row >= ROWS) { return; }
  let columns = four(column, COLUMNS);
  var sums = vec4<f32>();
  var bias = vec4<f32>();
  for (var r = 0u; r < INNER; r++) {
    let at = r * COLUMNS + columns;
    let right = vec4<f32>(d[at.x], d[at.y], d[at.z], d[at.w]);
    sums += x[r * ROWS + row] * right;
    bias += right;
  }
  for (var c = 0u; c < min(4u, COLUMNS - column); c++) {
    store_w(row * COLUMNS + column + c, sums[c]);
    if (row == 0u) { store_b(column + c, bias[c]); }
  }
}
