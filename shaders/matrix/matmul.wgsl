// matmul: y[m,n] = sum_k a[m,k] b[k,n]
// dispatch: one invocation per 4 columns of a row of y, ROWS * ceil(COLUMNS / 4) of them; any sizes
// why: for small matrices and for lengths that four does not divide: little code, which compiles in a tenth of the
//      time that blocks in registers take, and many invocations, so that even a small layer fills a GPU; past the
//      right edge columns are clamped, read twice and not stored. Large products go to matmul_vec4
// source: Golub and Van Loan, Matrix Computations, 4th ed., section 1.1
// #import block
const BLOCK_ROWS: u32 = 1u;
const BLOCK_COLUMNS: u32 = 4u;
override ROWS: u32 = 1u;    // m
override COLUMNS: u32 = 1u; // n
override INNER: u32 = 1u;   // k
@group(0) @binding(0) var<storage, read>       a: array<f32>; // [ROWS, INNER]
@group(0) @binding(1) var<storage, read>       b: array<f32>; // [INNER, COLUMNS]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [ROWS, COLUMNS]

fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let row = i / across;
  let column = i % across * BLOCK_COLUMNS;
  if (row >= ROWS) { return; }
  let columns = four(column, COLUMNS);
  var sums = vec4<f32>();
  for (var k = 0u; k < INNER; k++) {
    let at = k * COLUMNS + columns;
    sums += a[row * INNER + k] * vec4<f32>(b[at.x], b[at.y], b[at.z], b[at.w]);
  }
  for (var c = 0u; c < min(4u, COLUMNS - column); c++) { store_y(row * COLUMNS + column + c, sums[c]); }
}
