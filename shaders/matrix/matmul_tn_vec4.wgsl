// matmul_tn_vec4: y[m,n] = sum_k a[k,m] b[k,n], the left operand transposed
// dispatch: one invocation per block of y, ceil(ROWS / 8) * ceil(COLUMNS / 8) of them; ROWS and COLUMNS multiples of 4
// why: as matmul_tn, but four numbers are read at once
// source: Golub and Van Loan, Matrix Computations, 4th ed., sections 1.1 and 1.3 (outer products, blocks)
// #import block
const BLOCK_ROWS: u32 = 8u;
const BLOCK_COLUMNS: u32 = 8u;
override ROWS: u32 = 4u;    // m
override COLUMNS: u32 = 4u; // n
override INNER: u32 = 1u;   // k
@group(0) @binding(0) var<storage, read>       a: array<vec4<f32>>; // [INNER, ROWS / 4]
@group(0) @binding(1) var<storage, read>       b: array<vec4<f32>>; // [INNER, COLUMNS / 4]
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>; // [ROWS, COLUMNS / 4]

fn store_y(i: u32, value: vec4<f32>) { y[i] = value; }

fn write_row(row: u32, column: u32, left: vec4<f32>, right: vec4<f32>) {
  if (row >= ROWS) { return; }
  let at = (row * COLUMNS + column) / 4u;
  store_y(at, left);
  if (column + 4u < COLUMNS) { store_y(at + 1u, right); }
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  if (row >= ROWS) { return; }
  let a_step = ROWS / 4u;
  let b_step = COLUMNS / 4u;
  let a0 = row / 4u;
  let a1 = min(a0 + 1u, a_step - 1u);
  let b0 = column / 4u;
  let b1 = min(b0 + 1u, b_step - 1u);
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  for (var k = 0u; k < INNER; k++) {
    let rows0 = a[k * a_step + a0];
    let rows1 = a[k * a_step + a1];
    let columns0 = b[k * b_step + b0];
    let columns1 = b[k * b_step + b1];
    sums00 += outer(rows0, columns0);
    sums01 += outer(rows0, columns1);
    sums10 += outer(rows1, columns0);
    sums11 += outer(rows1, columns1);
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
