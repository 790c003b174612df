// one_hot: y[r,c] = 1 where c = labels[r], else 0
// dispatch: one invocation per element of y, ROWS * CLASSES of them; any sizes
// why: a label as a point on the simplex; a label past the last class gives a row of zeros
override ROWS: u32 = 1u;
override CLASSES: u32 = 1u;
@group(0) @binding(0) var<storage, read>       labels: array<u32>; // [ROWS]
@group(0) @binding(1) var<storage, read_write> y: array<f32>;      // [ROWS, CLASSES]

fn load_labels(i: u32) -> u32 { return labels[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= ROWS * CLASSES) { return; }
  store_y(i, select(0.0, 1.0, load_labels(i / CLASSES) == i % CLASSES));
}
