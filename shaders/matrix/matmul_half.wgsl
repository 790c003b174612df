// matmul_half: y[m,n] = sum_k a[m,k] b[k,n], with operands of 11 bits
// dispatch: one invocation per block of y, ceil(ROWS / 8) * ceil(COLUMNS / 8) of them; COLUMNS and INNER multiples of 4
// why: as matmul_vec4, but the products of blocks are taken in half precision, and added up in f32
// source: Golub and Van Loan, Matrix Computations, 4th ed., sections 1.1 and 1.3 (outer products, blocks)
// #requires shader-f16
// #import block
// #import half
const BLOCK_ROWS: u32 = 8u;
const BLOCK_COLUMNS: u32 = 8u;
override ROWS: u32 = 4u;    // m
override COLUMNS: u32 = 4u; // n
override INNER: u32 = 4u;   // k
@group(0) @binding(0) var<storage, read>       a: array<vec4<f32>>; // [ROWS, INNER / 4]
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
  let a0 = four(row, ROWS) * (INNER / 4u);
  let a1 = four(row + 4u, ROWS) * (INNER / 4u);
  let step = COLUMNS / 4u;
  let c0 = column / 4u;
  let c1 = min(c0 + 1u, step - 1u);
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  for (var k = 0u; k < INNER / 4u; k++) {
    let at = 4u * k * step;
    let rows0 = halved(a[a0.x + k], a[a0.y + k], a[a0.z + k], a[a0.w + k]);
    let rows1 = halved(a[a1.x + k], a[a1.y + k], a[a1.z + k], a[a1.w + k]);
    let columns0 = halved(b[at + c0], b[at + step + c0], b[at + 2u * step + c0], b[at + 3u * step + c0]);
    let columns1 = halved(b[at + c1], b[at + step + c1], b[at + 2u * step + c1], b[at + 3u * step + c1]);
    sums00 += multiplied(columns0, rows0);
    sums01 += multiplied(columns1, rows0);
    sums10 += multiplied(columns0, rows1);
    sums11 += multiplied(columns1, rows1);
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
