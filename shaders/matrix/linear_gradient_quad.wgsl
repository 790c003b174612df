// linear_gradient_quad: the gradients of y = x w + b, given d = dL/dy:
//   w[k,n] = sum_r x[r,k] d[r,n]   (w: dL/dw)
//   b[n]   = sum_r d[r,n]          (b: dL/db)
// dispatch: one invocation per 16x4 block of w, quads of them side by side: ceil(ROWS / 16) * 4 ceil(COLUMNS / 16);
//      ROWS and COLUMNS multiples of 4
// why: as linear_gradient_vec4, with what is read of x shared by a quad as in matmul_tn_quad
// source: Goodfellow, Bengio and Courville, Deep Learning, section 6.5.4
// #requires subgroups
// #import quad
// #import block
const BLOCK_ROWS: u32 = 16u;
const BLOCK_COLUMNS: u32 = 16u; // of a quad
override ROWS: u32 = 4u;    // k, inputs of the layer
override COLUMNS: u32 = 4u; // n, outputs of the layer
override INNER: u32 = 1u;   // r, examples
@group(0) @binding(0) var<storage, read>       x: array<vec4<f32>>; // [INNER, ROWS / 4]
@group(0) @binding(1) var<storage, read>       d: array<vec4<f32>>; // [INNER, COLUMNS / 4]
@group(0) @binding(2) var<storage, read_write> w: array<vec4<f32>>; // [ROWS, COLUMNS / 4]
@group(0) @binding(3) var<storage, read_write> b: array<vec4<f32>>; // [COLUMNS / 4]

fn store_w(i: u32, value: vec4<f32>) { w[i] = value; }
fn store_b(i: u32, value: vec4<f32>) { b[i] = value; }

fn write_row(row: u32, column: u32, sums: vec4<f32>) {
  if (row < ROWS && column < COLUMNS) { store_w((row * COLUMNS + column) / 4u, sums); }
}

fn write_bias(column: u32, sums: vec4<f32>) {
  if (column < COLUMNS) { store_b(column / 4u, sums); }
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS * 4u;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * 4u;
  let lane = i % 4u;
  let x_step = ROWS / 4u;
  let d_step = COLUMNS / 4u;
  let x0 = four(row / 4u, x_step);
  let d0 = min(column / 4u, d_step - 1u);
  var sums0 = mat4x4<f32>();
  var sums1 = mat4x4<f32>();
  var sums2 = mat4x4<f32>();
  var sums3 = mat4x4<f32>();
  var bias = vec4<f32>();
  for (var r = 0u; r < INNER; r += 4u) {
    let inside = f32(r + lane < INNER);
    let mine = min(r + lane, INNER - 1u) * x_step;
    let at = four(r, INNER) * d_step + d0;
    let columns = mat4x4<f32>(d[at.x], d[at.y], d[at.z], d[at.w]);
    sums0 += columns * transpose(gathered(x[mine + x0.x] * inside));
    sums1 += columns * transpose(gathered(x[mine + x0.y] * inside));
    sums2 += columns * transpose(gathered(x[mine + x0.z] * inside));
    sums3 += columns * transpose(gathered(x[mine + x0.w] * inside));
    bias += columns * vec4<f32>(r + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(INNER));
  }
  for (var r = 0u; r < 4u; r++) {
    write_row(row + r, column, sums0[0]);
    write_row(row + 4u + r, column, sums1[0]);
    write_row(row + 8u + r, column, sums2[0]);
    write_row(row + 12u + r, column, sums3[0]);
    sums0 = rolled(sums0);
    sums1 = rolled(sums1);
    sums2 = rolled(sums2);
    sums3 = rolled(sums3);
  }
  if (row == 0u) { write_bias(column, bias); }
}
