// erf: the error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x, of one number and of four
// why: WGSL has none. By polynomials, to 1.2 units in the last place where exp is exact: near 0 by x and x^2, further
//      out as 1 - exp(p(|x|)), which is 1 from 4 on
// source: N. Juffa, answer 35148199 on Stack Overflow
// #import ieee

fn erf(x: f32) -> f32 {
  let t = min(abs(x), 6.0);
  let s = t * t;
  let p = (-1.72853470e-5 * t + 3.83197126e-4) * s + (-3.88396438e-3 * t + 2.42546219e-2);
  let far = 1.0 - exp((((p * t - 1.06777877e-1) * t - 6.34846687e-1) * t - 1.28717512e-1) * t - t);
  let q = ((-5.96761703e-4 * s + 4.99119423e-3) * s - 2.67681349e-2) * s + 1.12819925e-1;
  let near = ((q * s - 3.76125336e-1) * s + 1.28379166e-1) * x + x; // of NaN, too
  return select(select(far, -far, x < 0.0), near, s < 0.86 || is_nan(x));
}

fn erf_vec4(x: vec4<f32>) -> vec4<f32> {
  let t = min(abs(x), vec4<f32>(6.0));
  let s = t * t;
  let p = (-1.72853470e-5 * t + 3.83197126e-4) * s + (-3.88396438e-3 * t + 2.42546219e-2);
  let far = 1.0 - exp((((p * t - 1.06777877e-1) * t - 6.34846687e-1) * t - 1.28717512e-1) * t - t);
  let q = ((-5.96761703e-4 * s + 4.99119423e-3) * s - 2.67681349e-2) * s + 1.12819925e-1;
  let near = ((q * s - 3.76125336e-1) * s + 1.28379166e-1) * x + x;
  return select(select(far, -far, x < vec4<f32>()), near, (s < vec4<f32>(0.86)) | is_nan_vec4(x));
}
