// rms_norm: y[r,c] = x[r,c] rstd_r, and rstd[r] = 1 / sqrt(mean_c x[r,c]^2 + epsilon)
// dispatch: one invocation per row; any ROWS, any COLUMNS
// why: as layer_norm without its mean, which costs a pass less
// source: Zhang and Sennrich, Root Mean Square Layer Normalization, 2019, equation 4
override ROWS: u32 = 1u;
override COLUMNS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>;       // [ROWS, COLUMNS]
@group(0) @binding(1) var<storage, read>       epsilon: array<f32>; // [1]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;       // [ROWS, COLUMNS]
@group(0) @binding(3) var<storage, read_write> rstd: array<f32>;    // [ROWS]

fn load_x(i: u32) -> f32 { return x[i]; }
fn load_epsilon(i: u32) -> f32 { return epsilon[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }
fn store_rstd(i: u32, value: f32) { rstd[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = id.y * groups.x * 64u + id.x;
  if (row >= ROWS) { return; }
  let start = row * COLUMNS;
  let end = start + COLUMNS;
  let fours = end - COLUMNS % 4u;
  var squares = vec4<f32>();
  for (var i = start; i < fours; i += 4u) {
    let v = vec4<f32>(load_x(i), load_x(i + 1u), load_x(i + 2u), load_x(i + 3u));
    squares += v * v;
  }
  for (var i = fours; i < end; i++) {
    let v = load_x(i);
    squares.x += v * v;
  }
  let mean = ((squares.x + squares.y) + (squares.z + squares.w)) / f32(COLUMNS);
  let factor = 1.0 / sqrt(mean + load_epsilon(0u));
  store_rstd(row, factor);
  for (var i = start; i < end; i++) { store_y(i, load_x(i) * factor); }
}
