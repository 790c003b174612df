// power: a^b as IEEE's pow() and NumPy's, of one number and of four
// why: the built-in pow() is for positive a alone: below 0 and at 0 drivers differ. Whole powers below 256 are products
//      of squares, so that what f32 holds exactly is exact. A root of a negative number is the NaN that drivers agree
//      about; -infinity counts as a large even number, unless b is odd
// source: IEEE 754-2019, section 9.2.1; Knuth, The Art of Computer Programming, volume 2, section 4.6.3
// #import ieee

fn power(a: f32, b: f32) -> f32 {
  let size = abs(a);
  let whole = floor(b) == b;
  let odd = whole && floor(0.5 * b) * 2.0 != b;
  let few = whole_power(select(size, 1.0 / size, b < 0.0), u32(min(abs(b), 255.0)));
  let many = select(exp2(b * log2(size)), few, whole && abs(b) < 256.0);
  let positive = select(many, select(1.0 / size, 0.0, b > 0.0), size == 0.0);
  let signed = select(positive, -positive, odd && (bitcast<u32>(a) >> 31u) != 0u); // the bit tells -0 from 0
  let real = select(signed, sqrt(a), a < 0.0 && !whole && is_finite(a));
  let any = select(real, a + b, is_nan(a) || is_nan(b));
  return select(any, 1.0, b == 0.0 || a == 1.0);
}

// a^n for n below 256, bit by bit. No loop: it may stand in one, and drivers count the iterations of all together.
fn whole_power(a: f32, n: u32) -> f32 {
  let a2 = a * a;
  let a4 = a2 * a2;
  let a8 = a4 * a4;
  let a16 = a8 * a8;
  let a32 = a16 * a16;
  let a64 = a32 * a32;
  let low = once(a, n, 0u) * once(a2, n, 1u) * once(a4, n, 2u) * once(a8, n, 3u);
  return low * once(a16, n, 4u) * once(a32, n, 5u) * once(a64, n, 6u) * once(a64 * a64, n, 7u);
}

// a factor, where n has a bit; else 1
fn once(factor: f32, n: u32, bit: u32) -> f32 { return select(1.0, factor, ((n >> bit) & 1u) != 0u); }

fn power_vec4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(power(a.x, b.x), power(a.y, b.y), power(a.z, b.z), power(a.w, b.w));
}
