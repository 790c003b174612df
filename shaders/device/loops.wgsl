// loops: found[0] = FIRST + OUTER INNER numbers further along a sequence that begins with 0, each the next of the one before
// dispatch: one invocation
// why: drivers may end a loop early and say nothing. Lavapipe counts the passes of all loops of an invocation, those inside
//      others each time, and after 65,535 runs each loop once. A sequence that no compiler knows a formula for says how far
//      the loops went; `build-site doctor` asks, and no plan takes more passes (`plan/loops.py`)
override FIRST: u32 = 1u;
override OUTER: u32 = 1u;
override INNER: u32 = 1u;
@group(0) @binding(0) var<storage, read_write> found: array<u32>; // [1]

fn next(x: u32) -> u32 { return x * 1664525u + 1013904223u; } // every number of 32 bits once: Knuth and Lewis

@compute @workgroup_size(1)
fn main() {
  var x = 0u;
  for (var i = 0u; i < FIRST; i++) { x = next(x); }
  for (var o = 0u; o < OUTER; o++) {
    for (var i = 0u; i < INNER; i++) { x = next(x); }
  }
  found[0] = x;
}
