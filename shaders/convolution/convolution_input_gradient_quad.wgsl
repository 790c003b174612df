// convolution_input_gradient_quad: dx[q,i] = sum_t sum_o d[q - t,o] w[t,i,o], with d = dL/dy and q - t the window of
//   the convolution, if there is one, that has pixel q at tap t
// dispatch: one invocation per 16x4 block of dx, quads of them side by side: ceil(pixels / 16) * 4 ceil(INPUTS / 16);
//           INPUTS and OUTPUTS multiples of 4
// why: as convolution_input_gradient_vec4, with rows of d shared by a quad as in convolution_quad, so that no lane may
//      leave out a tap
// source: Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016), chapter 4
// #requires subgroups
// #import block
// #import quad
// #import window
const BLOCK_ROWS: u32 = 16u;
const BLOCK_COLUMNS: u32 = 16u; // of a quad
override INPUTS: u32 = 4u;  // channels of x
override OUTPUTS: u32 = 4u; // channels of y
@group(0) @binding(0) var<storage, read>       w: array<vec4<f32>>;  // [taps, INPUTS, OUTPUTS / 4]
@group(0) @binding(1) var<storage, read>       d: array<vec4<f32>>;  // [IMAGES, OUT_HEIGHT, OUT_WIDTH, OUTPUTS / 4]
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<f32>>; // [IMAGES, HEIGHT, WIDTH, INPUTS / 4]

fn store_dx(i: u32, value: vec4<f32>) { dx[i] = value; }

fn write_row(row: u32, column: u32, sums: vec4<f32>) {
  if (row < IMAGES * HEIGHT * WIDTH && column < INPUTS) { store_dx((row * INPUTS + column) / 4u, sums); }
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let rows = IMAGES * HEIGHT * WIDTH;
  let across = (INPUTS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS * 4u;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * 4u;
  let own = places(min(row + i % 4u + vec4<u32>(0u, 4u, 8u, 12u), vec4<u32>(rows - 1u)));
  let step = OUTPUTS / 4u;
  let c = four(column, INPUTS) * step;
  var sums0 = mat4x4<f32>();
  var sums1 = mat4x4<f32>();
  var sums2 = mat4x4<f32>();
  var sums3 = mat4x4<f32>();
  for (var tap_y = 0u; tap_y < WINDOW_HEIGHT; tap_y++) {
    for (var tap_x = 0u; tap_x < WINDOW_WIDTH; tap_x++) {
      let windows = windows_at(own, tap_y, tap_x);
      let a = windows.at * step;
      let m = windows.weight;
      let b = c + (tap_y * WINDOW_WIDTH + tap_x) * INPUTS * step;
      for (var k = 0u; k < step; k++) {
        let columns = transpose(mat4x4<f32>(w[b.x + k], w[b.y + k], w[b.z + k], w[b.w + k]));
        sums0 += columns * gathered(d[a.x + k] * m.x);
        sums1 += columns * gathered(d[a.y + k] * m.y);
        sums2 += columns * gathered(d[a.z + k] * m.z);
        sums3 += columns * gathered(d[a.w + k] * m.w);
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
