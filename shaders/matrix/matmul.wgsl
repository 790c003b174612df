// matmul: y[m,n] = sum_k a[m,k] b[k,n]
// dispatch: one invocation per block of y, ceil(ROWS / 8) * ceil(COLUMNS / 8) of them; any sizes
// why: 8x8 sums in registers use every number that is read eight times; no shared memory, hence no barrier, which
//      costs software adapters more than it saves; at the edges indices are clamped, so the loop has no branch
// source: Golub and Van Loan, Matrix Computations, 4th ed., sections 1.1 and 1.3 (outer products, blocks)
// #import block
const BLOCK_ROWS: u32 = 8u;
const BLOCK_COLUMNS: u32 = 8u;
override ROWS: u32 = 1u;    // m
override COLUMNS: u32 = 1u; // n
override INNER: u32 = 1u;   // k
@group(0) @binding(0) var<storage, read>       a: array<f32>; // [ROWS, INNER]
@group(0) @binding(1) var<storage, read>       b: array<f32>; // [INNER, COLUMNS]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [ROWS, COLUMNS]

fn store_y(i: u32, value: f32) { y[i] = value; }

fn write_block(row: u32, column: u32, block: mat4x4<f32>) {
  var sums = block;
  for (var r = 0u; r < 4u; r++) {
    for (var c = 0u; c < 4u; c++) {
      if (row + r < ROWS && column + c < COLUMNS) { store_y((row + r) * COLUMNS + column + c, sums[r][c]); }
    }
  }
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  if (row >= ROWS) { return; }
  let a0 = four(row, ROWS) * INNER;
  let a1 = four(row + 4u, ROWS) * INNER;
  let b0 = four(column, COLUMNS);
  let b1 = four(column + 4u, COLUMNS);
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  for (var k = 0u; k < INNER; k++) {
    let kb0 = k * COLUMNS + b0;
    let kb1 = k * COLUMNS + b1;
    let rows0 = vec4<f32>(a[a0.x + k], a[a0.y + k], a[a0.z + k], a[a0.w + k]);
    let rows1 = vec4<f32>(a[a1.x + k], a[a1.y + k], a[a1.z + k], a[a1.w + k]);
    let columns0 = vec4<f32>(b[kb0.x], b[kb0.y], b[kb0.z], b[kb0.w]);
    let columns1 = vec4<f32>(b[kb1.x], b[kb1.y], b[kb1.z], b[kb1.w]);
    sums00 += outer(rows0, columns0);
    sums01 += outer(rows0, columns1);
    sums10 += outer(rows1, columns0);
    sums11 += outer(rows1, columns1);
  }
  write_block(row, column, sums00);
  write_block(row, column + 4u, sums01);
  write_block(row + 4u, column, sums10);
  write_block(row + 4u, column + 4u, sums11);
}
