// batch_norm_gradient: dx[r,c] = (dy[r,c] - mean_k dy[k,c] - y[r,c] mean_k (y[k,c] dy[k,c])) / sqrt(variance_c + epsilon)
// dispatch: one workgroup per 4 columns, ceil(COLUMNS / 4) of them; any ROWS, any COLUMNS
// why: as layer_norm_gradient, along columns instead of rows; invocations share a column as in batch_norm
// source: Ioffe and Szegedy, Batch Normalization, 2015, section 3
override ROWS: u32 = 1u;
override COLUMNS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       y: array<f32>;          // [ROWS, COLUMNS]
@group(0) @binding(1) var<storage, read>       statistics: array<f32>; // [2, COLUMNS], means and variances
@group(0) @binding(2) var<storage, read>       epsilon: array<f32>;    // [1]
@group(0) @binding(3) var<storage, read>       dy: array<f32>;         // [ROWS, COLUMNS]
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;         // [ROWS, COLUMNS]

fn load_y(i: u32) -> f32 { return y[i]; }
fn load_statistics(i: u32) -> f32 { return statistics[i]; }
fn load_epsilon(i: u32) -> f32 { return epsilon[i]; }
fn load_dy(i: u32) -> f32 { return dy[i]; }
fn store_dx(i: u32, value: f32) { dx[i] = value; }

var<workgroup> partial: array<vec2<f32>, 128>; // [32, 4] of sums of dy and of y dy

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let column = (group.y * groups.x + group.x) * 4u + lane % 4u;
  let first = lane / 4u * COLUMNS + column;
  let end = select(0u, ROWS * COLUMNS, column < COLUMNS);
  var sums = vec2<f32>();
  for (var i = first; i < end; i += 32u * COLUMNS) {
    let d = load_dy(i);
    sums += vec2<f32>(d, load_y(i) * d);
  }
  partial[lane] = sums;
  workgroupBarrier();
  if (column >= COLUMNS) { return; }
  sums = vec2<f32>();
  for (var other = lane % 4u; other < 128u; other += 4u) { sums += partial[other]; }
  let means = sums / f32(ROWS);
  let factor = 1.0 / sqrt(load_statistics(COLUMNS + column) + load_epsilon(0u));
  for (var i = first; i < end; i += 32u * COLUMNS) {
    store_dx(i, factor * (load_dy(i) - means.x - load_y(i) * means.y));
  }
}
