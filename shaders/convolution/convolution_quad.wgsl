// convolution_quad: y[p,o] = sum_t sum_i x[p + t,i] w[t,i,o], with p + t the pixel that window p has at tap t
// dispatch: one invocation per 16x4 block of y, quads of them side by side: ceil(windows / 16) * 4 ceil(OUTPUTS / 16);
//           INPUTS and OUTPUTS multiples of 4
// why: as convolution_vec4, but the four lanes of a quad stand side by side in the same rows: each finds and reads four
//      of their sixteen pixels and lends them to the others, as in matmul_quad. All lanes stay to the end, since who has
//      left lends nothing
// source: Chetlur et al., cuDNN: Efficient Primitives for Deep Learning (2014), section 3.1
// #requires subgroups
// #import quad
// #import block
// #import window
const BLOCK_ROWS: u32 = 16u;
const BLOCK_COLUMNS: u32 = 16u; // of a quad
override INPUTS: u32 = 4u;  // channels of x
override OUTPUTS: u32 = 4u; // channels of y
@group(0) @binding(0) var<storage, read>       x: array<vec4<f32>>; // [IMAGES, HEIGHT, WIDTH, INPUTS / 4]
@group(0) @binding(1) var<storage, read>       w: array<vec4<f32>>; // [taps, INPUTS, OUTPUTS / 4]
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>; // [IMAGES, OUT_HEIGHT, OUT_WIDTH, OUTPUTS / 4]

fn store_y(i: u32, value: vec4<f32>) { y[i] = value; }

fn write_row(row: u32, column: u32, sums: vec4<f32>) {
  if (row < IMAGES * OUT_HEIGHT * OUT_WIDTH && column < OUTPUTS) { store_y((row * OUTPUTS + column) / 4u, sums); }
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let rows = IMAGES * OUT_HEIGHT * OUT_WIDTH;
  let across = (OUTPUTS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS * 4u;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * 4u;
  let own = corners(min(row + i % 4u + vec4<u32>(0u, 4u, 8u, 12u), vec4<u32>(rows - 1u)));
  let step = OUTPUTS / 4u;
  var at = min(column / 4u, step - 1u); // in w
  var sums0 = mat4x4<f32>();
  var sums1 = mat4x4<f32>();
  var sums2 = mat4x4<f32>();
  var sums3 = mat4x4<f32>();
  for (var tap_y = 0u; tap_y < WINDOW_HEIGHT; tap_y++) {
    for (var tap_x = 0u; tap_x < WINDOW_WIDTH; tap_x++) {
      let pixels = pixels_at(own, tap_y, tap_x);
      let a = pixels.at * (INPUTS / 4u);
      let m = pixels.weight;
      for (var k = 0u; k < INPUTS / 4u; k++) {
        let columns = mat4x4<f32>(w[at], w[at + step], w[at + 2u * step], w[at + 3u * step]);
        sums0 += columns * gathered(x[a.x + k] * m.x);
        sums1 += columns * gathered(x[a.y + k] * m.y);
        sums2 += columns * gathered(x[a.z + k] * m.z);
        sums3 += columns * gathered(x[a.w + k] * m.w);
        at += 4u * step;
      }
    }
  }
  for (var r = 0u; r < 4u; r++) {
    write_row(row + r, column, sums0[0]);
    write_row(row + 4u + r, column, sums1[0]);
    write_row(row + 8u + r, column, sums2[0]);
    write_row(row + 12u + r, column, sums3[0]);
    sums0 = rolled(sums0);
    sums1 = rolled(sums1);
    sums2 = rolled(sums2);
    sums3 = rolled(sums3);
  }
}
