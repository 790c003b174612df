// attention_query_gradient: dq[i] = sum_j ds_ij k[j] / sqrt(HEAD_DIM), ds_ij = p_ij (dy[i].v[j] - delta[i]), and
//   delta[i] = dy[i].y[i], with p_ij = exp(s_ij - logsumexp[i]) and s_ij = q[i].k[j] / sqrt(HEAD_DIM) as in attention
// dispatch: one invocation per query and 4 dimensions of a head; any sizes
// why: the probabilities are computed again from the row's logsumexp, instead of being kept. delta, which is
//      sum_j p_ij dy[i].v[j], what the softmax takes off every slope, is the product of two rows that are there
// source: Dao et al., FlashAttention (2022), algorithm 4 and appendix B.2
const BLOCK_ROWS: u32 = 1u;
const BLOCK_DIMS: u32 = 4u;
override BATCH: u32 = 1u;
override HEADS: u32 = 1u;
override QUERIES: u32 = 1u;
override KEYS: u32 = 1u;
override HEAD_DIM: u32 = 1u;
override VALUE_DIM: u32 = 1u;
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
@group(0) @binding(3) var<storage, read>       y: array<f32>;          // [BATCH, QUERIES, HEADS, VALUE_DIM]
@group(0) @binding(4) var<storage, read>       statistics: array<f32>; // [BATCH, QUERIES, HEADS, 2]
@group(0) @binding(5) var<storage, read>       dy: array<f32>;         // [BATCH, QUERIES, HEADS, VALUE_DIM]
@group(0) @binding(6) var<storage, read_write> dq: array<f32>;         // [BATCH, QUERIES, HEADS, HEAD_DIM]
@group(0) @binding(7) var<storage, read_write> delta: array<f32>;      // [BATCH, QUERIES, HEADS]

fn store_dq(i: u32, value: f32) { dq[i] = value; }
fn store_delta(i: u32, value: f32) { delta[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let place = id.y * groups.x * 64u + id.x;
  let chunks = (HEAD_DIM + BLOCK_DIMS - 1u) / BLOCK_DIMS;
  let head = place % HEADS;
  let batch = place / HEADS % BATCH;
  let first = place / (HEADS * BATCH) % chunks * BLOCK_DIMS;
  let i = place / (HEADS * BATCH * chunks);
  if (i >= QUERIES) { return; }
  let row = (batch * QUERIES + i) * HEADS + head;
  let logsumexp = statistics[row * 2u];
  let sees = u32(statistics[row * 2u + 1u]);
  let query = Q_OFFSET + batch * Q_BATCH + i * Q_ROW + head * Q_HEAD;
  let slope = row * VALUE_DIM;
  let k_at = K_OFFSET + batch * K_BATCH + head * K_HEAD;
  let v_at = V_OFFSET + batch * V_BATCH + head * V_HEAD;
  let dims = min(first + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(HEAD_DIM - 1u));
  let factor = 1.0 / sqrt(f32(HEAD_DIM));
  var off = 0.0;
  for (var d = 0u; d < VALUE_DIM; d++) { off += dy[slope + d] * y[slope + d]; }

  var sums = vec4<f32>();
  for (var j = 0u; j < sees; j++) {
    let key = k_at + j * K_ROW;
    let value = v_at + j * V_ROW;
    var score = 0.0;
    for (var d = 0u; d < HEAD_DIM; d++) { score += q[query + d] * k[key + d]; }
    var dp = 0.0;
    for (var d = 0u; d < VALUE_DIM; d++) { dp += dy[slope + d] * v[value + d]; }
    let ds = exp(score * factor - logsumexp) * (dp - off);
    sums += ds * vec4<f32>(k[key + dims.x], k[key + dims.y], k[key + dims.z], k[key + dims.w]);
  }

  var result = sums * factor;
  for (var d = 0u; d < min(BLOCK_DIMS, HEAD_DIM - first); d++) { store_dq(row * HEAD_DIM + first + d, result[d]); }
  if (first == 0u) { store_delta(row, off); }
}
