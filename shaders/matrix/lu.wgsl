// lu: L U = P a, L with ones on its diagonal and zeros above it, U with zeros below it: y[m,r] is row r of both, without
//   the ones, and then the row of a that P puts there
// dispatch: one invocation per matrix, MATRICES of them; SIZE up to 32
// why: Gauss's elimination, where the largest number left in a column divides (partial pivoting), so that no multiplier
//      is above 1; each step needs all of the one before, so a matrix stays with one invocation, which keeps it in an array
//      of its own: no barrier, and one dispatch where elimination in elementwise ops would take three for each column;
//      where a column has nothing but zeros left, the matrix is singular, its multipliers are 0 and U has that 0
// source: Golub and Van Loan, Matrix Computations (2013), algorithm 3.4.1
override MATRICES: u32 = 1u;
override SIZE: u32 = 1u; // up to 32
@group(0) @binding(0) var<storage, read>       a: array<f32>; // [MATRICES, SIZE, SIZE]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [MATRICES, SIZE, SIZE + 1]

fn load_a(i: u32) -> f32 { return a[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let matrix = id.y * groups.x * 8u + id.x;
  if (matrix >= MATRICES) { return; }
  var left: array<f32, 1024>; // of the matrix, as it becomes L and U: row r begins at r * SIZE
  var rows: array<u32, 32>;
  for (var i = 0u; i < SIZE * SIZE; i++) { left[i] = load_a(matrix * SIZE * SIZE + i); }
  for (var r = 0u; r < SIZE; r++) { rows[r] = r; }
  for (var k = 0u; k < SIZE; k++) {
    var pivot = k;
    var largest = abs(left[k * SIZE + k]);
    for (var r = k + 1u; r < SIZE; r++) {
      let size = abs(left[r * SIZE + k]);
      if (size > largest) {
        pivot = r;
        largest = size;
      }
    }
    let row = rows[k];
    rows[k] = rows[pivot];
    rows[pivot] = row;
    for (var c = 0u; c < SIZE; c++) {
      let value = left[k * SIZE + c];
      left[k * SIZE + c] = left[pivot * SIZE + c];
      left[pivot * SIZE + c] = value;
    }
    let divisor = select(left[k * SIZE + k], 1.0, largest == 0.0);
    for (var r = k + 1u; r < SIZE; r++) {
      let multiplier = left[r * SIZE + k] / divisor;
      left[r * SIZE + k] = multiplier;
      for (var c = k + 1u; c < SIZE; c++) { left[r * SIZE + c] -= multiplier * left[k * SIZE + c]; }
    }
  }
  for (var r = 0u; r < SIZE; r++) {
    let start = (matrix * SIZE + r) * (SIZE + 1u);
    for (var c = 0u; c < SIZE; c++) { store_y(start + c, left[r * SIZE + c]); }
    store_y(start + SIZE, f32(rows[r]));
  }
}
