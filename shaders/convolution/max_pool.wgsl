// max_pool: y[p,c] = max_t x[p + t,c], with p + t the pixel that window p has at tap t, and index[p,c] that tap
// dispatch: one invocation per element of y; any sizes, with padding less than a window
// why: a gradient goes where the maximum stood, so that its tap is kept; of equal ones the first counts, as in PyTorch.
//      What lies outside the image is no candidate. An empty store port leaves its output out
// source: Goodfellow, Bengio and Courville, Deep Learning, section 9.3
// #import window
override CHANNELS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>;     // [IMAGES, HEIGHT, WIDTH, CHANNELS]
@group(0) @binding(1) var<storage, read_write> y: array<f32>;     // [IMAGES, OUT_HEIGHT, OUT_WIDTH, CHANNELS]
@group(0) @binding(2) var<storage, read_write> index: array<u32>; // [IMAGES, OUT_HEIGHT, OUT_WIDTH, CHANNELS]

fn load_x(i: u32) -> f32 { return x[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }
fn store_index(i: u32, value: u32) { index[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= IMAGES * OUT_HEIGHT * OUT_WIDTH * CHANNELS) { return; }
  let window = i / CHANNELS;
  let top = window / OUT_WIDTH % OUT_HEIGHT * STRIDE_Y - TOP;
  let left = window % OUT_WIDTH * STRIDE_X - LEFT;
  let first = window / (OUT_WIDTH * OUT_HEIGHT) * HEIGHT;
  var largest = -3.402823e38;
  var tap = 0u;
  for (var tap_y = 0u; tap_y < WINDOW_HEIGHT; tap_y++) {
    for (var tap_x = 0u; tap_x < WINDOW_WIDTH; tap_x++) {
      if (top + tap_y < HEIGHT && left + tap_x < WIDTH) {
        let value = load_x(((first + top + tap_y) * WIDTH + left + tap_x) * CHANNELS + i % CHANNELS);
        if (value > largest) {
          largest = value;
          tap = tap_y * WINDOW_WIDTH + tap_x;
        }
      }
    }
  }
  store_y(i, largest);
  store_index(i, tap);
}
