// scalar: functions of one number that WGSL lacks, or whose built-in form is not safe everywhere
// #import ieee

// tanh, its argument clamped to +-15, where it has long been +-1 in f32: SwiftShader computes it from exp(2x), and
// tanh(100) is NaN there. Drivers that do so lose the digits of small results: below 1/2 it is a Padé approximant, the
// first five terms of Lambert's continued fraction, to 1e-7 of itself. That keeps NaN, of which clamp() makes a number.
fn tanh_clamped(x: f32) -> f32 {
  let s = x * x;
  let small = x * (945.0 + s * (105.0 + s)) / (945.0 + s * (420.0 + 15.0 * s));
  return select(tanh(clamp(x, -15.0, 15.0)), small, s < 0.25 || is_nan(x));
}

// 1 / (1 + exp(-x)), from exp(-|x|) <= 1, so that nothing overflows and small results keep all their digits.
fn sigmoid(x: f32) -> f32 {
  let e = exp(-abs(x));
  return select(e, 1.0, x >= 0.0) / (1.0 + e);
}

// log(1 + exp(x)) = max(x, 0) + log(1 + e) with e = exp(-|x|) <= 1. Where e is small, 1 + e has lost its digits, so that
// the logarithm is taken as 2 artanh(s), s = e / (2 + e) <= 1/3, by its Taylor series up to s^13: to 1e-7 on every device.
fn softplus(x: f32) -> f32 {
  let e = exp(-abs(x));
  let s = e / (2.0 + e);
  let q = s * s;
  let tail = 0.11111111 + q * (0.09090909 + q * 0.07692308);
  return max(x, 0.0) + 2.0 * s * (1.0 + q * (0.33333333 + q * (0.2 + q * (0.14285714 + q * tail))));
}

// gelu, tanh form: x/2 (1 + tanh(u)), u = sqrt(2/pi) (x + 0.044715 x^3) (Hendrycks and Gimpel 2016, section 2); half of
// 1 + tanh(u) is sigmoid(2u), which is cheaper and needs no clamp.
fn gelu(x: f32) -> f32 { return x * sigmoid(1.59576912 * (x + 0.044715 * x * x * x)); }

// Its derivative: with s = sigmoid(2u(x)), s + x s (1 - s) 2u'(x). Past +-20 it is long 0 or 1, where x^2 may overflow.
fn gelu_derivative(x: f32) -> f32 {
  let z = clamp(x, -20.0, 20.0);
  let s = sigmoid(1.59576912 * (z + 0.044715 * z * z * z));
  return s + z * s * (1.0 - s) * 1.59576912 * (1.0 + 0.134145 * z * z);
}
