// vector: the functions of lib/scalar.wgsl, of four numbers at once; why they are written so is said there
// #import ieee

fn tanh_clamped_vec4(x: vec4<f32>) -> vec4<f32> {
  let s = x * x;
  let small = x * (945.0 + s * (105.0 + s)) / (945.0 + s * (420.0 + 15.0 * s));
  return select(tanh(clamp(x, vec4<f32>(-15.0), vec4<f32>(15.0))), small, (s < vec4<f32>(0.25)) | is_nan_vec4(x));
}

fn sigmoid_vec4(x: vec4<f32>) -> vec4<f32> {
  let e = exp(-abs(x));
  return select(e, vec4<f32>(1.0), x >= vec4<f32>()) / (1.0 + e);
}

fn softplus_vec4(x: vec4<f32>) -> vec4<f32> {
  let e = exp(-abs(x));
  let s = e / (2.0 + e);
  let q = s * s;
  let tail = 0.11111111 + q * (0.09090909 + q * 0.07692308);
  let series = 1.0 + q * (0.33333333 + q * (0.2 + q * (0.14285714 + q * tail)));
  return max(x, vec4<f32>()) + 2.0 * s * series;
}

fn gelu_vec4(x: vec4<f32>) -> vec4<f32> {
  return x * sigmoid_vec4(1.59576912 * (x + 0.044715 * x * x * x));
}

fn gelu_derivative_vec4(x: vec4<f32>) -> vec4<f32> {
  let z = clamp(x, vec4<f32>(-20.0), vec4<f32>(20.0));
  let s = sigmoid_vec4(1.59576912 * (z + 0.044715 * z * z * z));
  return s + z * s * (1.0 - s) * 1.59576912 * (1.0 + 0.134145 * z * z);
}
