// scale_gradient: scale[c] = sum_r x[r,c] d[r,c], and shift[c] = sum_r d[r,c]
// dispatch: one workgroup per 32 columns, ceil(COLUMNS / 32) of them; any ROWS, any COLUMNS
// why: these are the gradients of y = x scale + shift, whose sums run over the same numbers; columns are few and rows
//      many, so 8 invocations share 4 columns, each adds every 8th row, and one adds the 8 partial sums. What they hand
//      over takes turns in one array: two of them took SwiftShader 2.5 times as long to compile. No invocation returns
//      before the last barrier
// #import block
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

var<workgroup> partial: array<vec4<f32>, 64>; // [8 rows, 8 blocks of 4 columns]

// The sum of what the 8 invocations of these columns have; right in the first of them alone.
fn total(mine: vec4<f32>, lane: u32) -> vec4<f32> {
  partial[lane] = mine;
  workgroupBarrier();
  var sum = mine;
  for (var other = lane + 8u; other < 64u; other += 8u) { sum += partial[other]; }
  workgroupBarrier();
  return sum;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let column = (group.y * groups.x + group.x) * 32u + lane % 8u * 4u;
  let columns = four(column, COLUMNS);
  var product = vec4<f32>();
  var sum = vec4<f32>();
  for (var row = lane / 8u; row < ROWS; row += 8u) {
    let at = row * COLUMNS + columns;
    let values = vec4<f32>(load_d(at.x), load_d(at.y), load_d(at.z), load_d(at.w));
    product += vec4<f32>(load_x(at.x), load_x(at.y), load_x(at.z), load_x(at.w)) * values;
    sum += values;
  }
  product = total(product, lane);
  sum = total(sum, lane);
  if (lane >= 8u) { return; }
  for (var c = 0u; c < 4u && column + c < COLUMNS; c++) {
    store_scale(column + c, product[c]);
    store_shift(column + c, sum[c]);
  }
}
