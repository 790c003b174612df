// sum: y[o,j] = sum_l x[o,l,j]
// dispatch: one invocation per output, OUTER * INNER of them; any sizes
// why: x is seen as [OUTER, LENGTH, INNER], so one kernel sums over any one axis; four sums side by side, because
//      additions that wait for each other are slow, and because four short sums round less than a long one
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
  var at = i / INNER * LENGTH * INNER + i % INNER;
  var sums = vec4<f32>();
  for (var l = 0u; l < LENGTH / 4u; l++) {
    sums += vec4<f32>(load_x(at), load_x(at + INNER), load_x(at + 2u * INNER), load_x(at + 3u * INNER));
    at += 4u * INNER;
  }
  for (var l = 0u; l < LENGTH % 4u; l++) {
    sums.x += load_x(at);
    at += INNER;
  }
  store_y(i, (sums.x + sums.y) + (sums.z + sums.w));
}
