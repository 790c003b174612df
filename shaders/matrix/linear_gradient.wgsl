// linear_gradient: the gradients of y = x w + b, given d = dL/dy:
//   w[k,n] = sum_r x[r,k] d[r,n]   (w: dL/dw)
//   b[n]   = sum_r d[r,n]          (b: dL/db)
// dispatch: one invocation per block of w, ceil(ROWS / 8) * ceil(COLUMNS / 8) of them; any sizes
// why: both gradients in one pass over d: the bias is the weight of an input that is always 1, and the blocks of the
//      first rows write its sums; otherwise as matmul_tn
// source: Goodfellow, Bengio and Courville, Deep Learning, section 6.5.4
// #import block
const BLOCK_ROWS: u32 = 8u;
const BLOCK_COLUMNS: u32 = 8u;
override ROWS: u32 = 1u;    // k, inputs of the layer
override COLUMNS: u32 = 1u; // n, outputs of the layer
override INNER: u32 = 1u;   // r, examples
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [INNER, ROWS]
@group(0) @binding(1) var<storage, read>       d: array<f32>; // [INNER, COLUMNS]
@group(0) @binding(2) var<storage, read_write> w: array<f32>; // [ROWS, COLUMNS]
@group(0) @binding(3) var<storage, read_write> b: array<f32>; // [COLUMNS]

fn store_w(i: u32, value: f32) { w[i] = value; }
fn store_b(i: u32, value: f32) { b[i] = value; }

fn write_block(row: u32, column: u32, block: mat4x4<f32>) {
  var sums = block;
  for (var r = 0u; r < 4u; r++) {
    for (var c = 0u; c < 4u; c++) {
      if (row + r < ROWS && column + c < COLUMNS) { store_w((row + r) * COLUMNS + column + c, sums[r][c]); }
    }
  }
}

fn write_bias(column: u32, bias: vec4<f32>) {
  var sums = bias;
  for (var c = 0u; c < 4u; c++) {
    if (column + c < COLUMNS) { store_b(column + c, sums[c]); }
  }
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  if (row >= ROWS) { return; }
  let x0 = four(row, ROWS);
  let x1 = four(row + 4u, ROWS);
  let d0 = four(column, COLUMNS);
  let d1 = four(column + 4u, COLUMNS);
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  var bias0 = vec4<f32>();
  var bias1 = vec4<f32>();
  for (var r = 0u; r < INNER; r++) {
    let rx0 = r * ROWS + x0;
    let rx1 = r * ROWS + x1;
    let rd0 = r * COLUMNS + d0;
    let rd1 = r * COLUMNS + d1;
    let rows0 = vec4<f32>(x[rx0.x], x[rx0.y], x[rx0.z], x[rx0.w]);
    let rows1 = vec4<f32>(x[rx1.x], x[rx1.y], x[rx1.z], x[rx1.w]);
    let columns0 = vec4<f32>(d[rd0.x], d[rd0.y], d[rd0.z], d[rd0.w]);
    let columns1 = vec4<f32>(d[rd1.x], d[rd1.y], d[rd1.z], d[rd1.w]);
    sums00 += outer(rows0, columns0);
    sums01 += outer(rows0, columns1);
    sums10 += outer(rows1, columns0);
    sums11 += outer(rows1, columns1);
    bias0 += columns0;
    bias1 += columns1;
  }
  write_block(row, column, sums00);
  write_block(row, column + 4u, sums01);
  write_block(row + 4u, column, sums10);
  write_block(row + 4u, column + 4u, sums11);
  if (row == 0u) {
    write_bias(column, bias0);
    write_bias(column + 4u, bias1);
  }
}
