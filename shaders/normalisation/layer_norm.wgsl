// layer_norm: y[r,c] = (x[r,c] - mean_r) rstd_r, and rstd[r] = 1 / sqrt(variance_r + epsilon)
// dispatch: one invocation per row; any ROWS, any COLUMNS
// why: the variance is summed up from differences to the mean, in a pass of its own: the mean of squares less the square
//      of the mean would lose all digits where the mean is large; four sums side by side, as in sum; scale and shift
//      are spliced into the store, and the gradient wants rstd again
// source: Ba, Kiros and Hinton, Layer Normalization, 2016, equation 3
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

fn four_of_x(i: u32) -> vec4<f32> { return vec4<f32>(load_x(i), load_x(i + 1u), load_x(i + 2u), load_x(i + 3u)); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = id.y * groups.x * 64u + id.x;
  if (row >= ROWS) { return; }
  let start = row * COLUMNS;
  let end = start + COLUMNS;
  let fours = end - COLUMNS % 4u;
  var sums = vec4<f32>();
  for (var i = start; i < fours; i += 4u) { sums += four_of_x(i); }
  for (var i = fours; i < end; i++) { sums.x += load_x(i); }
  let mean = ((sums.x + sums.y) + (sums.z + sums.w)) / f32(COLUMNS);
  var squares = vec4<f32>();
  for (var i = start; i < fours; i += 4u) {
    let difference = four_of_x(i) - mean;
    squares += difference * difference;
  }
  for (var i = fours; i < end; i++) {
    let difference = load_x(i) - mean;
    squares.x += difference * difference;
  }
  let variance = ((squares.x + squares.y) + (squares.z + squares.w)) / f32(COLUMNS);
  let factor = 1.0 / sqrt(variance + load_epsilon(0u));
  store_rstd(row, factor);
  for (var i = start; i < end; i++) { store_y(i, (load_x(i) - mean) * factor); }
}
