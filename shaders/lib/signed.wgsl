// signed: i32, each in a word of u32 as two's complement
// why: sums, differences, products and equality of two's complement are those of u32, bit by bit, so that buffers and
//      kernels know one kind of whole number; what asks for a sign is here
// source: Warren, Hacker's Delight, second edition, 2012, chapters 2 and 9

fn is_negative(x: u32) -> bool { return x >= 0x80000000u; }

// u32 in the order of the i32
fn in_order(x: u32) -> u32 { return x ^ 0x80000000u; }

fn larger(a: u32, b: u32) -> u32 { return in_order(max(in_order(a), in_order(b))); }

fn smaller(a: u32, b: u32) -> u32 { return in_order(min(in_order(a), in_order(b))); }

fn magnitude(x: u32) -> u32 { return select(x, 0u - x, is_negative(x)); }

fn sign_of(x: u32) -> u32 { return select(min(x, 1u), 0xffffffffu, is_negative(x)); }

// The quotient towards -infinity, as NumPy's; of b = 0 it is a.
fn signed_quotient(a: u32, b: u32) -> u32 {
  let size = magnitude(a) / magnitude(b);
  let down = 0u - size - min(magnitude(a) % magnitude(b), 1u);
  return select(select(size, down, is_negative(a ^ b)), a, b == 0u);
}

// What it leaves, with the sign of b; of b = 0 it is 0.
fn signed_remainder(a: u32, b: u32) -> u32 {
  let size = magnitude(a) % magnitude(b);
  let rest = select(size, 0u - size, is_negative(a));
  return select(select(rest, rest + b, size != 0u && is_negative(a ^ b)), 0u, b == 0u);
}

fn float_of(x: u32) -> f32 { return select(f32(x), -f32(0u - x), is_negative(x)); }

// Of an f32, cut towards 0; past an end, the last f32 that i32 holds.
fn signed_of(x: f32) -> u32 {
  let above = u32(clamp(x, 0.0, 2147483520.0));
  let below = u32(clamp(-x, 0.0, 2147483648.0));
  return select(above, 0u - below, x < 0.0);
}

// Of an u32, past 2^31 - 1 that number.
fn below_signs(x: u32) -> u32 { return min(x, 0x7fffffffu); }

// As u32, below 0 that.
fn above_0(x: u32) -> u32 { return select(x, 0u, is_negative(x)); }
