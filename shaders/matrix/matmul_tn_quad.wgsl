// matmul_tn_quad: y[m,n] = sum_k a[k,m] b[k,n]
// dispatch: one invocation per 16x4 block of y, quads of them side by side: ceil(ROWS / 16) * 4 ceil(COLUMNS / 16);
//      ROWS and COLUMNS multiples of 4
// why: as matmul_tn_vec4, with what is read of a shared by a quad as in matmul_quad: lane l reads row k + l; rows past the
//      end count as 0
// source: Golub and Van Loan, Matrix Computations, 4th ed., sections 1.1 and 1.3 (outer products, blocks)
// #requires subgroups
// #import quad
// #import block
const BLOCK_ROWS: u32 = 16u;
const BLOCK_COLUMNS: u32 = 16u; // of a quad
override ROWS: u32 = 4u;    // m
override COLUMNS: u32 = 4u; // n
override INNER: u32 = 1u;   // k
@group(0) @binding(0) var<storage, read>       a: array<vec4<f32>>; // [INNER, ROWS / 4]
@group(0) @binding(1) var<storage, read>       b: array<vec4<f32>>; // [INNER, COLUMNS / 4]
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>; // [ROWS, COLUMNS / 4]

fn store_y(i: u32, value: vec4<f32>) { y[i] = value; }

fn write_row(row: u32, column: u32, sums: vec4<f32>) {
  if (row < ROWS && column < COLUMNS) { store_y((row * COLUMNS + column) / 4u, sums); }
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let across = (COLUMNS + BLOCK_COLUMNS - 1u) / BLOCK_COLUMNS * 4u;
  let row = i / across * BLOCK_ROWS;
  let column = i % across * 4u;
  let lane = i % 4u;
  let a_step = ROWS / 4u;
  let b_step = COLUMNS / 4u;
  let a0 = four(row / 4u, a_step);
  let b0 = min(column / 4u, b_step - 1u);
  var sums0 = mat4x4<f32>();
  var sums1 = mat4x4<f32>();
  var sums2 = mat4x4<f32>();
  var sums3 = mat4x4<f32>();
  for (var k = 0u; k < INNER; k += 4u) {
    let inside = f32(k + lane < INNER);
    let mine = min(k + lane, INNER - 1u) * a_step;
    let at = four(k, INNER) * b_step + b0;
    let columns = mat4x4<f32>(b[at.x], b[at.y], b[at.z], b[at.w]);
    sums0 += columns * transpose(gathered(a[mine + a0.x] * inside));
    sums1 += columns * transpose(gathered(a[mine + a0.y] * inside));
    sums2 += columns * transpose(gathered(a[mine + a0.z] * inside));
    sums3 += columns * transpose(gathered(a[mine + a0.w] * inside));
  }
  for (var r = 0u; r < 4u; r++) {
    write_row(row + r, column, sums0[0]);
    write_row(row + 4u + r, column, sums1[0]);
    write_row(row + 8u + r, column, sums2[0]);
    write_row(row + 12u + r, column, sums3[0]);
    sums0 = rolled(sums0);
    sums1 = rolled(sums1);
    sums2 = rolled(sums2);
    sums3 = rolled(sums3);
  }
}
