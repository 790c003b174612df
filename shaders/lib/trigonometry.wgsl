// trigonometry: the tangent, and the angle of a point, of one number and of four
// why: WGSL promises its own tan and atan2 to thousands of units in the last place. These are within 3: tan up to +-30,
//      and up to +-1,000 where it is no larger than 1,000; beyond, nothing is promised of it
// source: Moshier, Cephes mathematical library, single precision, 1992: tanf, atanf
// #import ieee

// x less its nearest multiple j of pi/2, which is taken in three parts; of odd j the tangent is -1 / tan of that.
fn tangent(x: f32) -> f32 {
  let j = round(x * 0.636619772);
  let r = ((x - j * 1.5703125) - j * 4.837512969970703125e-4) - j * 7.549789948768648e-8;
  let z = r * r;
  let high = ((9.38540185543e-3 * z + 3.11992232697e-3) * z + 2.44301354525e-2) * z + 5.34112807005e-2;
  let t = ((high * z + 1.33387994085e-1) * z + 3.33331568548e-1) * z * r + r;
  return select(t, -1.0 / t, round(0.5 * j) * 2.0 != j);
}

// From the smaller of |y| and |x| divided by the larger; in the middle from tan(angle - pi/4) instead.
fn angle(y: f32, x: f32) -> f32 {
  let small = min(abs(y), abs(x));
  let large = max(abs(y), abs(x));
  let ratio = select(small / large, 0.0, large == 0.0);
  let finite = select(ratio, 1.0, !is_finite(small));
  let middle = finite > 0.41421356;
  let turned = (0.5 * finite - 0.5) / (0.5 * finite + 0.5);
  let t = select(finite, turned, middle);
  let z = t * t;
  let high = (8.05374449538e-2 * z - 1.38776856032e-1) * z + 1.99777106478e-1;
  let near = (high * z - 3.33329491539e-1) * z * t + t;
  let eighth = select(near, 0.785398163 + near, middle);
  let quarter = select(eighth, 1.57079637 - (eighth + 4.37113883e-8), abs(y) > abs(x));
  let half = select(quarter, 3.14159274 - (quarter + 8.74227766e-8), bitcast<u32>(x) >= 0x80000000u); // of -0 too
  let known = select(half, -half, bitcast<u32>(y) >= 0x80000000u);
  return select(known, x + y, is_nan(x) || is_nan(y));
}

fn tangent_vec4(x: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(tangent(x.x), tangent(x.y), tangent(x.z), tangent(x.w));
}

fn angle_vec4(y: vec4<f32>, x: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(angle(y.x, x.x), angle(y.y, x.y), angle(y.z, x.z), angle(y.w, x.w));
}
