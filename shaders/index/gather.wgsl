// gather: y[r,c] = table[rows[r],c]
// dispatch: one invocation per element of y, ROWS * COLUMNS of them; any sizes
// why: this is one_hot(rows) @ table without the products by zero; an index past the table's end counts as its last
//      row, so that a wrong one reads a real number on every driver
override ROWS: u32 = 1u;
override COLUMNS: u32 = 1u;
override TABLE: u32 = 1u; // rows of the table
@group(0) @binding(0) var<storage, read>       table: array<f32>; // [TABLE, COLUMNS]
@group(0) @binding(1) var<storage, read>       rows: array<u32>;  // [ROWS], each < TABLE
@group(0) @binding(2) var<storage, read_write> y: array<f32>;     // [ROWS, COLUMNS]

fn load_table(i: u32) -> f32 { return table[i]; }
fn load_rows(i: u32) -> u32 { return rows[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= ROWS * COLUMNS) { return; }
  let row = min(load_rows(i / COLUMNS), TABLE - 1u);
  store_y(i, load_table(row * COLUMNS + i % COLUMNS));
}
