// power: a^b as IEEE's pow() and NumPy's, of one number and of four
// why: the built-in pow() is for positive a alone: below 0 and at 0 drivers differ. A root of a negative number is the
//      NaN that drivers agree about; so is that of -infinity, which for IEEE is infinite
// source: IEEE 754-2019, section 9.2.1

fn power(a: f32, b: f32) -> f32 {
  let size = abs(a);
  let positive = exp2(b * log2(size));
  let signed = select(positive, -positive, floor(0.5 * b) * 2.0 != b); // for whole b, odd ones
  let negative = select(sqrt(a), signed, floor(b) == b);
  let any = select(positive, negative, a < 0.0);
  let zero = select(1.0 / size, 0.0, b > 0.0);
  return select(select(any, zero, size == 0.0), 1.0, b == 0.0);
}

fn power_vec4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  let size = abs(a);
  let none = vec4<f32>();
  let positive = exp2(b * log2(size));
  let signed = select(positive, -positive, floor(0.5 * b) * 2.0 != b);
  let negative = select(sqrt(a), signed, floor(b) == b);
  let any = select(positive, negative, a < none);
  let zero = select(1.0 / size, none, b > none);
  return select(select(any, zero, size == none), vec4<f32>(1.0), b == none);
}
