// attention_vec4: y[i] = sum_j p_ij v[j], p_ij = exp(s_ij - logsumexp[i]), s_ij = q[i].k[j] / sqrt(HEAD_DIM), over the
//   keys j that query i sees, in each batch and head; statistics[i] = (logsumexp[i], how many keys i sees)
// dispatch: one invocation per 4 queries and 16 value dimensions of a head; all strides, HEAD_DIM and VALUE_DIM
//   multiples of 4
// why: no score is ever stored. A key's products with 4 queries are a vector times a matrix in registers, and each
//      number read serves 4 queries. Sums are relative to exp(top), a score seen earlier; only when one comes that is
//      larger by far are they made smaller, which seldom happens: exp(16) times as much is nothing to a float.
//      Neighbours work on other heads of the same queries, which see as many keys, so that none waits for another
// source: Dao et al., FlashAttention (2022), algorithm 1; Milakov and Gimelshein, Online normalizer calculation for
//         softmax (2018), algorithm 3
// #import block
const BLOCK_ROWS: u32 = 4u;
const BLOCK_DIMS: u32 = 16u;
override BATCH: u32 = 1u;
override HEADS: u32 = 1u;
override QUERIES: u32 = 1u;
override KEYS: u32 = 1u;
override HEAD_DIM: u32 = 4u;
override VALUE_DIM: u32 = 4u;
override SIGHT: u32 = 2u; // query i sees the keys below i + SIGHT - QUERIES; KEYS + QUERIES: all, KEYS + 1: causal
override Q_OFFSET: u32 = 0u; // where q begins in its buffer, and how far apart two batches, rows and heads lie
override Q_BATCH: u32 = 4u;
override Q_ROW: u32 = 4u;
override Q_HEAD: u32 = 4u;
override K_OFFSET: u32 = 0u;
override K_BATCH: u32 = 4u;
override K_ROW: u32 = 4u;
override K_HEAD: u32 = 4u;
override V_OFFSET: u32 = 0u;
override V_BATCH: u32 = 4u;
override V_ROW: u32 = 4u;
override V_HEAD: u32 = 4u;
@group(0) @binding(0) var<storage, read>       q: array<vec4<f32>>;    // [BATCH, QUERIES, HEADS, HEAD_DIM / 4]
@group(0) @binding(1) var<storage, read>       k: array<vec4<f32>>;    // [BATCH, KEYS, HEADS, HEAD_DIM / 4]
@group(0) @binding(2) var<storage, read>       v: array<vec4<f32>>;    // [BATCH, KEYS, HEADS, VALUE_DIM / 4]
@group(0) @binding(3) var<storage, read>       lengths: array<u32>;    // [BATCH], keys that there are
@group(0) @binding(4) var<storage, read_write> y: array<vec4<f32>>;    // [BATCH, QUERIES, HEADS, VALUE_DIM / 4]
@group(0) @binding(5) var<storage, read_write> statistics: array<f32>; // [BATCH, QUERIES, HEADS, 2]

fn load_lengths(i: u32) -> u32 { return lengths[i]; }
fn store_y(i: u32, value: vec4<f32>) { y[i] = value; }
fn store_statistics(i: u32, value: f32) { statistics[i] = value; }

