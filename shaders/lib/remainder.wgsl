// remainder: a - floor(a / b) b and floor(a / b) of floats, as NumPy has them, of one number and of four
// why: of a quotient that is large a - floor(a / b) b keeps no digits, and the built-in % has the sign of a. Here the
//      products are exact, so that what is left is, too, where |a / b| is below 2^44; beyond, only its range is right
// source: Dekker, A floating-point technique for extending the available precision, 1971, section 4; NumPy's npy_divmod
// #import ieee

// The upper 12 bits of a number's digits: the product of two such, or of two rests, is exact.
fn upper(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u); }

// What a >= 0 leaves when it is divided by b > 0, less than 2^22 times as small: q is wrong by 1 at most.
fn left(a: f32, b: f32) -> f32 {
  let q = floor(a / b);
  let high = upper(q);
  let wide = upper(b);
  let rest = a - high * wide - high * (b - wide) - (q - high) * wide - (q - high) * (b - wide);
  let above = select(rest, rest + b, rest < 0.0);
  return select(above, above - b, above >= b);
}

fn floor_remainder(a: f32, b: f32) -> f32 {
  let size = abs(b);
  let first = left(abs(a), select(size, size * 4194304.0, abs(a) / size >= 4194304.0));
  let whole = select(left(first, size), abs(a), abs(a) < size);
  let rest = select(whole, -whole, a < 0.0);
  let moved = select(rest, rest + b, whole != 0.0 && (a < 0.0) != (b < 0.0));
  let known = select(moved, nan(0u), b == 0.0 || !is_finite(a));
  return select(known, a + b, is_nan(a) || is_nan(b));
}

fn floor_quotient(a: f32, b: f32) -> f32 {
  let rest = floor_remainder(a, b);
  let beyond = select(0.0, -1.0, a != 0.0 && (a < 0.0) != (b < 0.0)); // of an infinite b
  let known = select(beyond, round((a - rest) / b), is_finite(b));
  return select(select(known, rest, is_nan(rest)), a / b, b == 0.0);
}

fn floor_remainder_vec4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(
    floor_remainder(a.x, b.x), floor_remainder(a.y, b.y), floor_remainder(a.z, b.z), floor_remainder(a.w, b.w)
  );
}

fn floor_quotient_vec4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(
    floor_quotient(a.x, b.x), floor_quotient(a.y, b.y), floor_quotient(a.z, b.z), floor_quotient(a.w, b.w)
  );
}
