// convolution_weight_gradient_vec4: the gradients of y = convolution(x, w) + b, given d = dL/dy, p over all windows:
//   w[t,i,o] = sum_p x[p + t,i] d[p,o]   (w: dL/dw, and p + t the pixel that window p has at tap t)
//   b[o]     = sum_p d[p,o]              (b: dL/db)
// dispatch: one workgroup per block of w, taps * ceil(INPUTS / 8) * ceil(OUTPUTS / 8) of them; INPUTS, OUTPUTS
//           multiples of 4
// why: few numbers, each a sum over every pixel of every image: one invocation per block would leave a GPU idle, so 32
//      of them share a block, each takes every 32nd window, and the partial sums are added after the only barrier.
//      Where the next window lies is counted on, not divided out. An empty store port leaves its output out
// source: Chetlur et al., cuDNN: Efficient Primitives for Deep Learning (2014), section 3.1
// #import block
// #import window
const BLOCK_ROWS: u32 = 8u;
const BLOCK_COLUMNS: u32 = 8u;
const LANES: u32 = 32u;
override INPUTS: u32 = 4u;  // channels of x
override OUTPUTS: u32 = 4u; // channels of y
@group(0) @binding(0) var<storage, read>       x: array<vec4<f32>>; // [IMAGES, HEIGHT, WIDTH, INPUTS / 4]
@group(0) @binding(1) var<storage, read>       d: array<vec4<f32>>; // [IMAGES, OUT_HEIGHT, OUT_WIDTH, OUTPUTS / 4]
@group(0) @binding(2) var<storage, read_write> w: array<f32>;       // [WINDOW_HEIGHT, WINDOW_WIDTH, INPUTS, OUTPUTS]
@group(0) @binding(3) var<storage, read_write> b: array<f32>;       // [OUTPUTS]

fn store_w(i: u32, value: f32) { w[i] = value; }
fn store_b(i: u32, value: f32) { b[i] = value; }

var<workgroup> partial: array<vec4<f32>, 576>; // for each lane two fours of eight rows of w, and of b

@compute @workgroup_size(32)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = group.y * groups.x + group.x;
  let down = (INPUTS + BLOCK_ROWS - 1u) / BLOCK_ROWS;
  let across = (OUTPUTS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let tap = i / (across * down);
  let row = i / across % down * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  let there = tap < WINDOW_HEIGHT * WINDOW_WIDTH; // the grid's second row may be longer than there are blocks
  let windows = select(0u, IMAGES * OUT_HEIGHT * OUT_WIDTH, there);
  let a0 = row / 4u;
  let a1 = min(a0 + 1u, INPUTS / 4u - 1u) - a0;
  let d0 = column / 4u;
  let d1 = min(d0 + 1u, OUTPUTS / 4u - 1u);
  let tap_y = tap / WINDOW_WIDTH - TOP;
  let tap_x = tap % WINDOW_WIDTH - LEFT;
  var image = lane / (OUT_HEIGHT * OUT_WIDTH);
  var out_y = lane / OUT_WIDTH % OUT_HEIGHT;
  var out_x = lane % OUT_WIDTH;
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  for (var p = lane; p < windows; p += LANES) {
    let from_y = out_y * STRIDE_Y + tap_y;
    let from_x = out_x * STRIDE_X + tap_x;
    let inside = from_y < HEIGHT && from_x < WIDTH;
    let at = select(0u, (image * HEIGHT + from_y) * WIDTH + from_x, inside) * (INPUTS / 4u) + a0;
    let weight = select(0.0, 1.0, inside);
    let rows0 = x[at] * weight;
    let rows1 = x[at + a1] * weight;
    let columns0 = d[p * (OUTPUTS / 4u) + d0];
    let columns1 = d[p * (OUTPUTS / 4u) + d1];
    sums00 += outer(rows0, columns0);
    sums01 += outer(rows0, columns1);
    sums10 += outer(rows1, columns0);
    sums11 += outer(rows1, columns1);
    out_x += LANES % OUT_WIDTH;
    let next_row = select(0u, 1u, out_x >= OUT_WIDTH);
    out_x -= next_row * OUT_WIDTH;
    out_y += LANES / OUT_WIDTH % OUT_HEIGHT + next_row;
    let next_image = select(0u, 1u, out_y >= OUT_HEIGHT);
    out_y -= next_image * OUT_HEIGHT;
    image += LANES / (OUT_HEIGHT * OUT_WIDTH) + next_image;
  }
  for (var r = 0u; r < 4u; r++) {
    partial[lane * 18u + r * 2u] = sums00[r];
    partial[lane * 18u + r * 2u + 1u] = sums01[r];
    partial[lane * 18u + r * 2u + 8u] = sums10[r];
    partial[lane * 18u + r * 2u + 9u] = sums11[r];
  }
  let first = tap == 0u && row == 0u;
  if (first) {
    var bias0 = vec4<f32>();
    var bias1 = vec4<f32>();
    for (var p = lane; p < windows; p += LANES) {
      bias0 += d[p * (OUTPUTS / 4u) + d0];
      bias1 += d[p * (OUTPUTS / 4u) + d1];
    }
    partial[lane * 18u + 16u] = bias0;
    partial[lane * 18u + 17u] = bias1;
  }
  workgroupBarrier();
  let r = row + lane / 2u;
  let c = column + lane % 2u * 4u;
  let of_w = lane < 16u && r < INPUTS;
  let of_b = (lane == 16u || lane == 17u) && first;
  if (!there || c >= OUTPUTS || !(of_w || of_b)) { return; }
  var total = vec4<f32>();
  for (var other = 0u; other < LANES; other++) { total += partial[other * 18u + lane]; }
  for (var n = 0u; n < 4u; n++) {
    if (of_w) { store_w((tap * INPUTS + r) * OUTPUTS + c + n, total[n]); } else { store_b(c + n, total[n]); }
  }
}
