// rank: y[r,c] = how many elements of row r come before c in descending order, or in ascending order; equal ones come in
//   the order in which they stand, and a NaN is the largest
// dispatch: one invocation per element, ROWS * COLUMNS of them; any sizes
// why: counting needs no exchange between invocations, no barrier and no passes, as sorting networks do; COLUMNS^2 reads
//      a row are few for rows of up to a few thousand, and neighbours read the same ones
// #import ieee
override ROWS: u32 = 1u;
override COLUMNS: u32 = 1u;
override ASCENDING: u32 = 0u; // 1 for yes
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [ROWS, COLUMNS]
@group(0) @binding(1) var<storage, read_write> y: array<u32>; // [ROWS, COLUMNS], each < COLUMNS

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
  let end = start + COLUMNS;
  let mine = place(i);
  var before = 0u;
  for (var other = start; other < i; other++) { before += select(0u, 1u, place(other) >= mine); }
  for (var other = i + 1u; other < end; other++) { before += select(0u, 1u, place(other) > mine); }
  store_y(i, before);
}
