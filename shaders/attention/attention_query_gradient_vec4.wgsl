// attention_query_gradient_vec4: dq[i] = sum_j ds_ij k[j] / sqrt(HEAD_DIM), ds_ij = p_ij (dy[i].v[j] - delta[i]), and
//   delta[i] = dy[i].y[i], with p_ij = exp(s_ij - logsumexp[i]) and s_ij = q[i].k[j] / sqrt(HEAD_DIM) as in attention
// dispatch: one invocation per 4 queries and 16 dimensions of a head; strides, HEAD_DIM and VALUE_DIM multiples of 4
// why: the probabilities are computed again from the row's logsumexp, as in attention_vec4, instead of being kept.
//      delta = sum_j p_ij dy[i].v[j], what the softmax takes off every slope, is the product of two rows that are there
// source: Dao et al., FlashAttention (2022), algorithm 4 and appendix B.2
// #import block
const BLOCK_ROWS: u32 = 4u;
const BLOCK_DIMS: u32 = 16u;
override BATCH: u32 = 1u;
override HEADS: u32 = 1u;
override QUERIES: u32 = 1u;
override KEYS: u32 = 1u;
override HEAD_DIM: u32 = 4u;
override VALUE_DIM: u32 = 4u;
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
@group(0) @binding(3) var<storage, read>       y: array<vec4<f32>>;    // [BATCH, QUERIES, HEADS, VALUE_DIM / 4]
@group(0) @binding(4) var<storage, read>       statistics: array<f32>; // [BATCH, QUERIES, HEADS, 2]
@group(0) @binding(5) var<storage, read>       dy: array<vec4<f32>>;   // [BATCH, QUERIES, HEADS, VALUE_DIM / 4]
@group(0) @binding(6) var<storage, read_write> dq: array<vec4<f32>>;   // [BATCH, QUERIES, HEADS, HEAD_DIM / 4]
@group(0) @binding(7) var<storage, read_write> delta: array<f32>;      // [BATCH, QUERIES, HEADS]

fn store_dq(i: u32, value: vec4<f32>) { dq[i] = value; }
fn store_delta(i: u32, value: f32) { delta[i] = value; }

fn queries(at: vec4<u32>) -> mat4x4<f32> { return mat4x4<f32>(q[at.x], q[at.y], q[at.z], q[at.w]); }
fn slopes(at: vec4<u32>) -> mat4x4<f32> { return mat4x4<f32>(dy[at.x], dy[at.y], dy[at.z], dy[at.w]); }
fn statistic(at: vec4<u32>) -> vec4<f32> {
  return vec4<f32>(statistics[at.x], statistics[at.y], statistics[at.z], statistics[at.w]);
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 32u + id.x;
  let chunks = (HEAD_DIM + BLOCK_DIMS - 1u) / BLOCK_DIMS;
  let head = i % HEADS;
  let batch = i / HEADS % BATCH;
  let chunk = i / (HEADS * BATCH) % chunks;
  let first = i / (HEADS * BATCH * chunks) * BLOCK_ROWS;
  if (first >= QUERIES) { return; }
  let queried = four(first, QUERIES);
  let rows = (batch * QUERIES + queried) * HEADS + head;
  let logsumexp = statistic(2u * rows);
  let sees = vec4<u32>(statistic(2u * rows + 1u));

  // 16 dimensions of queries and slopes stay in registers, others are read for each key; 0 where there are none.
  let factor = 1.0 / sqrt(f32(HEAD_DIM));
  let q_at = (Q_OFFSET + batch * Q_BATCH + head * Q_HEAD + queried * Q_ROW) / 4u;
  let own = min(4u, HEAD_DIM / 4u - 4u * chunk);
  var kept = array<mat4x4<f32>, 4>();
  for (var c = 0u; c < own; c++) { kept[c] = queries(q_at + 4u * chunk + c) * factor; }
  let q0 = kept[0];
  let q1 = kept[1];
  let q2 = kept[2];
  let q3 = kept[3];
  let dims = four(4u * chunk, HEAD_DIM / 4u);
  let dy_at = rows * (VALUE_DIM / 4u);
  var sloped = array<mat4x4<f32>, 4>();
  for (var c = 0u; c < min(4u, VALUE_DIM / 4u); c++) { sloped[c] = slopes(dy_at + c); }
  let dy0 = sloped[0];
  let dy1 = sloped[1];
  let dy2 = sloped[2];
  let dy3 = sloped[3];
  let values = four(0u, VALUE_DIM / 4u);
  var deltas = vec4<f32>();
  for (var c = 0u; c < VALUE_DIM / 4u; c++) {
    let at = dy_at + c;
    deltas += vec4<f32>(dot(y[at.x], dy[at.x]), dot(y[at.y], dy[at.y]), dot(y[at.z], dy[at.z]), dot(y[at.w], dy[at.w]));
  }
  let k_at = (K_OFFSET + batch * K_BATCH + head * K_HEAD) / 4u;
  let v_at = (V_OFFSET + batch * V_BATCH + head * V_HEAD) / 4u;

  var dq0 = mat4x4<f32>(); // of 4 dimensions, a column for each query
  var dq1 = mat4x4<f32>();
  var dq2 = mat4x4<f32>();
  var dq3 = mat4x4<f32>();
  for (var j = 0u; j < sees.w; j++) {
    let key = k_at + j * (K_ROW / 4u);
    let k0 = k[key + dims.x];
    let k1 = k[key + dims.y];
    let k2 = k[key + dims.z];
    let k3 = k[key + dims.w];
    var scores = k0 * q0 + k1 * q1 + k2 * q2 + k3 * q3;
    if (HEAD_DIM > BLOCK_DIMS) { // else nothing of this need be compiled
      for (var n = 0u; n < HEAD_DIM / 4u - own; n++) {
        let c = select(n + 4u, n, n < 4u * chunk);
        scores += k[key + c] * queries(q_at + c) * factor;
      }
    }
    let value = v_at + j * (V_ROW / 4u);
    var slope = v[value] * dy0 + v[value + values.y] * dy1 + v[value + values.z] * dy2 + v[value + values.w] * dy3;
    if (VALUE_DIM > BLOCK_DIMS) {
      for (var c = 4u; c < VALUE_DIM / 4u; c++) { slope += v[value + c] * slopes(dy_at + c); }
    }
    let p = select(vec4<f32>(), exp(scores - logsumexp), vec4<u32>(j) < sees);
    let ds = p * (slope - deltas);
    dq0 += outer(ds, k0);
    dq1 += outer(ds, k1);
    dq2 += outer(ds, k2);
    dq3 += outer(ds, k3);
  }

  var blocks = array<mat4x4<f32>, 4>(dq0, dq1, dq2, dq3);
  for (var r = 0u; r < min(BLOCK_ROWS, QUERIES - first); r++) {
    let row = (batch * QUERIES + first + r) * HEADS + head;
    let at = (row * HEAD_DIM + chunk * BLOCK_DIMS) / 4u;
    for (var c = 0u; c < min(BLOCK_DIMS, HEAD_DIM - chunk * BLOCK_DIMS) / 4u; c++) {
      store_dq(at + c, blocks[c][r] * factor);
    }
  }
  var found = deltas;
  for (var r = 0u; r < min(BLOCK_ROWS, QUERIES - first) && chunk == 0u; r++) {
    store_delta((batch * QUERIES + first + r) * HEADS + head, found[r]);
  }
}
