// functions: exp, exp2, log, log2, sign, sin, cos and tanh of four numbers, for processors, whose instructions have none of them
// why: kernels call WGSL's own functions; where a kernel becomes WebAssembly, these stand in their place and are compiled
//      with it, so that they give the same bits everywhere. Largest errors, over millions of points against float64, in
//      units in the last place: exp 1.0, exp2 1.0, log 0.9, log2 1.4, tanh 1.4; sin and cos 1.5 up to +-1,000 where they
//      are above 1/1,000, and 1e-7 everywhere there. Infinities, zeros and NaN give what IEEE 754 says
// source: Moshier, Cephes mathematical library, single precision, 1992; Cody and Waite, Software Manual for the
//         Elementary Functions, 1980, chapters 5, 6 and 8

// Added to a number below 2^22, it rounds it to a whole one, whose bits then stand at the end of the sum's.
const WHOLE: f32 = 12582912.0;
const WHOLE_BITS: u32 = 0x4b400000u;

// e^r for r between -0.35 and 0.35.
fn exp_near(r: vec4<f32>) -> vec4<f32> {
  let high = (1.9875691500e-4 * r + 1.3981999507e-3) * r + 8.3334519073e-3;
  let p = ((high * r + 4.1665795894e-2) * r + 1.6666665459e-1) * r + 5.0000001201e-1;
  return p * (r * r) + r + 1.0;
}

// y 2^n, n being `shifted` less WHOLE, between -150 and 129: in two factors, since one power of two may be none of f32's.
// 1,024 more than n is positive, so that a shift halves it.
fn scaled(y: vec4<f32>, shifted: vec4<f32>) -> vec4<f32> {
  let n = bitcast<vec4<u32>>(shifted) - (WHOLE_BITS - 1024u);
  let half = n >> vec4<u32>(1u);
  let a = bitcast<vec4<f32>>((half - 385u) << vec4<u32>(23u));
  let b = bitcast<vec4<f32>>((n - half - 385u) << vec4<u32>(23u));
  return y * a * b;
}

fn exp(x: vec4<f32>) -> vec4<f32> {
  let c = clamp(x, vec4<f32>(-104.0), vec4<f32>(89.0));
  let shifted = c * 1.44269504 + WHOLE;
  let n = shifted - WHOLE;
  return scaled(exp_near((c - n * 0.693359375) + n * 2.12194440e-4), shifted);
}

fn exp2(x: vec4<f32>) -> vec4<f32> {
  let c = clamp(x, vec4<f32>(-150.0), vec4<f32>(129.0));
  let shifted = c + WHOLE;
  return scaled(exp_near((c - (shifted - WHOLE)) * 0.69314718), shifted);
}

// x = 2^exponent (1 + rest), with 1 + rest between 1/sqrt(2) and sqrt(2), for x above 0.
struct Parts { exponent: vec4<f32>, rest: vec4<f32> }

fn parts(x: vec4<f32>) -> Parts {
  let small = x < vec4<f32>(1.17549435e-38); // has fewer bits, and no exponent of its own
  let bits = bitcast<vec4<u32>>(select(x, x * 8388608.0, small));
  let m = bitcast<vec4<f32>>((bits & vec4<u32>(0x007fffffu)) | vec4<u32>(0x3f000000u));
  let low = m < vec4<f32>(0.707106781);
  let bias = select(vec4<f32>(126.0), vec4<f32>(149.0), small) + select(vec4<f32>(), vec4<f32>(1.0), low);
  return Parts(vec4<f32>(bits >> vec4<u32>(23u)) - bias, select(m, m + m, low) - 1.0);
}

// log(1 + t) - t + t^2 / 2
fn log_near(t: vec4<f32>) -> vec4<f32> {
  let high = ((7.0376836292e-2 * t - 1.1514610310e-1) * t + 1.1676998740e-1) * t - 1.2420140846e-1;
  let middle = ((high * t + 1.4249322787e-1) * t - 1.6668057665e-1) * t + 2.0000714765e-1;
  return ((middle * t - 2.4999993993e-1) * t + 3.3333331174e-1) * t * (t * t);
}

// A logarithm where there is one; -infinity of 0, NaN of what is below, infinity and NaN of themselves.
fn logarithm(x: vec4<f32>, finite: vec4<f32>) -> vec4<f32> {
  let zero = select(finite, bitcast<vec4<f32>>(vec4<u32>(0xff800000u)), x == vec4<f32>());
  let any = select(zero, bitcast<vec4<f32>>(vec4<u32>(0x7fc00000u)), x < vec4<f32>());
  return select(x, any, x <= vec4<f32>(3.4028234e38));
}

fn log(x: vec4<f32>) -> vec4<f32> {
  let of = parts(x);
  let t = of.rest;
  let e = of.exponent;
  return logarithm(x, t + (log_near(t) - e * 2.12194440e-4 - 0.5 * (t * t)) + e * 0.693359375);
}

fn log2(x: vec4<f32>) -> vec4<f32> {
  let of = parts(x);
  let t = of.rest;
  let y = log_near(t) - 0.5 * (t * t);
  return logarithm(x, (((y * 0.442695041) + t * 0.442695041) + y) + t + of.exponent); // log2(e) is 1.442695041
}

fn sign(x: vec4<f32>) -> vec4<f32> {
  let below = select(vec4<f32>(), vec4<f32>(-1.0), x < vec4<f32>());
  return select(below, vec4<f32>(1.0), x > vec4<f32>());
}

fn tanh(x: vec4<f32>) -> vec4<f32> {
  let a = abs(x);
  let z = x * x;
  let high = ((-5.70498872745e-3 * z + 2.06390887954e-2) * z - 5.37397155531e-2) * z + 1.33314422036e-1;
  let near = (high * z - 3.33332819422e-1) * z * x + x;
  let far = 1.0 - 2.0 / (exp(2.0 * a) + 1.0);
  return select(select(far, -far, x < vec4<f32>()), near, a < vec4<f32>(0.625));
}

// x less its nearest multiple j of pi/2, which is taken in three parts.
fn reduced(x: vec4<f32>, j: vec4<f32>) -> vec4<f32> {
  return ((x - j * 1.5703125) - j * 4.837512969970703125e-4) - j * 7.549789948768648e-8;
}

// Sine of rest, turned by so many quarters. Of numbers so large that they have no such rest, only the range is right.
fn turned(rest: vec4<f32>, quarters: vec4<u32>) -> vec4<f32> {
  let r = clamp(rest, vec4<f32>(-1.0), vec4<f32>(1.0));
  let z = r * r;
  let s = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
  let high = (2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2;
  let c = high * (z * z) - 0.5 * z + 1.0;
  let v = select(s, c, (quarters & vec4<u32>(1u)) == vec4<u32>(1u));
  return select(v, -v, (quarters & vec4<u32>(2u)) == vec4<u32>(2u));
}

fn sin(x: vec4<f32>) -> vec4<f32> {
  let j = round(x * 0.636619772);
  return turned(reduced(x, j), bitcast<vec4<u32>>(j + WHOLE));
}

fn cos(x: vec4<f32>) -> vec4<f32> {
  let j = round(x * 0.636619772);
  return turned(reduced(x, j), bitcast<vec4<u32>>(j + WHOLE) + 1u);
}
