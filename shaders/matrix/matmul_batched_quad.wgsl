// matmul_batched_quad: y[o,h,m,n] = sum_k a[o,h,m,k] b[o,h,k,n]
// dispatch: one invocation per 16x4 block of y, quads of them side by side:
//      OUTER * HEADS * ceil(ROWS / 16) * 4 ceil(COLUMNS / 16); any sizes
// why: as matmul_batched, but the four lanes of a quad stand side by side in the same rows: each reads four of their
//      sixteen numbers of a and lends them to the others, so that 64 products take eight reads. All lanes stay to the
//      end, since who has left lends nothing
// source: Golub and Van Loan, Matrix Computations, 4th ed., section 1.3 (outer products, blocks)
// #requires subgroups
// #import quad
// #import block
const BLOCK_ROWS: u32 = 16u;
const BLOCK_COLUMNS: u32 = 16u; // of a quad
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

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS * 4u;
  let blocks = across * ((ROWS + BLOCK_ROWS - 1u) / BLOCK_ROWS);
  let product = min(i / blocks, OUTER * HEADS - 1u);
  let row = i % blocks / across * BLOCK_ROWS;
  let column = i % across * 4u;
  var at_a = A_OFFSET + product / HEADS * A_OUTER + product % HEADS * A_HEAD + four(row + i % 4u * 4u, ROWS) * A_ROW;
  var at_b = B_OFFSET + product / HEADS * B_OUTER + product % HEADS * B_HEAD + four(column, COLUMNS) * B_COLUMN;
  var sums0 = mat4x4<f32>();
  var sums1 = mat4x4<f32>();
  var sums2 = mat4x4<f32>();
  var sums3 = mat4x4<f32>();
  for (var k = 0u; k < INNER; k++) {
    let mine = vec4<f32>(a[at_a.x], a[at_a.y], a[at_a.z], a[at_a.w]);
    let right = vec4<f32>(b[at_b.x], b[at_b.y], b[at_b.z], b[at_b.w]);
    let left = gathered(mine);
    sums0 += outer(left[0], right);
    sums1 += outer(left[1], right);
    sums2 += outer(left[2], right);
    sums3 += outer(left[3], right);
    at_a += A_INNER;
    at_b += B_INNER;
  }
  if (i >= OUTER * HEADS * blocks || column >= COLUMNS) { return; }
  let corner = (product * ROWS + row) * COLUMNS + column;
  for (var r = 0u; r < min(BLOCK_ROWS, ROWS - row); r++) {
    var sums = sums0[0];
    for (var c = 0u; c < min(4u, COLUMNS - column); c++) {
      store_y(corner + r * COLUMNS + c, sums.x);
      sums = sums.yzwx;
    }
    sums0 = rolled(sums0);
    if (r % 4u == 3u) {
      sums0 = sums1;
      sums1 = sums2;
      sums2 = sums3;
    }
  }
}
