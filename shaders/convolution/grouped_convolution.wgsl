// grouped_convolution: y[p,o] = sum_t sum_i x[p + t, INPUTS g + i] w[t,i,o], with p + t the pixel that window p has at
//   tap t, and g = o / OUTPUTS the group of channel o
// dispatch: one invocation per 4 windows of a channel of y, ceil(windows / 4) * GROUPS * OUTPUTS of them; any sizes
// why: a channel sees those of its group alone, often just one, so that there is no matrix product in it; a weight is
//      read for four windows, and neighbours read what lies together
// source: Krizhevsky, Sutskever and Hinton (2012), section 3.2; with a channel to a group: Sifre and Mallat (2014)
// #import block
// #import window
override INPUTS: u32 = 1u;  // channels of x in a group
override OUTPUTS: u32 = 1u; // channels of y in a group
override GROUPS: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [IMAGES, HEIGHT, WIDTH, GROUPS, INPUTS]
@group(0) @binding(1) var<storage, read>       w: array<f32>; // [taps, INPUTS, GROUPS, OUTPUTS]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [IMAGES, OUT_HEIGHT, OUT_WIDTH, GROUPS, OUTPUTS]

fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  let rows = IMAGES * OUT_HEIGHT * OUT_WIDTH;
  let across = GROUPS * OUTPUTS;
  let row = i / across * 4u;
  let column = i % across;
  if (row >= rows) { return; }
  let corner = corners(four(row, rows));
  let first = column / OUTPUTS * INPUTS;
  var sums = vec4<f32>();
  var at = column; // in w
  for (var tap_y = 0u; tap_y < WINDOW_HEIGHT; tap_y++) {
    for (var tap_x = 0u; tap_x < WINDOW_WIDTH; tap_x++) {
      let pixels = pixels_at(corner, tap_y, tap_x);
      let a = pixels.at * (GROUPS * INPUTS) + first;
      for (var k = 0u; k < INPUTS; k++) {
        sums += vec4<f32>(x[a.x + k], x[a.y + k], x[a.z + k], x[a.w + k]) * pixels.weight * w[at];
        at += across;
      }
    }
  }
  store_y(row * across + column, sums.x);
  if (row + 1u < rows) { store_y((row + 1u) * across + column, sums.y); }
  if (row + 2u < rows) { store_y((row + 2u) * across + column, sums.z); }
  if (row + 3u < rows) { store_y((row + 3u) * across + column, sums.w); }
}
