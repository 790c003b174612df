// max_pool: y[p,c] = max_t x[p + t,c], with p + t the pixel that window p has at tap t, and index[p,c] that tap
// dispatch: one invocation per four channels of a window, windows * ceil(CHANNELS / 4) of them; any sizes, with padding
//           less than a window
// why: a gradient goes where the maximum stood, so that its tap is kept; of equal ones the first counts, as in PyTorch.
//      In the order of bits a NaN is the largest.//      What lies outside the image is no candidate. Where a window lies is found once for four channels. An empty store
//      port leaves its output out
// source: Goodfellow, Bengio and Courville, Deep Learning, section 9.3
// #import block
// #import ieee
// #import window
override CHANNELS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>;     // [IMAGES, HEIGHT, WIDTH, CHANNELS]
@group(0) @binding(1) var<storage, read_write> y: array<f32>;     // [IMAGES, OUT_HEIGHT, OUT_WIDTH, CHANNELS]
@group(0) @binding(2) var<storage, read_write> index: array<u32>; // [IMAGES, OUT_HEIGHT, OUT_WIDTH, CHANNELS]

fn load_x(i: u32) -> f32 { return x[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }
fn store_index(i: u32, value: u32) { index[i] = value; }

fn write_four(at: u32, count: u32, values: vec4<f32>) {
  store_y(at, values.x);
  if (count > 1u) { store_y(at + 1u, values.y); }
  if (count > 2u) { store_y(at + 2u, values.z); }
  if (count > 3u) { store_y(at + 3u, values.w); }
}

fn write_taps(at: u32, count: u32, values: vec4<u32>) {
  store_index(at, values.x);
  if (count > 1u) { store_index(at + 1u, values.y); }
  if (count > 2u) { store_index(at + 2u, values.z); }
  if (count > 3u) { store_index(at + 3u, values.w); }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  let fours = (CHANNELS + 3u) / 4u;
  let window = i / fours;
  let channel = i % fours * 4u;
  if (window >= IMAGES * OUT_HEIGHT * OUT_WIDTH) { return; }
  let channels = four(channel, CHANNELS);
  let top = window / OUT_WIDTH % OUT_HEIGHT * STRIDE_Y - TOP;
  let left = window % OUT_WIDTH * STRIDE_X - LEFT;
  let first = window / (OUT_WIDTH * OUT_HEIGHT) * HEIGHT;
  var largest = vec4<f32>();
  var best = vec4<u32>();
  var tap = vec4<u32>();
  var found = false;
  for (var tap_y = 0u; tap_y < WINDOW_HEIGHT; tap_y++) {
    for (var tap_x = 0u; tap_x < WINDOW_WIDTH; tap_x++) {
      if (top + tap_y < HEIGHT && left + tap_x < WIDTH) {
        let at = ((first + top + tap_y) * WIDTH + left + tap_x) * CHANNELS + channels;
        let values = vec4<f32>(load_x(at.x), load_x(at.y), load_x(at.z), load_x(at.w));
        let places = vec4<u32>(order(values.x), order(values.y), order(values.z), order(values.w));
        let larger = vec4<bool>(!found) | (places > best);
        tap = select(tap, vec4<u32>(tap_y * WINDOW_WIDTH + tap_x), larger);
        largest = select(largest, values, larger);
        best = select(best, places, larger);
        found = true;
      }
    }
  }
  write_four(window * CHANNELS + channel, CHANNELS - channel, largest);
  write_taps(window * CHANNELS + channel, CHANNELS - channel, tap);
}
