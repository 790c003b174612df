// prod: y[o,j] = the product of x[o,l,j] over l
// dispatch: one invocation per output, OUTER * INNER of them; any sizes
// why: x is seen as [OUTER, LENGTH, INNER], as in sum; four products beside each other, so that none waits for the last;
//      no logarithms, which negative numbers lack
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
  let end = start + LENGTH * INNER;
  let fours = start + LENGTH / 4u * 4u * INNER;
  var products = vec4<f32>(1.0);
  for (var at = start; at < fours; at += 4u * INNER) {
    products *= vec4<f32>(load_x(at), load_x(at + INNER), load_x(at + 2u * INNER), load_x(at + 3u * INNER));
  }
  var product = products.x * products.y * (products.z * products.w);
  for (var at = fours; at < end; at += INNER) { product *= load_x(at); }
  store_y(i, product);
}
