// cholesky: y yᵀ = a, y with zeros above its diagonal; of a only what stands on and below its diagonal is read
// dispatch: one invocation per matrix, MATRICES of them; SIZE up to 32
// why: each number needs those to its left and above, so a matrix stays with one invocation, which keeps it in an array of
//      its own: no barrier, and one dispatch where elementwise ops would take one for each column; where a number under a
//      root is not positive, a is not positive definite, and all that follows from it is NaN
// source: Golub and Van Loan, Matrix Computations (2013), section 4.2.5
// #import ieee
override MATRICES: u32 = 1u;
override SIZE: u32 = 1u; // up to 32
@group(0) @binding(0) var<storage, read>       a: array<f32>; // [MATRICES, SIZE, SIZE]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [MATRICES, SIZE, SIZE]

fn load_a(i: u32) -> f32 { return a[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let matrix = id.y * groups.x * 8u + id.x;
  if (matrix >= MATRICES) { return; }
  let start = matrix * SIZE * SIZE;
  var root: array<f32, 1024>; // row r begins at r * SIZE
  for (var r = 0u; r < SIZE; r++) {
    for (var c = 0u; c < r; c++) {
      var left = load_a(start + r * SIZE + c);
      for (var k = 0u; k < c; k++) { left -= root[r * SIZE + k] * root[c * SIZE + k]; }
      root[r * SIZE + c] = left / root[c * SIZE + c];
    }
    var left = load_a(start + r * SIZE + r);
    for (var k = 0u; k < r; k++) { left -= root[r * SIZE + k] * root[r * SIZE + k]; }
    root[r * SIZE + r] = select(nan(0u), sqrt(left), left > 0.0);
  }
  for (var r = 0u; r < SIZE; r++) {
    for (var c = 0u; c < SIZE; c++) { store_y(start + r * SIZE + c, select(0.0, root[r * SIZE + c], c <= r)); }
  }
}
