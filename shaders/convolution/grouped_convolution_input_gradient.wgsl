// grouped_convolution_input_gradient: dx[q, INPUTS g + i] = sum_t sum_o d[q - t, OUTPUTS g + o] w[t, i, OUTPUTS g + o],
//   with d = dL/dy and q - t the window, if there is one, that has pixel q at tap t
// dispatch: one invocation per 4 pixels of a channel of dx, ceil(pixels / 4) * GROUPS * INPUTS of them; any sizes
// why: as grouped_convolution, but windows and pixels change places, and so do inputs and outputs of a group
// source: Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016), chapter 4
// #import block
// #import window
override INPUTS: u32 = 1u;  // channels of x in a group
override OUTPUTS: u32 = 1u; // channels of y in a group
override GROUPS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       w: array<f32>;  // [taps, INPUTS, GROUPS, OUTPUTS]
@group(0) @binding(1) var<storage, read>       d: array<f32>;  // [IMAGES, OUT_HEIGHT, OUT_WIDTH, GROUPS, OUTPUTS]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>; // [IMAGES, HEIGHT, WIDTH, GROUPS, INPUTS]

fn store_dx(i: u32, value: f32) { dx[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  let rows = IMAGES * HEIGHT * WIDTH;
  let across = GROUPS * INPUTS;
  let row = i / across * 4u;
  let column = i % across;
  if (row >= rows) { return; }
  let place = places(four(row, rows));
  let first = column / INPUTS * OUTPUTS;
  var b = column % INPUTS * (GROUPS * OUTPUTS) + first; // in w
  var sums = vec4<f32>();
  for (var tap_y = 0u; tap_y < WINDOW_HEIGHT; tap_y++) {
    for (var tap_x = 0u; tap_x < WINDOW_WIDTH; tap_x++) {
      let windows = windows_at(place, tap_y, tap_x);
      let a = windows.at * (GROUPS * OUTPUTS) + first;
      for (var k = 0u; k < OUTPUTS; k++) {
        sums += vec4<f32>(d[a.x + k], d[a.y + k], d[a.z + k], d[a.w + k]) * windows.weight * w[b + k];
      }
      b += INPUTS * GROUPS * OUTPUTS;
    }
  }
  store_dx(row * across + column, sums.x);
  if (row + 1u < rows) { store_dx((row + 1u) * across + column, sums.y); }
  if (row + 2u < rows) { store_dx((row + 2u) * across + column, sums.z); }
  if (row + 3u < rows) { store_dx((row + 3u) * across + column, sums.w); }
}
