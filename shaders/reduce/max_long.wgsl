// max_long: y[o,j] = max_l x[o,l,j], for few outputs and a long axis
// dispatch: one workgroup per output, OUTER * INNER of them; any sizes
// why: as sum_long; an invocation beyond the end of a short axis takes the first number, which changes no maximum
// #import ieee
override OUTER: u32 = 1u;
override LENGTH: u32 = 1u;
override INNER: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [OUTER, LENGTH, INNER]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [OUTER, INNER]

fn load_x(i: u32) -> f32 { return x[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

var<workgroup> partial: array<u32, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = group.y * groups.x + group.x;
  let start = i / INNER * LENGTH * INNER + i % INNER;
  let length = select(0u, LENGTH, i < OUTER * INNER); // the grid's second row may be longer than there are outputs
  var largest = order(load_x(start));
  for (var l = lane; l < length; l += 64u) { largest = max(largest, order(load_x(start + l * INNER))); }
  partial[lane] = largest;
  workgroupBarrier();
  if (lane > 0u || i >= OUTER * INNER) { return; }
  for (var other = 1u; other < 64u; other++) { largest = max(largest, partial[other]); }
  store_y(i, number(largest));
}
