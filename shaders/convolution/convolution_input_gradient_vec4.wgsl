// convolution_input_gradient_vec4: dx[q,i] = sum_t sum_o d[q - t,o] w[t,i,o], with d = dL/dy and q - t the window of
//   the convolution, if there is one, that has pixel q at tap t
// dispatch: one invocation per block of dx, ceil(pixels / 8) * ceil(INPUTS / 8) of them; INPUTS, OUTPUTS multiples of 4
// why: as convolution_vec4, but windows and pixels change places, and so do inputs and outputs: the transposed
//      convolution. Taps at which no pixel of the block has a window are left out: with a stride most are such
// source: Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016), chapter 4
// #import block
// #import window
const BLOCK_ROWS: u32 = 8u;
const BLOCK_COLUMNS: u32 = 8u;
override INPUTS: u32 = 4u;  // channels of x
override OUTPUTS: u32 = 4u; // channels of y
@group(0) @binding(0) var<storage, read>       w: array<vec4<f32>>;  // [taps, INPUTS, OUTPUTS / 4]
@group(0) @binding(1) var<storage, read>       d: array<vec4<f32>>;  // [IMAGES, OUT_HEIGHT, OUT_WIDTH, OUTPUTS / 4]
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<f32>>; // [IMAGES, HEIGHT, WIDTH, INPUTS / 4]

fn store_dx(i: u32, value: vec4<f32>) { dx[i] = value; }

fn write_row(row: u32, column: u32, left: vec4<f32>, right: vec4<f32>) {
  if (row >= IMAGES * HEIGHT * WIDTH) { return; }
  let at = (row * INPUTS + column) / 4u;
  store_dx(at, left);
  if (column + 4u < INPUTS) { store_dx(at + 1u, right); }
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let rows = IMAGES * HEIGHT * WIDTH;
  let across = (INPUTS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  if (row >= rows) { return; }
  let places0 = places(four(row, rows));
  let places1 = places(four(row + 4u, rows));
  let step = OUTPUTS / 4u;
  let c0 = four(column, INPUTS) * step;
  let c1 = four(column + 4u, INPUTS) * step;
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  for (var tap_y = 0u; tap_y < WINDOW_HEIGHT; tap_y++) {
    for (var tap_x = 0u; tap_x < WINDOW_WIDTH; tap_x++) {
      let windows0 = windows_at(places0, tap_y, tap_x);
      let windows1 = windows_at(places1, tap_y, tap_x);
      let a0 = windows0.at * step;
      let a1 = windows1.at * step;
      let m0 = windows0.weight;
      let m1 = windows1.weight;
      if (all(m0 + m1 == vec4<f32>())) { continue; }
      let b0 = c0 + (tap_y * WINDOW_WIDTH + tap_x) * INPUTS * step;
      let b1 = c1 + (tap_y * WINDOW_WIDTH + tap_x) * INPUTS * step;
      for (var k = 0u; k < step; k++) {
        let rows0 = mat4x4<f32>(d[a0.x + k] * m0.x, d[a0.y + k] * m0.y, d[a0.z + k] * m0.z, d[a0.w + k] * m0.w);
        let rows1 = mat4x4<f32>(d[a1.x + k] * m1.x, d[a1.y + k] * m1.y, d[a1.z + k] * m1.z, d[a1.w + k] * m1.w);
        let columns0 = transpose(mat4x4<f32>(w[b0.x + k], w[b0.y + k], w[b0.z + k], w[b0.w + k]));
        let columns1 = transpose(mat4x4<f32>(w[b1.x + k], w[b1.y + k], w[b1.z + k], w[b1.w + k]));
        sums00 += columns0 * rows0;
        sums01 += columns1 * rows0;
        sums10 += columns0 * rows1;
        sums11 += columns1 * rows1;
      }
    }
  }
  write_row(row + 0u, column, sums00[0], sums01[0]);
  write_row(row + 1u, column, sums00[1], sums01[1]);
  write_row(row + 2u, column, sums00[2], sums01[2]);
  write_row(row + 3u, column, sums00[3], sums01[3]);
  write_row(row + 4u, column, sums10[0], sums11[0]);
  write_row(row + 5u, column, sums10[1], sums11[1]);
  write_row(row + 6u, column, sums10[2], sums11[2]);
  write_row(row + 7u, column, sums10[3], sums11[3]);
}
