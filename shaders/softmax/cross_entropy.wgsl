// cross_entropy: loss[r] = -log softmax(logits[r])[target_r], in nats, and
//   gradient[r,c] = (softmax(logits[r])[c] - [c = target_r]) upstream[r]
// dispatch: one invocation per row; any ROWS, any CLASSES
// why: log(sum) - (logit - max) never takes the logarithm of a probability that has rounded to 0, and the gradient
//      needs the same maximum and sum, so it costs one more pass over the row; a target past the last class
//      makes both NaN, as nothing can be learnt from it, and so does a row that has no softmax; an empty store port
//      leaves its output out
// source: Goodfellow, Bengio and Courville, Deep Learning, section 6.2.2.3
// #import ieee
override ROWS: u32 = 1u;
override CLASSES: u32 = 1u;
@group(0) @binding(0) var<storage, read>       logits: array<f32>;   // [ROWS, CLASSES]
@group(0) @binding(1) var<storage, read>       labels: array<u32>;   // [ROWS], each < CLASSES
@group(0) @binding(2) var<storage, read>       upstream: array<f32>; // [ROWS], dL/dloss
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;     // [ROWS]
@group(0) @binding(4) var<storage, read_write> gradient: array<f32>; // [ROWS, CLASSES], dL/dlogits

fn load_logits(i: u32) -> f32 { return logits[i]; }
fn load_labels(i: u32) -> u32 { return labels[i]; }
fn load_upstream(i: u32) -> f32 { return upstream[i]; }
fn store_loss(i: u32, value: f32) { loss[i] = value; }
fn store_gradient(i: u32, value: f32) { gradient[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = id.y * groups.x * 64u + id.x;
  if (row >= ROWS) { return; }
  let start = row * CLASSES;
  let end = start + CLASSES;
  let label = load_labels(row);
  let right = start + min(label, CLASSES - 1u);
  let scale = select(load_upstream(row), nan(label), label >= CLASSES);
  var largest = load_logits(start);
  for (var i = start + 1u; i < end; i++) { largest = max(largest, load_logits(i)); }
  var sum = 0.0;
  for (var i = start; i < end; i++) { sum += exp(load_logits(i) - largest); }
  sum = select(nan(0u), sum, is_finite(sum));
  store_loss(row, select(log(sum) - (load_logits(right) - largest), nan(label), label >= CLASSES));
  for (var i = start; i < end; i++) {
    let probability = exp(load_logits(i) - largest) / sum;
    store_gradient(i, (probability - select(0.0, 1.0, i == right)) * scale);
  }
}
