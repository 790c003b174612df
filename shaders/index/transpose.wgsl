// transpose: y[c,r] = x[r,c]
// dispatch: one invocation per element of y, ROWS * COLUMNS of them; any sizes
// why: neighbours write neighbouring elements and read distant ones, which caches forgive more readily than the
//      reverse; where a product wants a transposed operand, matmul_nt and matmul_tn read it as it lies
override ROWS: u32 = 1u;    // r, of x
override COLUMNS: u32 = 1u; // c, of x
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [ROWS, COLUMNS]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [COLUMNS, ROWS]

fn load_x(i: u32) -> f32 { return x[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= ROWS * COLUMNS) { return; }
  store_y(i, load_x(i % ROWS * COLUMNS + i / ROWS));
}
