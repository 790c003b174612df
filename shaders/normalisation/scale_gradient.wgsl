// scale_gradient: scale[c] = sum_r x[r,c] d[r,c], and shift[c] = sum_r d[r,c]
// dispatch: one workgroup per 8 columns, ceil(COLUMNS / 8) of them; any ROWS, any COLUMNS
// why: these are the gradients of y = x scale + shift, whose sums run over the same numbers; columns are few and rows
//      many, so 8 invocations share a column, each adds every 8th row, and after the only barrier one adds the 8 partial
//      sums; 8 columns side by side are read as one stretch of memory; no invocation returns before the barrier
override ROWS: u32 = 1u;
override COLUMNS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>;     // [ROWS, COLUMNS]
@group(0) @binding(1) var<storage, read>       d: array<f32>;     // [ROWS, COLUMNS]
@group(0) @binding(2) var<storage, read_write> scale: array<f32>; // [COLUMNS]
@group(0) @binding(3) var<storage, read_write> shift: array<f32>; // [COLUMNS]

fn load_x(i: u32) -> f32 { return x[i]; }
fn load_d(i: u32) -> f32 { return d[i]; }
fn store_scale(i: u32, value: f32) { scale[i] = value; }
fn store_shift(i: u32, value: f32) { shift[i] = value; }

var<workgroup> partial: array<vec2<f32>, 64>; // [row, column] of sums of x d and of d

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let column = (group.y * groups.x + group.x) * 8u + lane % 8u;
  let rows = select(0u, ROWS, column < COLUMNS);
  var sums = vec2<f32>();
  for (var row = lane / 8u; row < rows; row += 8u) {
    let i = row * COLUMNS + column;
    let value = load_d(i);
    sums += vec2<f32>(load_x(i) * value, value);
  }
  partial[lane] = sums;
  workgroupBarrier();
  if (lane >= 8u || column >= COLUMNS) { return; }
  for (var other = lane + 8u; other < 64u; other += 8u) { sums += partial[other]; }
  store_scale(column, sums.x);
  store_shift(column, sums.y);
}
