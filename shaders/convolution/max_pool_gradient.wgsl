// max_pool_gradient: dx[q,c] = sum_t [index[q - t,c] = t] d[q - t,c], with d = dL/dy and q - t the window, if there is
//   one, that has pixel q at tap t
// dispatch: one invocation per four channels of a pixel, pixels * ceil(CHANNELS / 4) of them; any sizes
// why: each pixel asks the windows that see it whether it was their maximum, so that no two invocations add to one
//      number. The first tap whose window lies on the grid is found by one division for four channels, the others a
//      stride apart
// source: Goodfellow, Bengio and Courville, Deep Learning, section 9.3
// #import block
// #import window
override CHANNELS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       index: array<u32>; // [IMAGES, OUT_HEIGHT, OUT_WIDTH, CHANNELS]
@group(0) @binding(1) var<storage, read>       d: array<f32>;     // [IMAGES, OUT_HEIGHT, OUT_WIDTH, CHANNELS]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;    // [IMAGES, HEIGHT, WIDTH, CHANNELS]

fn load_d(i: u32) -> f32 { return d[i]; }
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
  let fours = (CHANNELS + 3u) / 4u;
  let pixel = i / fours;
  let channel = i % fours * 4u;
  if (pixel >= IMAGES * HEIGHT * WIDTH) { return; }
  let channels = four(channel, CHANNELS);
  let y = pixel / WIDTH % HEIGHT + TOP;
  let x = pixel % WIDTH + LEFT;
  let first = pixel / (WIDTH * HEIGHT) * OUT_HEIGHT;
  var sum = vec4<f32>();
  var window_y = y / STRIDE_Y; // the lowest window that may reach up to this pixel
  for (var tap_y = y % STRIDE_Y; tap_y < WINDOW_HEIGHT; tap_y += STRIDE_Y) {
    var window_x = x / STRIDE_X;
    for (var tap_x = x % STRIDE_X; tap_x < WINDOW_WIDTH; tap_x += STRIDE_X) {
      if (window_y < OUT_HEIGHT && window_x < OUT_WIDTH) {
        let at = ((first + window_y) * OUT_WIDTH + window_x) * CHANNELS + channels;
        let taps = vec4<u32>(index[at.x], index[at.y], index[at.z], index[at.w]);
        let values = vec4<f32>(load_d(at.x), load_d(at.y), load_d(at.z), load_d(at.w));
        sum += select(vec4<f32>(), values, taps == vec4<u32>(tap_y * WINDOW_WIDTH + tap_x));
      }
      window_x -= 1u; // below 0 it wraps around, and lies outside
    }
    window_y -= 1u;
  }
  write_four(pixel * CHANNELS + channel, CHANNELS - channel, sum);
}
