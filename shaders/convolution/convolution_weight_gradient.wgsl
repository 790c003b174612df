// convolution_weight_gradient: the gradients of y = convolution(x, w) + b, given d = dL/dy, p over all windows:
//   w[t,i,o] = sum_p x[p + t,i] d[p,o]   (w: dL/dw, and p + t the pixel that window p has at tap t)
//   b[o]     = sum_p d[p,o]              (b: dL/db)
// dispatch: one workgroup per block of w, whose rows are pairs (t, i): ceil(taps * INPUTS / 4) * ceil(OUTPUTS / 4) of
//           them; any sizes
// why: as convolution_weight_gradient_vec4, with 64 invocations for a smaller block, whose rows may be of different
//      taps: a first layer of one channel has little else
// source: Goodfellow, Bengio and Courville, Deep Learning, section 9.5, equation 9.11
// #import block
// #import window
const BLOCK_ROWS: u32 = 4u;
const BLOCK_COLUMNS: u32 = 4u;
const LANES: u32 = 64u;
override INPUTS: u32 = 1u;  // channels of x
override OUTPUTS: u32 = 1u; // channels of y
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [IMAGES, HEIGHT, WIDTH, INPUTS]
@group(0) @binding(1) var<storage, read>       d: array<f32>; // [IMAGES, OUT_HEIGHT, OUT_WIDTH, OUTPUTS]
@group(0) @binding(2) var<storage, read_write> w: array<f32>; // [WINDOW_HEIGHT, WINDOW_WIDTH, INPUTS, OUTPUTS]
@group(0) @binding(3) var<storage, read_write> b: array<f32>; // [OUTPUTS]

fn store_w(i: u32, value: f32) { w[i] = value; }
fn store_b(i: u32, value: f32) { b[i] = value; }

var<workgroup> partial: array<vec4<f32>, 320>; // for each lane a four of four rows of w, and of b

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = group.y * groups.x + group.x;
  let rows = WINDOW_HEIGHT * WINDOW_WIDTH * INPUTS;
  let across = (OUTPUTS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  let windows = select(0u, IMAGES * OUT_HEIGHT * OUT_WIDTH, row < rows); // the grid may be longer than there are blocks
  let taps = four(row, rows) / INPUTS;
  let inputs = four(row, rows) % INPUTS;
  let columns = four(column, OUTPUTS);
  let tap_y = taps / WINDOW_WIDTH - TOP;
  let tap_x = taps % WINDOW_WIDTH - LEFT;
  var image = lane / (OUT_HEIGHT * OUT_WIDTH);
  var out_y = lane / OUT_WIDTH % OUT_HEIGHT;
  var out_x = lane % OUT_WIDTH;
  var sums = mat4x4<f32>();
  var bias = vec4<f32>();
  for (var p = lane; p < windows; p += LANES) {
    let ys = out_y * STRIDE_Y + tap_y;
    let xs = out_x * STRIDE_X + tap_x;
    let inside = (ys < vec4<u32>(HEIGHT)) & (xs < vec4<u32>(WIDTH));
    let at = select(vec4<u32>(), (image * HEIGHT + ys) * WIDTH + xs, inside) * INPUTS + inputs;
    let left = select(vec4<f32>(), vec4<f32>(x[at.x], x[at.y], x[at.z], x[at.w]), inside);
    let start = p * OUTPUTS + columns;
    let right = vec4<f32>(d[start.x], d[start.y], d[start.z], d[start.w]);
    sums += outer(left, right);
    bias += right;
    out_x += LANES % OUT_WIDTH;
    let next_row = select(0u, 1u, out_x >= OUT_WIDTH);
    out_x -= next_row * OUT_WIDTH;
    out_y += LANES / OUT_WIDTH % OUT_HEIGHT + next_row;
    let next_image = select(0u, 1u, out_y >= OUT_HEIGHT);
    out_y -= next_image * OUT_HEIGHT;
    image += LANES / (OUT_HEIGHT * OUT_WIDTH) + next_image;
  }
  for (var r = 0u; r < 4u; r++) { partial[lane * 5u + r] = sums[r]; }
  partial[lane * 5u + 4u] = bias;
  workgroupBarrier();
  let of_w = lane < 4u && row + lane < rows;
  let of_b = lane == 4u && row == 0u;
  if (!(of_w || of_b)) { return; }
  var total = vec4<f32>();
  for (var other = 0u; other < LANES; other++) { total += partial[other * 5u + lane]; }
  for (var n = 0u; n < min(4u, OUTPUTS - column); n++) {
    if (of_w) { store_w((row + lane) * OUTPUTS + column + n, total[n]); } else { store_b(column + n, total[n]); }
  }
}
