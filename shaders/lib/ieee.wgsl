// ieee: NaN and infinities, told by their bits
// why: WGSL lets compilers assume that there are none, so that comparisons and max() say nothing of a NaN; bits do
// source: IEEE 754-2019, section 3.4

// Numbers as u32 in the order of the numbers: both zeros are equal, and a NaN comes after infinity, as in PyTorch.
fn order(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  let place = select(0x80000000u + size, 0x80000000u - size, bits > 0x80000000u);
  return select(place, 0xffffffffu, size > 0x7f800000u);
}

// The number at a place in that order.
fn number(place: u32) -> f32 {
  return bitcast<f32>(select(0x80000000u | (0x80000000u - place), place - 0x80000000u, place >= 0x80000000u));
}

fn is_nan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }

fn is_nan_vec4(x: vec4<f32>) -> vec4<bool> {
  return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u);
}

fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

// A NaN that holds some bits, of which no compiler knows that it is one.
fn nan(bits: u32) -> f32 { return bitcast<f32>(bits | 0x7fc00000u); }
