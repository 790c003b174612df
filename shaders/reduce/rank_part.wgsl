// rank_part: y[r,c] = how many elements BEGIN to END - 1 of row r come before c in descending order, or in ascending
//   order; equal ones come in the order in which they stand, and a NaN is the largest
// dispatch: one invocation per element, ROWS * COLUMNS of them; any sizes, BEGIN < END <= COLUMNS
// why: as rank, for rows so long that drivers would not run its loops to their end: what the parts of a row give, added,
//      are its ranks
// #import ieee
override ROWS: u32 = 1u;
override COLUMNS: u32 = 1u;
override BEGIN: u32 = 0u;
override END: u32 = 1u;
override ASCENDING: u32 = 0u; // 1 for yes
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [ROWS, COLUMNS]
@group(0) @binding(1) var<storage, read_write> y: array<u32>; // [ROWS, COLUMNS], each <= END - BEGIN

fn load_x(i: u32) -> f32 { return x[i]; }
fn store_y(i: u32, value: u32) { y[i] = value; }

fn place(i: u32) -> u32 {
  let found = order(load_x(i));
  return select(found, ~found, ASCENDING == 1u);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= ROWS * COLUMNS) { return; }
  let start = i / COLUMNS * COLUMNS;
  let mine = place(i);
  var before = 0u;
  for (var other = start + BEGIN; other < start + END; other++) {
    let its = place(other);
    before += select(0u, 1u, its > mine || (its == mine && other < i));
  }
  store_y(i, before);
}
