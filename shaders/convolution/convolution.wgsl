// convolution: y[p,o] = sum_t sum_i x[p + t,i] w[t,i,o], with p + t the pixel that window p has at tap t
// dispatch: one invocation per block of y, ceil(windows / 4) * ceil(OUTPUTS / 4) of them; any sizes
// why: for a first layer, which sees one channel or three, and for whatever four does not divide; each number that is
//      read is used four times. Others go to convolution_vec4
// source: Goodfellow, Bengio and Courville, Deep Learning, section 9.5, equation 9.7
// #import block
// #import window
const BLOCK_ROWS: u32 = 4u;
const BLOCK_COLUMNS: u32 = 4u;
override INPUTS: u32 = 1u;  // channels of x
override OUTPUTS: u32 = 1u; // channels of y
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [IMAGES, HEIGHT, WIDTH, INPUTS]
@group(0) @binding(1) var<storage, read>       w: array<f32>; // [WINDOW_HEIGHT, WINDOW_WIDTH, INPUTS, OUTPUTS]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [IMAGES, OUT_HEIGHT, OUT_WIDTH, OUTPUTS]

fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  let rows = IMAGES * OUT_HEIGHT * OUT_WIDTH;
  let across = (OUTPUTS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  if (row >= rows) { return; }
  let corner = corners(four(row, rows));
  var at = four(column, OUTPUTS); // in w
  var sums = mat4x4<f32>();
  for (var tap_y = 0u; tap_y < WINDOW_HEIGHT; tap_y++) {
    for (var tap_x = 0u; tap_x < WINDOW_WIDTH; tap_x++) {
      let pixels = pixels_at(corner, tap_y, tap_x);
      let a = pixels.at * INPUTS;
      for (var k = 0u; k < INPUTS; k++) {
        let left = vec4<f32>(x[a.x + k], x[a.y + k], x[a.z + k], x[a.w + k]) * pixels.weight;
        sums += outer(left, vec4<f32>(w[at.x], w[at.y], w[at.z], w[at.w]));
        at += vec4<u32>(OUTPUTS);
      }
    }
  }
  for (var r = 0u; r < min(4u, rows - row); r++) {
    for (var c = 0u; c < min(4u, OUTPUTS - column); c++) { store_y((row + r) * OUTPUTS + column + c, sums[r][c]); }
  }
}
