// quad: four neighbouring lanes of a subgroup, which lend each other what they have read
// why: in software adapters and in many small GPUs reading is what a product waits for; four lanes that work on the
//      same rows read a quarter of them each
//      That lanes 4n to 4n + 3 of a line of invocations are a quad is tried on each device: see device/quads.wgsl
// source: WebGPU Shading Language, section on quad operations

// Column l of the matrix is what lane l brought.
fn gathered(mine: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    quadBroadcast(mine, 0u), quadBroadcast(mine, 1u), quadBroadcast(mine, 2u), quadBroadcast(mine, 3u));
}
