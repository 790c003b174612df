// average_pool: y[p,c] = sum_t x[p + t,c] / taps, with p + t the pixel that window p has at tap t
// dispatch: one invocation per element of y; any sizes
// why: padding counts as zeros, as it does by default in PyTorch, so that every window is divided by the same number
// source: Goodfellow, Bengio and Courville, Deep Learning, section 9.3
// #import window
override CHANNELS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [IMAGES, HEIGHT, WIDTH, CHANNELS]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [IMAGES, OUT_HEIGHT, OUT_WIDTH, CHANNELS]

fn load_x(i: u32) -> f32 { return x[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= IMAGES * OUT_HEIGHT * OUT_WIDTH * CHANNELS) { return; }
  let window = i / CHANNELS;
  let top = window / OUT_WIDTH % OUT_HEIGHT * STRIDE_Y - TOP;
  let left = window % OUT_WIDTH * STRIDE_X - LEFT;
  let first = window / (OUT_WIDTH * OUT_HEIGHT) * HEIGHT;
  var sum = 0.0;
  for (var tap_y = 0u; tap_y < WINDOW_HEIGHT; tap_y++) {
    for (var tap_x = 0u; tap_x < WINDOW_WIDTH; tap_x++) {
      if (top + tap_y < HEIGHT && left + tap_x < WIDTH) {
        sum += load_x(((first + top + tap_y) * WIDTH + left + tap_x) * CHANNELS + i % CHANNELS);
      }
    }
  }
  store_y(i, sum / f32(WINDOW_HEIGHT * WINDOW_WIDTH));
}
