// signed_vec4: the functions of lib/signed.wgsl, of four numbers at once; why they are written so is said there
// #import signed

fn is_negative_vec4(x: vec4<u32>) -> vec4<bool> { return x >= vec4<u32>(0x80000000u); }

fn in_order_vec4(x: vec4<u32>) -> vec4<u32> { return x ^ vec4<u32>(0x80000000u); }

fn larger_vec4(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
  return in_order_vec4(max(in_order_vec4(a), in_order_vec4(b)));
}

fn smaller_vec4(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
  return in_order_vec4(min(in_order_vec4(a), in_order_vec4(b)));
}

fn magnitude_vec4(x: vec4<u32>) -> vec4<u32> { return select(x, vec4<u32>() - x, is_negative_vec4(x)); }

fn sign_of_vec4(x: vec4<u32>) -> vec4<u32> {
  return select(min(x, vec4<u32>(1u)), vec4<u32>(0xffffffffu), is_negative_vec4(x));
}

fn signed_quotient_vec4(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(
    signed_quotient(a.x, b.x), signed_quotient(a.y, b.y), signed_quotient(a.z, b.z), signed_quotient(a.w, b.w)
  );
}

fn signed_remainder_vec4(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(
    signed_remainder(a.x, b.x), signed_remainder(a.y, b.y), signed_remainder(a.z, b.z), signed_remainder(a.w, b.w)
  );
}

fn float_of_vec4(x: vec4<u32>) -> vec4<f32> {
  return select(vec4<f32>(x), -vec4<f32>(vec4<u32>() - x), is_negative_vec4(x));
}

fn signed_of_vec4(x: vec4<f32>) -> vec4<u32> {
  let above = vec4<u32>(clamp(x, vec4<f32>(), vec4<f32>(2147483520.0)));
  let below = vec4<u32>(clamp(-x, vec4<f32>(), vec4<f32>(2147483648.0)));
  return select(above, vec4<u32>() - below, x < vec4<f32>());
}

fn below_signs_vec4(x: vec4<u32>) -> vec4<u32> { return min(x, vec4<u32>(0x7fffffffu)); }

fn above_0_vec4(x: vec4<u32>) -> vec4<u32> { return select(x, vec4<u32>(), is_negative_vec4(x)); }
