// convolution_quad: y[p,o] = sum_t sum_i x[p + t,i] w[t,i,o], with p + t the pixel that window p has at tap t
// dispatch: one invocation per 8x8 block of y, quads of them below one another: 4 ceil(windows / 32) *
//           ceil(OUTPUTS / 8) of them; INPUTS and OUTPUTS multiples of 4
// why: as convolution_vec4, but the four lanes of a quad have the same columns: each reads two of the eight fours of
//      weights and lends them to the others. All lanes stay to the end, since who has left lends nothing
// source: Chetlur et al., cuDNN: Efficient Primitives for Deep Learning (2014), section 3.1
// #requires subgroups
// #import block
// #import quad
// #import window
const BLOCK_ROWS: u32 = 32u; // of a quad
const BLOCK_COLUMNS: u32 = 8u;
override INPUTS: u32 = 4u;  // channels of x
override OUTPUTS: u32 = 4u; // channels of y
@group(0) @binding(0) var<storage, read>       x: array<vec4<f32>>; // [IMAGES, HEIGHT, WIDTH, INPUTS / 4]
@group(0) @binding(1) var<storage, read>       w: array<vec4<f32>>; // [taps, INPUTS, OUTPUTS / 4]
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>; // [IMAGES, OUT_HEIGHT, OUT_WIDTH, OUTPUTS / 4]

fn store_y(i: u32, value: vec4<f32>) { y[i] = value; }

fn write_row(row: u32, column: u32, left: vec4<f32>, right: vec4<f32>) {
  if (row >= IMAGES * OUT_HEIGHT * OUT_WIDTH) { return; }
  let at = (row * OUTPUTS + column) / 4u;
  store_y(at, left);
  if (column + 4u < OUTPUTS) { store_y(at + 1u, right); }
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let rows = IMAGES * OUT_HEIGHT * OUT_WIDTH;
  let across = (OUTPUTS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let lane = i % 4u;
  let row = i / 4u / across * BLOCK_ROWS + lane * 8u;
  let column = i / 4u % across * BLOCK_COLUMNS;
  let corners0 = corners(four(row, rows));
  let corners1 = corners(four(row + 4u, rows));
  let step = OUTPUTS / 4u;
  let c0 = column / 4u;
  let c1 = min(c0 + 1u, step - 1u);
  var sums00 = mat4x4<f32>();
  var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>();
  var sums11 = mat4x4<f32>();
  var at = lane * step; // in w
  for (var tap_y = 0u; tap_y < WINDOW_HEIGHT; tap_y++) {
    for (var tap_x = 0u; tap_x < WINDOW_WIDTH; tap_x++) {
      let pixels0 = pixels_at(corners0, tap_y, tap_x);
      let pixels1 = pixels_at(corners1, tap_y, tap_x);
      let a0 = pixels0.at * (INPUTS / 4u);
      let a1 = pixels1.at * (INPUTS / 4u);
      let m0 = pixels0.weight;
      let m1 = pixels1.weight;
      for (var k = 0u; k < INPUTS / 4u; k++) {
        let rows0 = mat4x4<f32>(x[a0.x + k] * m0.x, x[a0.y + k] * m0.y, x[a0.z + k] * m0.z, x[a0.w + k] * m0.w);
        let rows1 = mat4x4<f32>(x[a1.x + k] * m1.x, x[a1.y + k] * m1.y, x[a1.z + k] * m1.z, x[a1.w + k] * m1.w);
        let columns0 = gathered(w[at + c0]);
        let columns1 = gathered(w[at + c1]);
        sums00 += columns0 * rows0;
        sums01 += columns1 * rows0;
        sums10 += columns0 * rows1;
        sums11 += columns1 * rows1;
        at += 4u * step;
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
