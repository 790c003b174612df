// attention: y[i] = sum_j p_ij v[j], p_ij = exp(s_ij - logsumexp[i]), s_ij = q[i].k[j] / sqrt(HEAD_DIM), over the
//   keys j that query i sees, in each batch and head; statistics[i] = (logsumexp[i], how many keys i sees)
// dispatch: one invocation per query and 4 value dimensions of a head; any sizes
// why: no score is ever stored. The sums are relative to exp(top), top being the largest score so far; when a larger
//      one comes, they are made smaller before it is added. A query that sees no key gives 0
// source: Vaswani et al., Attention is all you need (2017), section 3.2.1; Milakov and Gimelshein, Online normalizer
//         calculation for softmax (2018), algorithm 3; Dao et al., FlashAttention (2022)
const BLOCK_ROWS: u32 = 1u;
const BLOCK_DIMS: u32 = 4u;
override BATCH: u32 = 1u;
override HEADS: u32 = 1u;
override QUERIES: u32 = 1u;
override KEYS: u32 = 1u;
override HEAD_DIM: u32 = 1u;
override VALUE_DIM: u32 = 1u;
override SIGHT: u32 = 2u; // query i sees the keys below i + SIGHT - QUERIES; KEYS + QUERIES: all, KEYS + 1: causal
override Q_OFFSET: u32 = 0u; // where q begins in its buffer, and how far apart two batches, rows and heads lie
override Q_BATCH: u32 = 1u;
override Q_ROW: u32 = 1u;
override Q_HEAD: u32 = 1u;
override K_OFFSET: u32 = 0u;
override K_BATCH: u32 = 1u;
override K_ROW: u32 = 1u;
override K_HEAD: u32 = 1u;
override V_OFFSET: u32 = 0u;
override V_BATCH: u32 = 1u;
override V_ROW: u32 = 1u;
override V_HEAD: u32 = 1u;
@group(0) @binding(0) var<storage, read>       q: array<f32>;          // [BATCH, QUERIES, HEADS, HEAD_DIM]
@group(0) @binding(1) var<storage, read>       k: array<f32>;          // [BATCH, KEYS, HEADS, HEAD_DIM]
@group(0) @binding(2) var<storage, read>       v: array<f32>;          // [BATCH, KEYS, HEADS, VALUE_DIM]
@group(0) @binding(3) var<storage, read>       lengths: array<u32>;    // [BATCH], keys that there are
@group(0) @binding(4) var<storage, read_write> y: array<f32>;          // [BATCH, QUERIES, HEADS, VALUE_DIM]
@group(0) @binding(5) var<storage, read_write> statistics: array<f32>; // [BATCH, QUERIES, HEADS, 2]

fn load_lengths(i: u32) -> u32 { return lengths[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }
fn store_statistics(i: u32, value: f32) { statistics[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let place = id.y * groups.x * 64u + id.x;
  let chunks = (VALUE_DIM + BLOCK_DIMS - 1u) / BLOCK_DIMS;
  let head = place % HEADS;
  let batch = place / HEADS % BATCH;
  let first = place / (HEADS * BATCH) % chunks * BLOCK_DIMS;
  let i = place / (HEADS * BATCH * chunks);
  if (i >= QUERIES) { return; }
  let sees = min(max(i + SIGHT, QUERIES) - QUERIES, min(load_lengths(batch), KEYS));
  let query = Q_OFFSET + batch * Q_BATCH + i * Q_ROW + head * Q_HEAD;
  let k_at = K_OFFSET + batch * K_BATCH + head * K_HEAD;
  let v_at = V_OFFSET + batch * V_BATCH + head * V_HEAD;
  let dims = min(first + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(VALUE_DIM - 1u));
  let factor = 1.0 / sqrt(f32(HEAD_DIM));

  var top = -3.0e38;
  var total = 0.0;
  var sums = vec4<f32>();
  for (var j = 0u; j < sees; j++) {
    let key = k_at + j * K_ROW;
    var score = 0.0;
    for (var d = 0u; d < HEAD_DIM; d++) { score += q[query + d] * k[key + d]; }
    score *= factor;
    let higher = max(top, score);
    let less = exp(top - higher);
    let p = exp(score - higher);
    let value = v_at + j * V_ROW;
    top = higher;
    total = total * less + p;
    sums = sums * less + p * vec4<f32>(v[value + dims.x], v[value + dims.y], v[value + dims.z], v[value + dims.w]);
  }

  let row = (batch * QUERIES + i) * HEADS + head;
  var result = sums / max(total, 1.0e-30);
  for (var d = 0u; d < min(BLOCK_DIMS, VALUE_DIM - first); d++) { store_y(row * VALUE_DIM + first + d, result[d]); }
  if (first == 0u) {
    store_statistics(row * 2u, select(0.0, top + log(total), sees > 0u));
    store_statistics(row * 2u + 1u, f32(sees));
  }
}
