// finite: which of four numbers are finite
// why: not in lib/ieee.wgsl, which is part of many kernels that never ask
// #import ieee

fn is_finite_vec4(x: vec4<f32>) -> vec4<bool> {
  return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7f800000u)) != vec4<u32>(0x7f800000u);
}