fn queries(at: vec4<u32>) -> mat4x4<f32> { return mat4x4<f32>(q[at.x], q[at.y], q[at.z], q[at.w]); }
fn scaled(block: mat4x4<f32>, by: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(by.x * block[0], by.y * block[1], by.z * block[2], by.w * block[3]);
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let chunks = (VALUE_DIM + BLOCK_DIMS - 1u) / BLOCK_DIMS;
  let head = i % HEADS;
  let batch = i / HEADS % BATCH;
  let chunk = i / (HEADS * BATCH) % chunks;
  let first = i / (HEADS * BATCH * chunks) * BLOCK_ROWS;
  if (first >= QUERIES) { return; }
  let rows = four(first, QUERIES);
  let sees = min(max(rows + SIGHT, vec4<u32>(QUERIES)) - QUERIES, vec4<u32>(min(load_lengths(batch), KEYS)));

  // The first 16 dimensions of the queries stay in registers, others are read for each key; 0 where there are none.
  let factor = 1.0 / sqrt(f32(HEAD_DIM));
  let q_at = (Q_OFFSET + batch * Q_BATCH + head * Q_HEAD + rows * Q_ROW) / 4u;
  var kept = array<mat4x4<f32>, 4>();
  for (var c = 0u; c < min(4u, HEAD_DIM / 4u); c++) { kept[c] = queries(q_at + c) * factor; }
  let q0 = kept[0];
  let q1 = kept[1];
  let q2 = kept[2];
  let q3 = kept[3];
  let dims = four(0u, HEAD_DIM / 4u);
  let values = four(4u * chunk, VALUE_DIM / 4u);
  let k_at = (K_OFFSET + batch * K_BATCH + head * K_HEAD) / 4u;
  let v_at = (V_OFFSET + batch * V_BATCH + head * V_HEAD) / 4u;

  var top = vec4<f32>(-3.0e38);
  var total = vec4<f32>();
  var y0 = mat4x4<f32>(); // of 4 value dimensions, a column for each query
  var y1 = mat4x4<f32>();
  var y2 = mat4x4<f32>();
  var y3 = mat4x4<f32>();
  for (var j = 0u; j < sees.w; j++) {
    let key = k_at + j * (K_ROW / 4u);
    var scores = k[key] * q0 + k[key + dims.y] * q1;
    if (HEAD_DIM > 8u) { scores += k[key + dims.z] * q2 + k[key + dims.w] * q3; }
    if (HEAD_DIM > BLOCK_DIMS) { // else nothing of this need be compiled
      for (var c = 4u; c < HEAD_DIM / 4u; c++) { scores += k[key + c] * queries(q_at + c) * factor; }
    }
    let seen = vec4<u32>(j) < sees;
    scores = select(vec4<f32>(-3.0e38), scores, seen);
    if (any(scores > top + 16.0)) {
      let higher = max(top, scores);
      let less = exp(top - higher);
      top = higher;
      total *= less;
      y0 = scaled(y0, less);
      y1 = scaled(y1, less);
      y2 = scaled(y2, less);
      y3 = scaled(y3, less);
    }
    let p = select(vec4<f32>(), exp(scores - top), seen);
    let value = v_at + j * (V_ROW / 4u);
    total += p;
    y0 += outer(p, v[value + values.x]);
    y1 += outer(p, v[value + values.y]);
    if (VALUE_DIM > 8u) {
      y2 += outer(p, v[value + values.z]);
      y3 += outer(p, v[value + values.w]);
    }
  }

  // A query that sees no key gives 0: its total is 0, and so is every y.
  var inverse = 1.0 / select(vec4<f32>(1.0), total, total > vec4<f32>());
  var blocks = array<mat4x4<f32>, 4>(y0, y1, y2, y3);
  var logsumexp = select(vec4<f32>(), top, total > vec4<f32>()) - log(inverse);
  var seen = sees;
  for (var r = 0u; r < min(BLOCK_ROWS, QUERIES - first); r++) {
    let row = (batch * QUERIES + first + r) * HEADS + head;
    let at = (row * VALUE_DIM + chunk * BLOCK_DIMS) / 4u;
    for (var c = 0u; c < min(BLOCK_DIMS, VALUE_DIM - chunk * BLOCK_DIMS) / 4u; c++) {
      store_y(at + c, blocks[c][r] * inverse[r]);
    }
    if (chunk == 0u) {
      store_statistics(row * 2u, logsumexp[r]);
      store_statistics(row * 2u + 1u, f32(seen[r]));
    }
  }
}
