// block: blocks of four rows and four columns, for the products of matrices
// why: WGSL has matrices in registers, so a 4x4 block is one value. A matrix is made of columns; here column r of it
//      holds row r of the block, because rows are what lies together in memory

// Four indices from `first` on, those past the end replaced by the last one: they read a number that exists, and
// what comes of it is not stored.
fn four(first: u32, count: u32) -> vec4<u32> {
  return min(first + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(count - 1u));
}

// The block of the products rows[r] columns[c].
fn outer(rows: vec4<f32>, columns: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(rows.x * columns, rows.y * columns, rows.z * columns, rows.w * columns);
}

// The rows of a block one place further up, the first one last. A block is stored from the top, row after row: to choose
// a row by a variable, software adapters keep the whole block in memory.
fn rolled(block: mat4x4<f32>) -> mat4x4<f32> { return mat4x4<f32>(block[1], block[2], block[3], block[0]); }
