// matmul_batched: y[o,h,m,n] = sum_k a[o,h,m,k] b[o,h,k,n]
// dispatch: one invocation per 4x4 block of y, OUTER * HEADS * ceil(ROWS / 4) * ceil(COLUMNS / 4) of them; any sizes
// why: many small products at once, those of attention's heads among them. Both operands may be views: where an element
//      lies is an offset and a stride for each axis, so that transposed operands, heads within a projection and
//      matrices shared by a whole batch (stride 0) are read where they are. A large product of lengths that four does
//      not divide comes here, too, as a batch of one
// source: Golub and Van Loan, Matrix Computations, 4th ed., section 1.3 (outer products, blocks)
// #import block
const BLOCK_ROWS: u32 = 4u;
const BLOCK_COLUMNS: u32 = 4u;
override OUTER: u32 = 1u;   // o
override HEADS: u32 = 1u;   // h
override ROWS: u32 = 1u;    // m
override COLUMNS: u32 = 1u; // n
override INNER: u32 = 1u;   // k
override A_OFFSET: u32 = 0u;
override A_OUTER: u32 = 1u;
override A_HEAD: u32 = 1u;
override A_ROW: u32 = 1u;
override A_INNER: u32 = 1u;
override B_OFFSET: u32 = 0u;
override B_OUTER: u32 = 1u;
override B_HEAD: u32 = 1u;
override B_INNER: u32 = 1u;
override B_COLUMN: u32 = 1u;
@group(0) @binding(0) var<storage, read>       a: array<f32>; // [OUTER, HEADS, ROWS, INNER], strided
@group(0) @binding(1) var<storage, read>       b: array<f32>; // [OUTER, HEADS, INNER, COLUMNS], strided
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [OUTER, HEADS, ROWS, COLUMNS]

fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let blocks = across * ((ROWS + BLOCK_ROWS - 1u) / BLOCK_ROWS);
  let product = i / blocks;
  if (product >= OUTER * HEADS) { return; }
  let row = i % blocks / across * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  var at_a = A_OFFSET + product / HEADS * A_OUTER + product % HEADS * A_HEAD + four(row, ROWS) * A_ROW;
  var at_b = B_OFFSET + product / HEADS * B_OUTER + product % HEADS * B_HEAD + four(column, COLUMNS) * B_COLUMN;
  var sums = mat4x4<f32>();
  for (var k = 0u; k < INNER; k++) {
    let left = vec4<f32>(a[at_a.x], a[at_a.y], a[at_a.z], a[at_a.w]);
    let right = vec4<f32>(b[at_b.x], b[at_b.y], b[at_b.z], b[at_b.w]);
    sums += outer(left, right);
    at_a += A_INNER;
    at_b += B_INNER;
  }
  let corner = (product * ROWS + row) * COLUMNS + column;
  for (var r = 0u; r < min(4u, ROWS - row); r++) {
    for (var c = 0u; c < min(4u, COLUMNS - column); c++) { store_y(corner + r * COLUMNS + c, sums[r][c]); }
  }
}
