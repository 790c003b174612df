// matmul_wide: y[m,n] = sum_k a[m,k] b[k,n]
// dispatch: one invocation per 16x8 block of y, quads of them side by side: ceil(ROWS / 16) * 4 ceil(COLUMNS / 32);
//      COLUMNS and INNER multiples of 4
// why: as matmul_quad, in blocks twice as wide: 16 by 8 numbers of y take twelve reads. That much code is worth its
//      compilation for very large products alone
// source: Golub and Van Loan, Matrix Computations, 4th ed., sections 1.1 and 1.3 (outer products, blocks)
// #requires subgroups
// #import quad
// #import block
const BLOCK_ROWS: u32 = 16u;
const BLOCK_COLUMNS: u32 = 32u; // of a quad
override ROWS: u32 = 4u;    // m
override COLUMNS: u32 = 4u; // n
override INNER: u32 = 4u;   // k
@group(0) @binding(0) var<storage, read>       a: array<vec4<f32>>; // [ROWS, INNER / 4]
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
  let a0 = min(row + lane, ROWS - 1u) * (INNER / 4u);
  let a1 = min(row + 4u + lane, ROWS - 1u) * (INNER / 4u);
  let a2 = min(row + 8u + lane, ROWS - 1u) * (INNER / 4u);
  let a3 = min(row + 12u + lane, ROWS - 1u) * (INNER / 4u);
  let step = COLUMNS / 4u;
  let b0 = min(column / 4u, step - 1u);
  let b1 = min(b0 + 1u, step - 1u);
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  var sums20 = mat4x4<f32>();
  var sums21 = mat4x4<f32>();
  var sums30 = mat4x4<f32>();
  var sums31 = mat4x4<f32>();
  for (var k = 0u; k < INNER / 4u; k++) {
    let at = 4u * k * step;
    let left = mat4x4<f32>(b[at + b0], b[at + step + b0], b[at + 2u * step + b0], b[at + 3u * step + b0]);
    let right = mat4x4<f32>(b[at + b1], b[at + step + b1], b[at + 2u * step + b1], b[at + 3u * step + b1]);
    let rows0 = gathered(a[a0 + k]);
    sums00 += left * rows0;
    sums01 += right * rows0;
    let rows1 = gathered(a[a1 + k]);
    sums10 += left * rows1;
    sums11 += right * rows1;
    let rows2 = gathered(a[a2 + k]);
    sums20 += left * rows2;
    sums21 += right * rows2;
    let rows3 = gathered(a[a3 + k]);
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
