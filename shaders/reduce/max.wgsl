// max: y[o,j] = max_l x[o,l,j]
// dispatch: one invocation per output, OUTER * INNER of them; any sizes
// why: x is seen as [OUTER, LENGTH, INNER], as in sum; the order is that of bits, in which a NaN is the largest
// #import ieee
override OUTER: u32 = 1u;
override LENGTH: u32 = 1u;
override INNER: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [OUTER, LENGTH, INNER]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [OUTER, INNER]

fn load_x(i: u32) -> f32 { return x[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= OUTER * INNER) { return; }
  let start = i / INNER * LENGTH * INNER + i % INNER;
  var largest = order(load_x(start));
  for (var l = 1u; l < LENGTH; l++) { largest = max(largest, order(load_x(start + l * INNER))); }
  store_y(i, number(largest));
}
