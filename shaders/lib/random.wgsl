// random: numbers that are a function of (seed, stream, step, index) and of nothing else
// why: no state to store or to update, any element can be drawn by any invocation at any time, and Python, NumPy
//      and every browser draw the same ones
// source: Jarzynski and Olano, Hash Functions for GPU Rendering, JCGT 9(3), 2020 (pcg4d);
//         Box and Muller, A Note on the Generation of Random Normal Deviates, 1958

// 128 random bits: pcg4d, a permutation of all four-component vectors.
fn random_bits(seed: u32, stream: u32, step: u32, index: u32) -> vec4<u32> {
  var v = vec4<u32>(seed, stream, step, index) * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v = v ^ (v >> vec4<u32>(16u));
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v;
}

// In [0, 1): 24 bits, as many as an f32 below 1 holds exactly, so that rounding never gives 1.
fn uniform01(bits: u32) -> f32 { return f32(bits >> 8u) * 5.9604644775390625e-8; } // 2^-24

// Uniform in [0, 1).
fn random_uniform(seed: u32, stream: u32, step: u32, index: u32) -> f32 {
  return uniform01(random_bits(seed, stream, step, index).x);
}

// sin(2 pi turns) for turns in [-1/4, 1/4], to 1e-7: its Taylor series up to x^11. The built-in functions may be wrong
// by 5e-4, and on SwiftShader by 2e-4 they are, which would give every adapter other initial weights.
fn sine_of_turns(turns: f32) -> f32 {
  let x = 6.2831853 * turns;
  let s = x * x;
  let tail = s * (2.7557319e-6 - s * 2.5052108e-8);
  return x * (1.0 - s * (0.16666667 - s * (0.0083333333 - s * (0.00019841270 - tail))));
}

// Normal, mean 0, variance 1: sqrt(-2 log(1 - u)) cos(2 pi (v - 1/2)). 1 - u is never 0, which log() could not take;
// and cos(2 pi t) = sin(2 pi (1/4 - |t|)).
fn random_normal(seed: u32, stream: u32, step: u32, index: u32) -> f32 {
  let bits = random_bits(seed, stream, step, index);
  let radius = sqrt(-2.0 * log(1.0 - uniform01(bits.x)));
  return radius * sine_of_turns(0.25 - abs(uniform01(bits.y) - 0.5));
}

// Uniform among 0 ... bound - 1. The remainder favours small numbers by at most bound / 2^32, which no run here can see.
fn random_index(seed: u32, stream: u32, step: u32, index: u32, bound: u32) -> u32 {
  return random_bits(seed, stream, step, index).x % bound;
}
