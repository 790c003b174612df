// softmax_gradient: dx[r,c] = y[r,c] (dy[r,c] - sum_k y[r,k] dy[r,k]), where y = softmax(x)
// dispatch: one invocation per row; any ROWS, any CLASSES
// why: the Jacobian of a row, diag(y) - y y^T, has CLASSES^2 entries; its product with dy needs one dot product
// source: Goodfellow, Bengio and Courville, Deep Learning, section 6.2.2.3
override ROWS: u32 = 1u;
override CLASSES: u32 = 1u;
@group(0) @binding(0) var<storage, read>       y: array<f32>;  // [ROWS, CLASSES]
@group(0) @binding(1) var<storage, read>       dy: array<f32>; // [ROWS, CLASSES]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>; // [ROWS, CLASSES]

fn load_y(i: u32) -> f32 { return y[i]; }
fn load_dy(i: u32) -> f32 { return dy[i]; }
fn store_dx(i: u32, value: f32) { dx[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = id.y * groups.x * 64u + id.x;
  if (row >= ROWS) { return; }
  let start = row * CLASSES;
  let end = start + CLASSES;
  var dot = 0.0;
  for (var i = start; i < end; i++) { dot += load_y(i) * load_dy(i); }
  for (var i = start; i < end; i++) { store_dx(i, load_y(i) * (load_dy(i) - dot)); }
}
