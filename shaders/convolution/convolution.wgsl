// convolution: y[p,o] = sum_t sum_i x[p + t,i] w[t,i,o], with p + t the pixel that window p has at tap t
// dispatch: one invocation per block of y, ceil(windows / 4) * ceil(OUTPUTS / 8) of them; any sizes
// why: for a first layer, which sees one channel or three, and for whatever four does not divide; what is read is used
//      four or eight times. Large ones go to convolution_vec4
// source: Goodfellow, Bengio and Courville, Deep Learning, section 9.5, equation 9.7
// #import block
// #import window
const BLOCK_ROWS: u32 = 4u;
const BLOCK_COLUMNS: u32 = 8u;
override INPUTS: u32 = 1u;  // channels of x
override OUTPUTS: u32 = 1u; // channels of y
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [IMAGES, HEIGHT, WIDTH, INPUTS]
@group(0) @binding(1) var<storage, read>       w: array<f32>; // [taps, INPUTS, OUTPUTS]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [IMAGES, OUT_HEIGHT, OUT_WIDTH, OUTPUTS]

fn store_y(i: u32, value: f32) { y[i] = value; }

fn write_four(at: u32, count: u32, values: vec4<f32>) {
  store_y(at, values.x);
  if (count > 1u) { store_y(at + 1u, values.y); }
  if (count > 2u) { store_y(at + 2u, values.z); }
  if (count > 3u) { store_y(at + 3u, values.w); }
}

fn write_row(row: u32, column: u32, left: vec4<f32>, right: vec4<f32>) {
  if (row >= IMAGES * OUT_HEIGHT * OUT_WIDTH) { return; }
  write_four(row * OUTPUTS + column, OUTPUTS - column, left);
  if (column + 4u < OUTPUTS) { write_four(row * OUTPUTS + column + 4u, OUTPUTS - column - 4u, right); }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  let rows = IMAGES * OUT_HEIGHT * OUT_WIDTH;
  let across = (OUTPUTS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * BLOCK_COLUMNS;
  if (row >= rows) { return; }
  let corner = corners(four(row, rows));
  let c0 = four(column, OUTPUTS);
  let c1 = four(column + 4u, OUTPUTS);
  var sums0 = mat4x4<f32>();
  var sums1 = mat4x4<f32>();
  var at = 0u; // in w
  for (var tap_y = 0u; tap_y < WINDOW_HEIGHT; tap_y++) {
    for (var tap_x = 0u; tap_x < WINDOW_WIDTH; tap_x++) {
      let pixels = pixels_at(corner, tap_y, tap_x);
      let a = pixels.at * INPUTS;
      for (var k = 0u; k < INPUTS; k++) {
        let left = vec4<f32>(x[a.x + k], x[a.y + k], x[a.z + k], x[a.w + k]) * pixels.weight;
        let b0 = at + c0;
        let b1 = at + c1;
        sums0 += outer(left, vec4<f32>(w[b0.x], w[b0.y], w[b0.z], w[b0.w]));
        sums1 += outer(left, vec4<f32>(w[b1.x], w[b1.y], w[b1.z], w[b1.w]));
        at += OUTPUTS;
      }
    }
  }
  write_row(row + 0u, column, sums0[0], sums1[0]);
  write_row(row + 1u, column, sums0[1], sums1[1]);
  write_row(row + 2u, column, sums0[2], sums1[2]);
  write_row(row + 3u, column, sums0[3], sums1[3]);
}
