// softmax: y[r,c] = exp(x[r,c] - max_r) / sum_c exp(x[r,c] - max_r)
// dispatch: one invocation per row; any ROWS, any CLASSES
// why: subtracting the row maximum changes nothing but keeps exp() <= 1, so that it cannot overflow;
//      a row with a NaN, with infinity, or of nothing but -infinity has no softmax: the sum, else at most CLASSES, is no
//      finite number then, whatever exp() makes of a NaN
// source: Bridle 1990; Goodfellow, Bengio and Courville, Deep Learning, section 4.1
// #import ieee
override ROWS: u32 = 1u;
override CLASSES: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [ROWS, CLASSES]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [ROWS, CLASSES]

fn load_x(i: u32) -> f32 { return x[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = id.y * groups.x * 64u + id.x;
  if (row >= ROWS) { return; }
  let start = row * CLASSES;
  let end = start + CLASSES;
  var largest = load_x(start);
  for (var i = start + 1u; i < end; i++) { largest = max(largest, load_x(i)); }
  var sum = 0.0;
  for (var i = start; i < end; i++) { sum += exp(load_x(i) - largest); }
  sum = select(nan(0u), sum, is_finite(sum));
  for (var i = start; i < end; i++) { store_y(i, exp(load_x(i) - largest) / sum); }
}
