// convolution_weight_gradient: dw[s,t,i,o] = sum_p x[p + t,i] d[p,o], with d = dL/dy, p over the windows of part s, and
//   p + t the pixel that window p has at tap t
// dispatch: one invocation per block of dw, whose rows are pairs (t, i): PARTS * ceil(taps * INPUTS / 4) *
//           ceil(OUTPUTS / 4) of them; any sizes
// why: as convolution_weight_gradient_vec4, with smaller blocks, whose rows may be of different taps: a first layer of
//      one channel has little else
// source: Goodfellow, Bengio and Courville, Deep Learning, section 9.5, equation 9.11
// #import block
// #import window
const BLOCK_ROWS: u32 = 4u;
const BLOCK_COLUMNS: u32 = 4u;
override INPUTS: u32 = 1u;  // channels of x
override OUTPUTS: u32 = 1u; // channels of y
override PARTS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>;  // [IMAGES, HEIGHT, WIDTH, INPUTS]
@group(0) @binding(1) var<storage, read>       d: array<f32>;  // [IMAGES, OUT_HEIGHT, OUT_WIDTH, OUTPUTS]
@group(0) @binding(2) var<storage, read_write> dw: array<f32>; // [PARTS, taps, INPUTS, OUTPUTS]

fn store_dw(i: u32, value: f32) { dw[i] = value; }

fn write_four(at: u32, count: u32, values: vec4<f32>) {
  store_dw(at, values.x);
  if (count > 1u) { store_dw(at + 1u, values.y); }
  if (count > 2u) { store_dw(at + 2u, values.z); }
  if (count > 3u) { store_dw(at + 3u, values.w); }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  let rows = WINDOW_HEIGHT * WINDOW_WIDTH * INPUTS;
  let down = (rows + BLOCK_ROWS - 1u) / BLOCK_ROWS;
  let across = (OUTPUTS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let part = i / (across * down);
  let row = i / across % down * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  if (part >= PARTS) { return; }
  let tap = four(row, rows) / INPUTS;
  let input = four(row, rows) % INPUTS;
  let columns = four(column, OUTPUTS);
  let windows = IMAGES * OUT_HEIGHT * OUT_WIDTH;
  let length = (windows + PARTS - 1u) / PARTS;
  let begin = part * length;
  let end = min(begin + length, windows);
  let tap_y = tap / WINDOW_WIDTH - TOP;
  let tap_x = tap % WINDOW_WIDTH - LEFT;
  var image = begin / (OUT_WIDTH * OUT_HEIGHT);
  var out_y = begin / OUT_WIDTH % OUT_HEIGHT;
  var out_x = begin % OUT_WIDTH;
  var sums = mat4x4<f32>();
  for (var p = begin; p < end; p++) {
    let from_y = out_y * STRIDE_Y + tap_y;
    let from_x = out_x * STRIDE_X + tap_x;
    let inside = (from_y < vec4<u32>(HEIGHT)) & (from_x < vec4<u32>(WIDTH));
    let at = select(vec4<u32>(), (image * HEIGHT + from_y) * WIDTH + from_x, inside) * INPUTS + input;
    let left = select(vec4<f32>(), vec4<f32>(x[at.x], x[at.y], x[at.z], x[at.w]), inside);
    let right = p * OUTPUTS + columns;
    sums += outer(left, vec4<f32>(d[right.x], d[right.y], d[right.z], d[right.w]));
    out_x = select(out_x + 1u, 0u, out_x + 1u == OUT_WIDTH);
    out_y += select(0u, 1u, out_x == 0u);
    image += select(0u, 1u, out_y == OUT_HEIGHT);
    out_y = select(out_y, 0u, out_y == OUT_HEIGHT);
  }
  let at = (part * rows + row) * OUTPUTS + column;
  write_four(at, OUTPUTS - column, sums[0]);
  if (row + 1u < rows) { write_four(at + 1u * OUTPUTS, OUTPUTS - column, sums[1]); }
  if (row + 2u < rows) { write_four(at + 2u * OUTPUTS, OUTPUTS - column, sums[2]); }
  if (row + 3u < rows) { write_four(at + 3u * OUTPUTS, OUTPUTS - column, sums[3]); }
}
