// global_norm: y = sqrt(sum of the squares of all numbers of up to six tensors)
// dispatch: one workgroup; any sizes, 0 for a tensor that is not there
// why: what a gradient as a whole measures, to be read in few dispatches; the norm of norms is the norm of all, so that
//      more tensors take a second such dispatch over the results; partial sums as in sum_long
override COUNT0: u32 = 1u;
override COUNT1: u32 = 1u;
override COUNT2: u32 = 1u;
override COUNT3: u32 = 1u;
override COUNT4: u32 = 1u;
override COUNT5: u32 = 1u;
@group(0) @binding(0) var<storage, read>       x0: array<f32>; // [COUNT0]
@group(0) @binding(1) var<storage, read>       x1: array<f32>; // [COUNT1]
@group(0) @binding(2) var<storage, read>       x2: array<f32>; // [COUNT2]
@group(0) @binding(3) var<storage, read>       x3: array<f32>; // [COUNT3]
@group(0) @binding(4) var<storage, read>       x4: array<f32>; // [COUNT4]
@group(0) @binding(5) var<storage, read>       x5: array<f32>; // [COUNT5]
@group(0) @binding(6) var<storage, read_write> y: array<f32>;  // [1]

fn load_x0(i: u32) -> f32 { return x0[i]; }
fn load_x1(i: u32) -> f32 { return x1[i]; }
fn load_x2(i: u32) -> f32 { return x2[i]; }
fn load_x3(i: u32) -> f32 { return x3[i]; }
fn load_x4(i: u32) -> f32 { return x4[i]; }
fn load_x5(i: u32) -> f32 { return x5[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

fn square(x: f32) -> f32 { return x * x; }

var<workgroup> partial: array<f32, 128>;

@compute @workgroup_size(128)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < COUNT0; i += 128u) { sum += square(load_x0(i)); }
  for (var i = lane; i < COUNT1; i += 128u) { sum += square(load_x1(i)); }
  for (var i = lane; i < COUNT2; i += 128u) { sum += square(load_x2(i)); }
  for (var i = lane; i < COUNT3; i += 128u) { sum += square(load_x3(i)); }
  for (var i = lane; i < COUNT4; i += 128u) { sum += square(load_x4(i)); }
  for (var i = lane; i < COUNT5; i += 128u) { sum += square(load_x5(i)); }
  partial[lane] = sum;
  workgroupBarrier();
  if (lane > 0u) { return; }
  var total = 0.0;
  for (var other = 0u; other < 128u; other++) { total += partial[other]; }
  store_y(0u, sqrt(total));
}
