// matmul_nt_quad: y[m,n] = sum_k a[m,k] b[n,k]
// dispatch: one invocation per 8x8 block of y, quads of them side by side: ceil(ROWS / 8) * 4 ceil(COLUMNS / 32);
//      INNER a multiple of 4
// why: as matmul_nt_vec4, with rows of a shared by a quad as in matmul_quad
// source: Golub and Van Loan, Matrix Computations, 4th ed., sections 1.1 and 1.3 (outer products, blocks)
// #requires subgroups
// #import quad
// #import block
const BLOCK_ROWS: u32 = 8u;
const BLOCK_COLUMNS: u32 = 32u; // of a quad
override ROWS: u32 = 4u;    // m
override COLUMNS: u32 = 4u; // n
override INNER: u32 = 4u;   // k
@group(0) @binding(0) var<storage, read>       a: array<vec4<f32>>; // [ROWS, INNER / 4]
@group(0) @binding(1) var<storage, read>       b: array<vec4<f32>>; // [COLUMNS, INNER / 4]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;       // [ROWS, COLUMNS]

fn store_y(i: u32, value: f32) { y[i] = value; }

fn write_four(at: u32, count: u32, values: vec4<f32>) {
  store_y(at, values.x);
  if (count > 1u) { store_y(at + 1u, values.y); }
  if (count > 2u) { store_y(at + 2u, values.z); }
  if (count > 3u) { store_y(at + 3u, values.w); }
}

fn write_row(row: u32, column: u32, left: vec4<f32>, right: vec4<f32>) {
  if (row >= ROWS || column >= COLUMNS) { return; }
  write_four(row * COLUMNS + column, COLUMNS - column, left);
  if (column + 4u < COLUMNS) { write_four(row * COLUMNS + column + 4u, COLUMNS - column - 4u, right); }
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
  let b0 = four(column, COLUMNS) * (INNER / 4u);
  let b1 = four(column + 4u, COLUMNS) * (INNER / 4u);
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  for (var k = 0u; k < INNER / 4u; k++) {
    let rows0 = gathered(a[a0 + k]);
    let rows1 = gathered(a[a1 + k]);
    let columns0 = transpose(mat4x4<f32>(b[b0.x + k], b[b0.y + k], b[b0.z + k], b[b0.w + k]));
    let columns1 = transpose(mat4x4<f32>(b[b1.x + k], b[b1.y + k], b[b1.z + k], b[b1.w + k]));
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
}
