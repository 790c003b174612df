// matmul_nt_odd_vec4: y[m,n] = sum_k a[m,k] b[n,k], the right operand transposed
// dispatch: one invocation per block of y, ceil(ROWS / 8) * ceil(COLUMNS / 8) of them; INNER a multiple of 4
// why: as matmul_nt_vec4, but rows of y need not begin at a multiple of four, so that they are written number by number
// source: Golub and Van Loan, Matrix Computations, 4th ed., sections 1.1 and 1.3 (outer products, blocks)
// #import block
const BLOCK_ROWS: u32 = 8u;
const BLOCK_COLUMNS: u32 = 8u;
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
  if (row >= ROWS) { return; }
  write_four(row * COLUMNS + column, COLUMNS - column, left);
  if (column + 4u < COLUMNS) { write_four(row * COLUMNS + column + 4u, COLUMNS - column - 4u, right); }
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  if (row >= ROWS) { return; }
  let a0 = four(row, ROWS) * (INNER / 4u);
  let a1 = four(row + 4u, ROWS) * (INNER / 4u);
  let b0 = four(column, COLUMNS) * (INNER / 4u);
  let b1 = four(column + 4u, COLUMNS) * (INNER / 4u);
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  for (var k = 0u; k < INNER / 4u; k++) {
    let rows0 = mat4x4<f32>(a[a0.x + k], a[a0.y + k], a[a0.z + k], a[a0.w + k]);
    let rows1 = mat4x4<f32>(a[a1.x + k], a[a1.y + k], a[a1.z + k], a[a1.w + k]);
    let columns0 = transpose(mat4x4<f32>(b[b0.x + k], b[b0.y + k], b[b0.z + k], b[b0.w + k]));
    let columns1 = transpose(mat4x4<f32>(b[b1.x + k], b[b1.y + k], b[b1.z + k], b[b1.w + k]));
    sums00 += columns0 * rows0;
    sums01 += columns1 * rows0;
    sums10 += columns0 * rows1;
    sums11 += columns1 * rows1;
  }
  for (var r = 0u; r < 4u; r++) {
    write_row(row + r, column, sums00[0], sums01[0]);
    write_row(row + 4u + r, column, sums10[0], sums11[0]);
    sums00 = rolled(sums00);
    sums01 = rolled(sums01);
    sums10 = rolled(sums10);
    sums11 = rolled(sums11);
  }
}
