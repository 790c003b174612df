// convolution_weight_gradient_vec4: dw[s,t,i,o] = sum_p x[p + t,i] d[p,o], with d = dL/dy, p over the windows of part
//   s, and p + t the pixel that window p has at tap t
// dispatch: one invocation per block of dw, PARTS * taps * ceil(INPUTS / 8) * ceil(OUTPUTS / 8) of them; INPUTS and
//           OUTPUTS multiples of 4
// why: few numbers, each a sum over all windows of all images. To fill a GPU these come in parts, to be added up
//      afterwards: workgroup memory, in which that could be done here, takes seconds to compile where it is cleared
//      number by number. Where the next window lies is counted on, since divisions are slow
// source: Chetlur et al., cuDNN: Efficient Primitives for Deep Learning (2014), section 3.1
// #import block
// #import window
const BLOCK_ROWS: u32 = 8u;
const BLOCK_COLUMNS: u32 = 8u;
override INPUTS: u32 = 4u;  // channels of x
override OUTPUTS: u32 = 4u; // channels of y
override PARTS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<vec4<f32>>;  // [IMAGES, HEIGHT, WIDTH, INPUTS / 4]
@group(0) @binding(1) var<storage, read>       d: array<vec4<f32>>;  // [IMAGES, OUT_HEIGHT, OUT_WIDTH, OUTPUTS / 4]
@group(0) @binding(2) var<storage, read_write> dw: array<vec4<f32>>; // [PARTS, taps, INPUTS, OUTPUTS / 4]

fn store_dw(i: u32, value: vec4<f32>) { dw[i] = value; }

fn write_row(first: u32, row: u32, column: u32, left: vec4<f32>, right: vec4<f32>) {
  if (row >= INPUTS) { return; }
  let at = ((first + row) * OUTPUTS + column) / 4u;
  store_dw(at, left);
  if (column + 4u < OUTPUTS) { store_dw(at + 1u, right); }
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let down = (INPUTS + BLOCK_ROWS - 1u) / BLOCK_ROWS;
  let across = (OUTPUTS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let taps = WINDOW_HEIGHT * WINDOW_WIDTH;
  let part = i / (across * down * taps);
  let tap = i / (across * down) % taps;
  let row = i / across % down * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  if (part >= PARTS) { return; }
  let x_step = INPUTS / 4u;
  let d_step = OUTPUTS / 4u;
  let x0 = row / 4u;
  let x1 = min(x0 + 1u, x_step - 1u);
  let d0 = column / 4u;
  let d1 = min(d0 + 1u, d_step - 1u);
  let windows = IMAGES * OUT_HEIGHT * OUT_WIDTH;
  let length = (windows + PARTS - 1u) / PARTS;
  let begin = part * length;
  let end = min(begin + length, windows);
  let tap_y = tap / WINDOW_WIDTH - TOP;
  let tap_x = tap % WINDOW_WIDTH - LEFT;
  var image = begin / (OUT_WIDTH * OUT_HEIGHT);
  var out_y = begin / OUT_WIDTH % OUT_HEIGHT;
  var out_x = begin % OUT_WIDTH;
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  for (var p = begin; p < end; p++) {
    let from_y = out_y * STRIDE_Y + tap_y;
    let from_x = out_x * STRIDE_X + tap_x;
    let inside = from_y < HEIGHT && from_x < WIDTH;
    let at = select(0u, (image * HEIGHT + from_y) * WIDTH + from_x, inside) * x_step;
    let weight = select(0.0, 1.0, inside);
    let rows0 = x[at + x0] * weight;
    let rows1 = x[at + x1] * weight;
    let columns0 = d[p * d_step + d0];
    let columns1 = d[p * d_step + d1];
    sums00 += outer(rows0, columns0);
    sums01 += outer(rows0, columns1);
    sums10 += outer(rows1, columns0);
    sums11 += outer(rows1, columns1);
    out_x = select(out_x + 1u, 0u, out_x + 1u == OUT_WIDTH);
    out_y += select(0u, 1u, out_x == 0u);
    image += select(0u, 1u, out_y == OUT_HEIGHT);
    out_y = select(out_y, 0u, out_y == OUT_HEIGHT);
  }
  let first = (part * taps + tap) * INPUTS;
  write_row(first, row + 0u, column, sums00[0], sums01[0]);
  write_row(first, row + 1u, column, sums00[1], sums01[1]);
  write_row(first, row + 2u, column, sums00[2], sums01[2]);
  write_row(first, row + 3u, column, sums00[3], sums01[3]);
  write_row(first, row + 4u, column, sums10[0], sums11[0]);
  write_row(first, row + 5u, column, sums10[1], sums11[1]);
  write_row(first, row + 6u, column, sums10[2], sums11[2]);
  write_row(first, row + 7u, column, sums10[3], sums11[3]);
}
