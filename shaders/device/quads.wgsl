// quads: found[i] = 1 where invocation i and its neighbours, 4n to 4n + 3 of a line, are lanes 0 to 3 of a quad
// dispatch: one invocation per number, 256 of them; both runners ask once a device
// why: WGSL does not say which invocations of a workgroup a subgroup consists of. Neighbours of a line stand side by side
//      on all devices that we have seen or read of; where they do not, kernels that import lib/quad.wgsl would add up
//      numbers of other rows, and nobody would be told. Those run only where this finds a 1 everywhere
// source: WebGPU Shading Language, section on subgroup operations; gpuweb/gpuweb#4963, where no mapping is promised
// #requires subgroups
@group(0) @binding(0) var<storage, read_write> found: array<u32>; // [256]

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let first = id.x / 4u * 4u;
  let lanes = vec4<u32>(
    quadBroadcast(id.x, 0u), quadBroadcast(id.x, 1u), quadBroadcast(id.x, 2u), quadBroadcast(id.x, 3u));
  found[id.x] = u32(all(lanes == first + vec4<u32>(0u, 1u, 2u, 3u)));
}
