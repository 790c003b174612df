// linear_gradient_quad: the gradients of y = x w + b, given d = dL/dy:
//   w[k,n] = sum_r x[r,k] d[r,n]   (w: dL/dw)
//   b[n]   = sum_r d[r,n]          (b: dL/db)
// dispatch: one invocation per 8x8 block of w, quads of them side by side: ceil(ROWS / 8) * 4 ceil(COLUMNS / 32);
//      ROWS and COLUMNS multiples of 4
// why: as linear_gradient_vec4, with rows of x shared by a quad as in matmul_tn_quad
// source: Goodfellow, Bengio and Courville, Deep Learning, section 6.5.4
// #requires subgroups
// #import quad
const BLOCK_ROWS: u32 = 8u;
const BLOCK_COLUMNS: u32 = 32u; // of a quad
override ROWS: u32 = 4u;    // k, inputs of the layer
override COLUMNS: u32 = 4u; // n, outputs of the layer
override INNER: u32 = 1u;   // r, examples
@group(0) @binding(0) var<storage, read>       x: array<vec4<f32>>; // [INNER, ROWS / 4]
@group(0) @binding(1) var<storage, read>       d: array<vec4<f32>>; // [INNER, COLUMNS / 4]
@group(0) @binding(2) var<storage, read_write> w: array<f32>;       // [ROWS, COLUMNS]
@group(0) @binding(3) var<storage, read_write> b: array<f32>;       // [COLUMNS]

fn store_w(i: u32, value: f32) { w[i] = value; }
fn store_b(i: u32, value: f32) { b[i] = value; }

fn write_bias(column: u32, left: vec4<f32>, right: vec4<f32>) {
  if (column >= COLUMNS) { return; }
  store_b(column, left.x);
  store_b(column + 1u, left.y);
  store_b(column + 2u, left.z);
  store_b(column + 3u, left.w);
  if (column + 4u >= COLUMNS) { return; }
  store_b(column + 4u, right.x);
  store_b(column + 5u, right.y);
  store_b(column + 6u, right.z);
  store_b(column + 7u, right.w);
}

fn write_row(row: u32, column: u32, left: vec4<f32>, right: vec4<f32>) {
  if (row >= ROWS || column >= COLUMNS) { return; }
  let at = row * COLUMNS + column;
  store_w(at, left.x);
  store_w(at + 1u, left.y);
  store_w(at + 2u, left.z);
  store_w(at + 3u, left.w);
  if (column + 4u >= COLUMNS) { return; }
  store_w(at + 4u, right.x);
  store_w(at + 5u, right.y);
  store_w(at + 6u, right.z);
  store_w(at + 7u, right.w);
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS * 4u;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * 8u;
  let lane = i % 4u;
  let x_step = ROWS / 4u;
  let d_step = COLUMNS / 4u;
  let x0 = min(row / 4u, x_step - 1u);
  let x1 = min(x0 + 1u, x_step - 1u);
  let d0 = min(column / 4u, d_step - 1u);
  let d1 = min(d0 + 1u, d_step - 1u);
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  var bias0 = vec4<f32>();
  var bias1 = vec4<f32>();
  for (var r = 0u; r < INNER; r += 4u) {
    let mine = min(r + lane, INNER - 1u) * x_step;
    let inside = f32(r + lane < INNER);
    let rows0 = transpose(gathered(x[mine + x0] * inside));
    let rows1 = transpose(gathered(x[mine + x1] * inside));
    let at = min(vec4<u32>(r, r + 1u, r + 2u, r + 3u), vec4<u32>(INNER - 1u)) * d_step;
    let columns0 = mat4x4<f32>(d[at.x + d0], d[at.y + d0], d[at.z + d0], d[at.w + d0]);
    let columns1 = mat4x4<f32>(d[at.x + d1], d[at.y + d1], d[at.z + d1], d[at.w + d1]);
    let one = select(vec4<f32>(), vec4<f32>(1.0), vec4<u32>(r, r + 1u, r + 2u, r + 3u) < vec4<u32>(INNER));
    bias0 += columns0 * one;
    bias1 += columns1 * one;
    sums00 += columns0 * rows0;
    sums01 += columns1 * rows0;
    sums10 += columns0 * rows1;
    sums11 += columns1 * rows1;
  }
  write_row(row + 0u, column, sums00[0], sums01[0]);
  write_row(row + 1u, column, sums00[1], sums01[1]);
  write_row(row + 2u, column, sums00[2], sums01[2]);
  write_row(row + 3u, column, sums00[3], sums01[3]);
  write_row(row + 4u, column, sums10[0], sums11[0]);
  write_row(row + 5u, column, sums10[1], sums11[1]);
  write_row(row + 6u, column, sums10[2], sums11[2]);
  write_row(row + 7u, column, sums10[3], sums11[3]);
  if (row == 0u) { write_bias(column, bias0, bias1); }
}
