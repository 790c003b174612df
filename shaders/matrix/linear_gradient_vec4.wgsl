// linear_gradient_vec4: the gradients of y = x w + b, given d = dL/dy:
//   w[k,n] = sum_r x[r,k] d[r,n]   (w: dL/dw)
//   b[n]   = sum_r d[r,n]          (b: dL/db)
// dispatch: one invocation per block of w, ceil(ROWS / 8) * ceil(COLUMNS / 8) of them; ROWS and COLUMNS multiples of 4
// why: as linear_gradient, but four numbers are read at once
// source: Goodfellow, Bengio and Courville, Deep Learning, section 6.5.4
// #import block
const BLOCK_ROWS: u32 = 8u;
const BLOCK_COLUMNS: u32 = 8u;
override ROWS: u32 = 4u;    // k, inputs of the layer
override COLUMNS: u32 = 4u; // n, outputs of the layer
override INNER: u32 = 1u;   // r, examples
@group(0) @binding(0) var<storage, read>       x: array<vec4<f32>>; // [INNER, ROWS / 4]
@group(0) @binding(1) var<storage, read>       d: array<vec4<f32>>; // [INNER, COLUMNS / 4]
@group(0) @binding(2) var<storage, read_write> w: array<vec4<f32>>; // [ROWS, COLUMNS / 4]
@group(0) @binding(3) var<storage, read_write> b: array<vec4<f32>>; // [COLUMNS / 4]

fn store_w(i: u32, value: vec4<f32>) { w[i] = value; }
fn store_b(i: u32, value: vec4<f32>) { b[i] = value; }

fn write_row(row: u32, column: u32, left: vec4<f32>, right: vec4<f32>) {
  if (row >= ROWS) { return; }
  let at = (row * COLUMNS + column) / 4u;
  store_w(at, left);
  if (column + 4u < COLUMNS) { store_w(at + 1u, right); }
}

fn write_bias(column: u32, left: vec4<f32>, right: vec4<f32>) {
  store_b(column / 4u, left);
  if (column + 4u < COLUMNS) { store_b(column / 4u + 1u, right); }
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  if (row >= ROWS) { return; }
  let x_step = ROWS / 4u;
  let d_step = COLUMNS / 4u;
  let x0 = row / 4u;
  let x1 = min(x0 + 1u, x_step - 1u);
  let d0 = column / 4u;
  let d1 = min(d0 + 1u, d_step - 1u);
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  var bias0 = vec4<f32>();
  var bias1 = vec4<f32>();
  for (var r = 0u; r < INNER; r++) {
    let rows0 = x[r * x_step + x0];
    let rows1 = x[r * x_step + x1];
    let columns0 = d[r * d_step + d0];
    let columns1 = d[r * d_step + d1];
    sums00 += outer(rows0, columns0);
    sums01 += outer(rows0, columns1);
    sums10 += outer(rows1, columns0);
    sums11 += outer(rows1, columns1);
    bias0 += columns0;
    bias1 += columns1;
  }
  for (var r = 0u; r < 4u; r++) {
    write_row(row + r, column, sums00[0], sums01[0]);
    write_row(row + 4u + r, column, sums10[0], sums11[0]);
    sums00 = rolled(sums00);
    sums01 = rolled(sums01);
    sums10 = rolled(sums10);
    sums11 = rolled(sums11);
  }
  if (row == 0u) { write_bias(column, bias0, bias1); }
}
