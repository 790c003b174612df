// argmin: y[o,j] = the first l at which x[o,l,j] is smallest
// dispatch: one invocation per output, OUTER * INNER of them; any sizes
// why: x is seen as [OUTER, LENGTH, INNER], as in sum; the smallest is the largest of -x, and so a NaN wins, as in
//      PyTorch; > and not >=, so that the first of equals does
// #import ieee
override OUTER: u32 = 1u;
override LENGTH: u32 = 1u;
override INNER: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [OUTER, LENGTH, INNER]
@group(0) @binding(1) var<storage, read_write> y: array<u32>; // [OUTER, INNER], each < LENGTH

fn load_x(i: u32) -> f32 { return x[i]; }
fn store_y(i: u32, value: u32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= OUTER * INNER) { return; }
  let start = i / INNER * LENGTH * INNER + i % INNER;
  var best = 0u;
  var largest = order(-load_x(start));
  for (var l = 1u; l < LENGTH; l++) {
    let value = order(-load_x(start + l * INNER));
    if (value > largest) {
      largest = value;
      best = l;
    }
  }
  store_y(i, best);
}
