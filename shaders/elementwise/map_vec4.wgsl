// map_vec4: y[i] = f(x[i]), for four neighbours at once
// dispatch: one invocation per four elements; COUNT a multiple of 4
// why: as map, but four numbers are read at once, and written at once: in software adapters that is what a map waits for
override COUNT: u32 = 4u;
@group(0) @binding(0) var<storage, read>       x: array<vec4<f32>>; // [COUNT / 4]
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>; // [COUNT / 4]

fn load_x(i: u32) -> vec4<f32> { return x[i]; }
fn store_y(i: u32, value: vec4<f32>) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= COUNT / 4u) { return; }
  store_y(i, load_x(i));
}
