// max_pool_gradient: dx[q,c] = sum_t [index[q - t,c] = t] d[q - t,c], with d = dL/dy and q - t the window, if there is
//   one, that has pixel q at tap t
// dispatch: one invocation per element of dx; any sizes
// why: each pixel asks the windows that see it whether it was their maximum, so that no two invocations add to one
//      number. The first tap whose window lies on the grid is found by one division, the others a stride apart
// source: Goodfellow, Bengio and Courville, Deep Learning, section 9.3
// #import window
override CHANNELS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       index: array<u32>; // [IMAGES, OUT_HEIGHT, OUT_WIDTH, CHANNELS]
@group(0) @binding(1) var<storage, read>       d: array<f32>;     // [IMAGES, OUT_HEIGHT, OUT_WIDTH, CHANNELS]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;    // [IMAGES, HEIGHT, WIDTH, CHANNELS]

fn load_d(i: u32) -> f32 { return d[i]; }
fn store_dx(i: u32, value: f32) { dx[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= IMAGES * HEIGHT * WIDTH * CHANNELS) { return; }
  let pixel = i / CHANNELS;
  let y = pixel / WIDTH % HEIGHT + TOP;
  let x = pixel % WIDTH + LEFT;
  let first = pixel / (WIDTH * HEIGHT) * OUT_HEIGHT;
  var sum = 0.0;
  var window_y = y / STRIDE_Y; // the lowest window that may reach up to this pixel
  for (var tap_y = y % STRIDE_Y; tap_y < WINDOW_HEIGHT; tap_y += STRIDE_Y) {
    var window_x = x / STRIDE_X;
    for (var tap_x = x % STRIDE_X; tap_x < WINDOW_WIDTH; tap_x += STRIDE_X) {
      if (window_y < OUT_HEIGHT && window_x < OUT_WIDTH) {
        let at = ((first + window_y) * OUT_WIDTH + window_x) * CHANNELS + i % CHANNELS;
        sum += select(0.0, load_d(at), index[at] == tap_y * WINDOW_WIDTH + tap_x);
      }
      window_x -= 1u; // below 0 it wraps around, and lies outside
    }
    window_y -= 1u;
  }
  store_dx(i, sum);
}
