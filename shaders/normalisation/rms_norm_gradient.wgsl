// rms_norm_gradient: dx[r,c] = rstd_r (dy[r,c] - y[r,c] mean_k (y[r,k] dy[r,k]))
// dispatch: one invocation per row; any ROWS, any COLUMNS
// why: y has length 1 (in root mean square) whatever x is, so the part of dy along y, which would change it, is taken away
// source: Zhang and Sennrich, Root Mean Square Layer Normalization, 2019, equation 4, differentiated
override ROWS: u32 = 1u;
override COLUMNS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       y: array<f32>;    // [ROWS, COLUMNS]
@group(0) @binding(1) var<storage, read>       rstd: array<f32>; // [ROWS]
@group(0) @binding(2) var<storage, read>       dy: array<f32>;   // [ROWS, COLUMNS]
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;   // [ROWS, COLUMNS]

fn load_y(i: u32) -> f32 { return y[i]; }
fn load_rstd(i: u32) -> f32 { return rstd[i]; }
fn load_dy(i: u32) -> f32 { return dy[i]; }
fn store_dx(i: u32, value: f32) { dx[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = id.y * groups.x * 64u + id.x;
  if (row >= ROWS) { return; }
  let start = row * COLUMNS;
  let end = start + COLUMNS;
  let fours = end - COLUMNS % 4u;
  var dots = vec4<f32>();
  for (var i = start; i < fours; i += 4u) {
    dots += vec4<f32>(load_dy(i), load_dy(i + 1u), load_dy(i + 2u), load_dy(i + 3u))
      * vec4<f32>(load_y(i), load_y(i + 1u), load_y(i + 2u), load_y(i + 3u));
  }
  for (var i = fours; i < end; i++) { dots.x += load_dy(i) * load_y(i); }
  let along = ((dots.x + dots.y) + (dots.z + dots.w)) / f32(COLUMNS);
  let factor = load_rstd(row);
  for (var i = start; i < end; i++) { store_dx(i, factor * (load_dy(i) - load_y(i) * along)); }
}
