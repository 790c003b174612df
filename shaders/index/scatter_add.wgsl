// scatter_add: y[t,c] = sum_r [rows[r] = t] g[r,c], the gradient of gather
// dispatch: one invocation per 8x4 block of y, ceil(ROWS / 8) * ceil(COLUMNS / 4) of them; any sizes
// why: this is one_hot(rows)^T @ g without the products by zero; every invocation reads all rows and keeps those that fall
//      into its block, because WGSL has no atomic addition of floats, and because additions in a fixed order give the
//      same bits in every run; indices past the end are clamped, as in gather
// #import block
const BLOCK_ROWS: u32 = 8u;
const BLOCK_COLUMNS: u32 = 4u;
override ROWS: u32 = 1u;    // t, rows of the table
override COLUMNS: u32 = 1u; // c
override INNER: u32 = 1u;   // r, rows that were gathered
@group(0) @binding(0) var<storage, read>       rows: array<u32>; // [INNER], each < ROWS
@group(0) @binding(1) var<storage, read>       g: array<f32>;    // [INNER, COLUMNS]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;    // [ROWS, COLUMNS]

fn load_rows(i: u32) -> u32 { return rows[i]; }
fn load_g(i: u32) -> f32 { return g[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

// `value` where row `place` of a block is, 0 in the other rows. Not a product with 0, which infinity would make NaN.
fn placed(value: vec4<f32>, place: u32) -> mat4x4<f32> {
  let none = vec4<f32>();
  return mat4x4<f32>(
    select(none, value, place == 0u), select(none, value, place == 1u),
    select(none, value, place == 2u), select(none, value, place == 3u));
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  if (row >= ROWS) { return; }
  let columns = four(column, COLUMNS);
  var sums0 = mat4x4<f32>();
  var sums1 = mat4x4<f32>();
  for (var r = 0u; r < INNER; r++) {
    let place = min(load_rows(r), ROWS - 1u) - row; // wraps around for rows before the block
    if (place < BLOCK_ROWS) {
      let at = r * COLUMNS + columns;
      let value = vec4<f32>(load_g(at.x), load_g(at.y), load_g(at.z), load_g(at.w));
      sums0 += placed(value, place);
      sums1 += placed(value, place - 4u);
    }
  }
  for (var r = 0u; r < min(BLOCK_ROWS, ROWS - row); r++) {
    var sums = sums0[0];
    for (var c = 0u; c < min(BLOCK_COLUMNS, COLUMNS - column); c++) {
      store_y((row + r) * COLUMNS + column + c, sums.x);
      sums = sums.yzwx;
    }
    sums0 = rolled(sums0);
    if (r % 4u == 3u) { sums0 = sums1; }
  }
}
