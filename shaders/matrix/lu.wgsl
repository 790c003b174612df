// lu: one step of L U = P x: from rows below row STEP so much of that row is taken that they begin with zeros in column
//   STEP, in whose place y keeps how much; the last column says which row of the matrix each one is
// dispatch: one invocation per element, MATRICES * SIZE * (SIZE + 1) of them; any sizes
// why: Gauss's elimination, where the row with the largest number left in the column comes first (PIVOTING), so that no
//      multiplier is above 1; every invocation looks for it by itself, which needs no barrier, and a dispatch for each
//      column keeps all rows at work; a matrix in an array of one invocation took a minute to compile on lavapipe;
//      where a column has nothing but zeros left, the matrix is singular, and its multipliers are 0
// source: Golub and Van Loan, Matrix Computations (2013), algorithm 3.4.1
override MATRICES: u32 = 1u;
override SIZE: u32 = 1u;
override STEP: u32 = 0u;
override PIVOTING: u32 = 1u; // 0 where no rows are to be exchanged
@group(0) @binding(0) var<storage, read>       x: array<f32>; // [MATRICES, SIZE, SIZE + 1]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [MATRICES, SIZE, SIZE + 1]

fn load_x(i: u32) -> f32 { return x[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  let width = SIZE + 1u;
  if (i >= MATRICES * SIZE * width) { return; }
  let start = i / (SIZE * width) * SIZE * width;
  let row = i / width % SIZE;
  let column = i % width;
  var pivot = STEP;
  var largest = abs(load_x(start + STEP * width + STEP));
  let end = select(STEP + 1u, SIZE, PIVOTING == 1u);
  for (var r = STEP + 1u; r < end; r++) {
    let size = abs(load_x(start + r * width + STEP));
    if (size > largest) {
      pivot = r;
      largest = size;
    }
  }
  let taken = select(select(row, STEP, row == pivot), pivot, row == STEP);
  let value = load_x(start + taken * width + column);
  let divisor = select(load_x(start + pivot * width + STEP), 1.0, largest == 0.0);
  let multiplier = load_x(start + taken * width + STEP) / divisor;
  let left = value - multiplier * load_x(start + pivot * width + column);
  let below = row > STEP && column >= STEP && column < SIZE;
  store_y(i, select(value, select(left, multiplier, column == STEP), below));
}
