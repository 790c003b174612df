// grouped_convolution_weight_gradient: dw[s,t,i,o] = sum_p x[p + t, INPUTS g + i] d[p,o], with d = dL/dy, p over the
//   windows of part s, p + t the pixel that window p has at tap t, and g = o / OUTPUTS the group of channel o
// dispatch: one invocation per 4 pairs (t, i) of a channel o, PARTS * ceil(taps * INPUTS / 4) * GROUPS * OUTPUTS of them
// why: as convolution_weight_gradient, a channel of y at a time: no other sees the same channels of x
// source: Goodfellow, Bengio and Courville, Deep Learning, section 9.5, equation 9.11
// #import block
// #import window
override INPUTS: u32 = 1u;  // channels of x in a group
override OUTPUTS: u32 = 1u; // channels of y in a group
override GROUPS: u32 = 1u;
override PARTS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>;  // [IMAGES, HEIGHT, WIDTH, GROUPS, INPUTS]
@group(0) @binding(1) var<storage, read>       d: array<f32>;  // [IMAGES, OUT_HEIGHT, OUT_WIDTH, GROUPS, OUTPUTS]
@group(0) @binding(2) var<storage, read_write> dw: array<f32>; // [PARTS, taps, INPUTS, GROUPS, OUTPUTS]

fn store_dw(i: u32, value: f32) { dw[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  let rows = WINDOW_HEIGHT * WINDOW_WIDTH * INPUTS;
  let down = (rows + 3u) / 4u;
  let across = GROUPS * OUTPUTS;
  let part = i / (across * down);
  let row = i / across % down * 4u;
  let column = i % across;
  if (part >= PARTS) { return; }
  let tap = four(row, rows) / INPUTS;
  let input = four(row, rows) % INPUTS + column / OUTPUTS * INPUTS;
  let windows = IMAGES * OUT_HEIGHT * OUT_WIDTH;
  let length = (windows + PARTS - 1u) / PARTS;
  let begin = part * length;
  let end = min(begin + length, windows);
  let tap_y = tap / WINDOW_WIDTH - TOP;
  let tap_x = tap % WINDOW_WIDTH - LEFT;
  var image = begin / (OUT_WIDTH * OUT_HEIGHT);
  var out_y = begin / OUT_WIDTH % OUT_HEIGHT;
  var out_x = begin % OUT_WIDTH;
  var sums = vec4<f32>();
  for (var p = begin; p < end; p++) {
    let from_y = out_y * STRIDE_Y + tap_y;
    let from_x = out_x * STRIDE_X + tap_x;
    let inside = (from_y < vec4<u32>(HEIGHT)) & (from_x < vec4<u32>(WIDTH));
    let pixel = select(vec4<u32>(), (image * HEIGHT + from_y) * WIDTH + from_x, inside);
    let at = pixel * (GROUPS * INPUTS) + input;
    sums += select(vec4<f32>(), vec4<f32>(x[at.x], x[at.y], x[at.z], x[at.w]), inside) * d[p * across + column];
    out_x = select(out_x + 1u, 0u, out_x + 1u == OUT_WIDTH);
    out_y += select(0u, 1u, out_x == 0u);
    image += select(0u, 1u, out_y == OUT_HEIGHT);
    out_y = select(out_y, 0u, out_y == OUT_HEIGHT);
  }
  let at = (part * rows + row) * across + column;
  store_dw(at, sums.x);
  if (row + 1u < rows) { store_dw(at + 1u * across, sums.y); }
  if (row + 2u < rows) { store_dw(at + 2u * across, sums.z); }
  if (row + 3u < rows) { store_dw(at + 3u * across, sums.w); }
}
