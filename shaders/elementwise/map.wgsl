// map: y[i] = f(x[i])
// dispatch: one invocation per element; any COUNT
// why: f is whatever is spliced into the two ports; a chain of elementwise ops is one read and one write of memory,
//      and an op with two operands, or none, is a port that reads two buffers, or none
override COUNT: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [COUNT]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [COUNT]

fn load_x(i: u32) -> f32 { return x[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x; // a grid of two dimensions: one holds at most 65,535 workgroups
  if (i >= COUNT) { return; }
  store_y(i, load_x(i));
}
