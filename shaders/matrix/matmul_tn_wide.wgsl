// matmul_tn_wide: y[m,n] = sum_k a[k,m] b[k,n]
// dispatch: one invocation per 16x8 block of y, quads of them side by side: ceil(ROWS / 16) * 4 ceil(COLUMNS / 32);
//      ROWS and COLUMNS multiples of 4
// why: as matmul_tn_quad, in blocks twice as wide, as in matmul_wide
// source: Golub and Van Loan, Matrix Computations, 4th ed., sections 1.1 and 1.3 (outer products, blocks)
// #requires subgroups
// #import quad
// #import block
const BLOCK_ROWS: u32 = 16u;
const BLOCK_COLUMNS: u32 = 32u; // of a quad
override ROWS: u32 = 4u;    // m
override COLUMNS: u32 = 4u; // n
override INNER: u32 = 1u;   // k
@group(0) @binding(0) var<storage, read>       a: array<vec4<f32>>; // [INNER, ROWS / 4]
@group(0) @binding(1) var<storage, read>       b: array<vec4<f32>>; // [INNER, COLUMNS / 4]
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>; // [ROWS, COLUMNS / 4]

fn store_y(i: u32, value: vec4<f32>) { y[i] = value; }

fn write_row(row: u32, column: u32, left: vec4<f32>, right: vec4<f32>) {
  let at = (row * COLUMNS + column) / 4u;
  if (row < ROWS && column < COLUMNS) { store_y(at, left); }
  if (row < ROWS && column + 4u < COLUMNS) { store_y(at + 1u, right); }
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS * 4u;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * 8u;
  let lane = i % 4u;
  let a_step = ROWS / 4u;
  let b_step = COLUMNS / 4u;
  let a0 = four(row / 4u, a_step);
  let b0 = min(column / 4u, b_step - 1u);
  let b1 = min(b0 + 1u, b_step - 1u);
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  var sums20 = mat4x4<f32>();
  var sums21 = mat4x4<f32>();
  var sums30 = mat4x4<f32>();
  var sums31 = mat4x4<f32>();
  for (var k = 0u; k < INNER; k += 4u) {
    let inside = f32(k + lane < INNER);
    let mine = min(k + lane, INNER - 1u) * a_step;
    let at = four(k, INNER) * b_step;
    let left = mat4x4<f32>(b[at.x + b0], b[at.y + b0], b[at.z + b0], b[at.w + b0]);
    let right = mat4x4<f32>(b[at.x + b1], b[at.y + b1], b[at.z + b1], b[at.w + b1]);
    let rows0 = transpose(gathered(a[mine + a0.x] * inside));
    sums00 += left * rows0;
    sums01 += right * rows0;
    let rows1 = transpose(gathered(a[mine + a0.y] * inside));
    sums10 += left * rows1;
    sums11 += right * rows1;
    let rows2 = transpose(gathered(a[mine + a0.z] * inside));
    sums20 += left * rows2;
    sums21 += right * rows2;
    let rows3 = transpose(gathered(a[mine + a0.w] * inside));
    sums30 += left * rows3;
    sums31 += right * rows3;
  }
  for (var r = 0u; r < 4u; r++) {
    write_row(row + r, column, sums00[0], sums01[0]);
    write_row(row + 4u + r, column, sums10[0], sums11[0]);
    write_row(row + 8u + r, column, sums20[0], sums21[0]);
    write_row(row + 12u + r, column, sums30[0], sums31[0]);
    sums00 = rolled(sums00);
    sums01 = rolled(sums01);
    sums10 = rolled(sums10);
    sums11 = rolled(sums11);
    sums20 = rolled(sums20);
    sums21 = rolled(sums21);
    sums30 = rolled(sums30);
    sums31 = rolled(sums31);
  }
}
