// logsumexp: y[r] = log sum_c exp(x[r,c]) = max_r + log sum_c exp(x[r,c] - max_r)
// dispatch: one invocation per row; any ROWS, any CLASSES
// why: as softmax: with the row maximum taken away exp() cannot overflow, and the sum is at least 1;
//      where the maximum is infinite, or a NaN, so is the result
// source: Goodfellow, Bengio and Courville, Deep Learning, section 4.1
// #import ieee
override ROWS: u32 = 1u;
override CLASSES: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [ROWS, CLASSES]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [ROWS]

fn load_x(i: u32) -> f32 { return x[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = id.y * groups.x * 64u + id.x;
  if (row >= ROWS) { return; }
  let start = row * CLASSES;
  let end = start + CLASSES;
  var place = order(load_x(start));
  for (var i = start + 1u; i < end; i++) { place = max(place, order(load_x(i))); }
  let largest = number(place);
  var sum = 0.0;
  for (var i = start; i < end; i++) { sum += exp(load_x(i) - largest); }
  store_y(row, select(largest, largest + log(sum), is_finite(largest)));
}
