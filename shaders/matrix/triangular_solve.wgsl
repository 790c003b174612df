// triangular_solve: t y = b, t with zeros above its diagonal (LOWER) or below it, whatever stands there
// dispatch: one invocation per column of b, MATRICES * COLUMNS of them; SIZE up to 32
// why: row after row, from the one that holds a single unknown on, each of which is needed for the next; the columns of b
//      have nothing to do with each other; strides instead of a transposed copy of t; where the diagonal has a 0, t is
//      singular and the column NaN, on every device
// source: Golub and Van Loan, Matrix Computations (2013), section 3.1
// #import ieee
override MATRICES: u32 = 1u;
override SIZE: u32 = 1u; // up to 32
override COLUMNS: u32 = 1u;
override T_ROW: u32 = 1u;    // from t[r,c] to t[r+1,c]: SIZE, or 1 where t is the transpose of what is given
override T_COLUMN: u32 = 1u; // from t[r,c] to t[r,c+1]
override LOWER: u32 = 1u;
override UNIT: u32 = 0u; // 1 where the diagonal is taken to be ones, whatever stands there
@group(0) @binding(0) var<storage, read>       t: array<f32>; // [MATRICES, SIZE, SIZE]
@group(0) @binding(1) var<storage, read>       b: array<f32>; // [MATRICES, SIZE, COLUMNS]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [MATRICES, SIZE, COLUMNS]

fn load_t(i: u32) -> f32 { return t[i]; }
fn load_b(i: u32) -> f32 { return b[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

fn place(step: u32) -> u32 { return select(SIZE - 1u - step, step, LOWER == 1u); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= MATRICES * COLUMNS) { return; }
  let start = i / COLUMNS * SIZE * SIZE;
  let column = i / COLUMNS * SIZE * COLUMNS + i % COLUMNS;
  var known: array<f32, 32>;
  for (var step = 0u; step < SIZE; step++) {
    let r = place(step);
    var left = load_b(column + r * COLUMNS);
    for (var before = 0u; before < step; before++) {
      let c = place(before);
      left -= load_t(start + r * T_ROW + c * T_COLUMN) * known[c];
    }
    let divisor = select(load_t(start + r * (T_ROW + T_COLUMN)), 1.0, UNIT == 1u);
    known[r] = select(left / divisor, nan(0u), divisor == 0.0);
    store_y(column + r * COLUMNS, known[r]);
  }
}
