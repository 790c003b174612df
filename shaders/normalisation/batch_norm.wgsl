// batch_norm: y[r,c] = (x[r,c] - mean_c) / sqrt(variance_c + epsilon), and statistics[0] = mean, statistics[1] = variance
// dispatch: one workgroup per 4 columns, ceil(COLUMNS / 4) of them; any ROWS, any COLUMNS
// why: a column is one channel over all examples and places: few columns, many rows, so 32 invocations share one, as in
//      scale_gradient; the variance is summed up from differences to the mean, as in layer_norm; every invocation adds
//      the 32 partial sums itself, in the same order, so that all know the mean after one barrier
// source: Ioffe and Szegedy, Batch Normalization, 2015, algorithm 1
override ROWS: u32 = 1u;
override COLUMNS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>;          // [ROWS, COLUMNS]
@group(0) @binding(1) var<storage, read>       epsilon: array<f32>;    // [1]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;          // [ROWS, COLUMNS]
@group(0) @binding(3) var<storage, read_write> statistics: array<f32>; // [2, COLUMNS]

fn load_x(i: u32) -> f32 { return x[i]; }
fn load_epsilon(i: u32) -> f32 { return epsilon[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }
fn store_statistics(i: u32, value: f32) { statistics[i] = value; }

var<workgroup> sums: array<f32, 128>;    // [32, 4]
var<workgroup> squares: array<f32, 128>; // [32, 4]

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let column = (group.y * groups.x + group.x) * 4u + lane % 4u;
  let first = lane / 4u * COLUMNS + column;
  let end = select(0u, ROWS * COLUMNS, column < COLUMNS);
  var sum = 0.0;
  for (var i = first; i < end; i += 32u * COLUMNS) { sum += load_x(i); }
  sums[lane] = sum;
  workgroupBarrier();
  sum = 0.0;
  for (var other = lane % 4u; other < 128u; other += 4u) { sum += sums[other]; }
  let mean = sum / f32(ROWS);
  sum = 0.0;
  for (var i = first; i < end; i += 32u * COLUMNS) {
    let difference = load_x(i) - mean;
    sum += difference * difference;
  }
  squares[lane] = sum;
  workgroupBarrier();
  sum = 0.0;
  for (var other = lane % 4u; other < 128u; other += 4u) { sum += squares[other]; }
  let variance = sum / f32(ROWS);
  let factor = 1.0 / sqrt(variance + load_epsilon(0u));
  for (var i = first; i < end; i += 32u * COLUMNS) { store_y(i, (load_x(i) - mean) * factor); }
  if (lane >= 4u || column >= COLUMNS) { return; }
  store_statistics(column, mean);
  store_statistics(COLUMNS + column, variance);
}
