// exponential: e^x - 1 and log(1 + x) to single precision, also where x is small, of one number and of four
// why: WGSL has neither. Below 2^-24 e^x is 1 and 1 + x is 1, so that exp(x) - 1 and log(1 + x) are 0; above it they have
//      lost most of x's digits. A series has them all, and is the same on every device

// Taylor series up to x^9 where |x| < 1/2: to 1e-9.
fn expm1(x: f32) -> f32 {
  let tail = 0.0013888889 + x * (0.0001984127 + x * (0.0000248015873 + x * 0.00000275573192));
  let near = x + x * x * (0.5 + x * (0.16666667 + x * (0.041666667 + x * (0.0083333333 + x * tail))));
  return select(exp(x) - 1.0, near, abs(x) < 0.5);
}

// 2 artanh(s), s = x / (2 + x) between -1/3 and 1/3, by its Taylor series up to s^13 where -1/2 < x < 1: to 2e-8.
fn log1p(x: f32) -> f32 {
  let s = x / (2.0 + x);
  let q = s * s;
  let tail = 0.11111111 + q * (0.09090909 + q * 0.07692308);
  let near = 2.0 * s * (1.0 + q * (0.33333333 + q * (0.2 + q * (0.14285714 + q * tail))));
  return select(log(1.0 + x), near, x > -0.5 && x < 1.0);
}

fn expm1_vec4(x: vec4<f32>) -> vec4<f32> {
  let tail = 0.0013888889 + x * (0.0001984127 + x * (0.0000248015873 + x * 0.00000275573192));
  let near = x + x * x * (0.5 + x * (0.16666667 + x * (0.041666667 + x * (0.0083333333 + x * tail))));
  return select(exp(x) - 1.0, near, abs(x) < vec4<f32>(0.5));
}

fn log1p_vec4(x: vec4<f32>) -> vec4<f32> {
  let s = x / (2.0 + x);
  let q = s * s;
  let tail = 0.11111111 + q * (0.09090909 + q * 0.07692308);
  let near = 2.0 * s * (1.0 + q * (0.33333333 + q * (0.2 + q * (0.14285714 + q * tail))));
  return select(log(1.0 + x), near, (x > vec4<f32>(-0.5)) & (x < vec4<f32>(1.0)));
}
