// convolution_input_gradient: dx[q,i] = sum_t sum_o d[q - t,o] w[t,i,o], with d = dL/dy and q - t the window of the
//   convolution, if there is one, that has pixel q at tap t
// dispatch: one invocation per block of dx, ceil(pixels / 4) * ceil(INPUTS / 4) of them; any sizes
// why: as convolution, but windows and pixels change places, and so do inputs and outputs: the transposed convolution
// source: Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016), chapter 4
// #import block
// #import window
const BLOCK_ROWS: u32 = 4u;
const BLOCK_COLUMNS: u32 = 4u;
override INPUTS: u32 = 1u;  // channels of x
override OUTPUTS: u32 = 1u; // channels of y
@group(0) @binding(0) var<storage, read>       w: array<f32>;  // [taps, INPUTS, OUTPUTS]
@group(0) @binding(1) var<storage, read>       d: array<f32>;  // [IMAGES, OUT_HEIGHT, OUT_WIDTH, OUTPUTS]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>; // [IMAGES, HEIGHT, WIDTH, INPUTS]

fn store_dx(i: u32, value: f32) { dx[i] = value; }

fn write_four(at: u32, count: u32, values: vec4<f32>) {
  store_dx(at, values.x);
  if (count > 1u) { store_dx(at + 1u, values.y); }
  if (count > 2u) { store_dx(at + 2u, values.z); }
  if (count > 3u) { store_dx(at + 3u, values.w); }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  let rows = IMAGES * HEIGHT * WIDTH;
  let across = (INPUTS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  if (row >= rows) { return; }
  let place = places(four(row, rows));
  var b = four(column, INPUTS) * OUTPUTS; // in w
  var sums = mat4x4<f32>();
  for (var tap_y = 0u; tap_y < WINDOW_HEIGHT; tap_y++) {
    for (var tap_x = 0u; tap_x < WINDOW_WIDTH; tap_x++) {
      let windows = windows_at(place, tap_y, tap_x);
      let a = windows.at * OUTPUTS;
      for (var k = 0u; k < OUTPUTS; k++) {
        let left = vec4<f32>(d[a.x + k], d[a.y + k], d[a.z + k], d[a.w + k]) * windows.weight;
        sums += outer(left, vec4<f32>(w[b.x + k], w[b.y + k], w[b.z + k], w[b.w + k]));
      }
      b += vec4<u32>(INPUTS * OUTPUTS);
    }
  }
  if (row + 0u < rows) { write_four((row + 0u) * INPUTS + column, INPUTS - column, sums[0]); }
  if (row + 1u < rows) { write_four((row + 1u) * INPUTS + column, INPUTS - column, sums[1]); }
  if (row + 2u < rows) { write_four((row + 2u) * INPUTS + column, INPUTS - column, sums[2]); }
  if (row + 3u < rows) { write_four((row + 3u) * INPUTS + column, INPUTS - column, sums[3]); }
}
