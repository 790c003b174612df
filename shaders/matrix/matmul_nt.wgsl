// matmul_nt: y[m,n] = sum_k a[m,k] b[n,k], the right operand transposed ("normal, transposed")
// dispatch: one invocation per block of 4 rows (y) and 4 columns (x); any sizes
// why: 4x4 sums in registers use every number that is read four times; no shared memory, hence no barrier, which
//      on software adapters costs more than it saves; at the edges indices are clamped, so a number is read
//      twice and its sum thrown away, and the loop needs no branch
// source: Golub and Van Loan, Matrix Computations, 4th ed., section 1.3 (block matrix multiplication)
const BLOCK_ROWS: u32 = 4u;
const BLOCK_COLUMNS: u32 = 4u;
override ROWS: u32 = 1u;    // m
override COLUMNS: u32 = 1u; // n
override INNER: u32 = 1u;   // k
@group(0) @binding(0) var<storage, read>       a: array<f32>; // [ROWS, INNER]
@group(0) @binding(1) var<storage, read>       b: array<f32>; // [COLUMNS, INNER]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [ROWS, COLUMNS]

fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y * BLOCK_ROWS;
  let column = id.x * BLOCK_COLUMNS;
  if (row >= ROWS || column >= COLUMNS) { return; }
  let rows = min(vec4<u32>(row, row + 1u, row + 2u, row + 3u), vec4<u32>(ROWS - 1u));
  let columns = min(vec4<u32>(column, column + 1u, column + 2u, column + 3u), vec4<u32>(COLUMNS - 1u));

  let at = rows * INNER;
  let bt = columns * INNER;
  var sums = array<vec4<f32>, 4>();
  for (var k = 0u; k < INNER; k++) {
    let right = vec4<f32>(b[bt.x + k], b[bt.y + k], b[bt.z + k], b[bt.w + k]);
    sums[0] += a[at.x + k] * right;
    sums[1] += a[at.y + k] * right;
    sums[2] += a[at.z + k] * right;
    sums[3] += a[at.w + k] * right;
  }

  for (var r = 0u; r < min(BLOCK_ROWS, ROWS - row); r++) {
    for (var c = 0u; c < min(BLOCK_COLUMNS, COLUMNS - column); c++) {
      store_y((row + r) * COLUMNS + column + c, sums[r][c]);
    }
  }
}
