// attention_key_gradient: dv[j] = sum_i p_ij dy[i], dk[j] = sum_i ds_ij q[i] / sqrt(HEAD_DIM), with
//   ds_ij = p_ij (dy[i].v[j] - delta[i]), p_ij = exp(s_ij - logsumexp[i]) and s_ij = q[i].k[j] / sqrt(HEAD_DIM) as in
//   attention, over the queries i that see key j
// dispatch: one invocation per key and 4 dimensions of a head; any sizes
// why: both gradients want the same probabilities, which are computed again from each row's logsumexp
// source: Dao et al., FlashAttention (2022), algorithm 4 and appendix B.2
const BLOCK_ROWS: u32 = 1u;
const BLOCK_DIMS: u32 = 4u;
override BATCH: u32 = 1u;
override HEADS: u32 = 1u;
override QUERIES: u32 = 1u;
override KEYS: u32 = 1u;
override HEAD_DIM: u32 = 1u;
override VALUE_DIM: u32 = 1u;
override SIGHT: u32 = 2u; // query i sees the keys below i + SIGHT - QUERIES, at most
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
@group(0) @binding(3) var<storage, read>       statistics: array<f32>; // [BATCH, QUERIES, HEADS, 2]
@group(0) @binding(4) var<storage, read>       delta: array<f32>;      // [BATCH, QUERIES, HEADS]
@group(0) @binding(5) var<storage, read>       dy: array<f32>;         // [BATCH, QUERIES, HEADS, VALUE_DIM]
@group(0) @binding(6) var<storage, read_write> dk: array<f32>;         // [BATCH, KEYS, HEADS, HEAD_DIM]
@group(0) @binding(7) var<storage, read_write> dv: array<f32>;         // [BATCH, KEYS, HEADS, VALUE_DIM]

fn store_dk(i: u32, value: f32) { dk[i] = value; }
fn store_dv(i: u32, value: f32) { dv[i] = value; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let place = id.y * groups.x * 64u + id.x;
  let chunks = (max(HEAD_DIM, VALUE_DIM) + BLOCK_DIMS - 1u) / BLOCK_DIMS;
  let head = place % HEADS;
  let batch = place / HEADS % BATCH;
  let first = place / (HEADS * BATCH) % chunks * BLOCK_DIMS;
  let j = place / (HEADS * BATCH * chunks);
  if (j >= KEYS) { return; }
  let q_at = Q_OFFSET + batch * Q_BATCH + head * Q_HEAD;
  let key = K_OFFSET + batch * K_BATCH + j * K_ROW + head * K_HEAD;
  let value = V_OFFSET + batch * V_BATCH + j * V_ROW + head * V_HEAD;
  let head_dims = min(first + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(HEAD_DIM - 1u));
  let value_dims = min(first + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(VALUE_DIM - 1u));
  let factor = 1.0 / sqrt(f32(HEAD_DIM));

  var k_sums = vec4<f32>();
  var v_sums = vec4<f32>();
  for (var i = max(j + QUERIES + 1u, SIGHT) - SIGHT; i < QUERIES; i++) { // from the first that sees the key
    let row = (batch * QUERIES + i) * HEADS + head;
    if (j >= u32(statistics[row * 2u + 1u])) { continue; }
    let query = q_at + i * Q_ROW;
    let slope = row * VALUE_DIM;
    var score = 0.0;
    for (var d = 0u; d < HEAD_DIM; d++) { score += q[query + d] * k[key + d]; }
    var dp = 0.0;
    for (var d = 0u; d < VALUE_DIM; d++) { dp += dy[slope + d] * v[value + d]; }
    let p = exp(score * factor - statistics[row * 2u]);
    let ds = p * (dp - delta[row]);
    let qs = vec4<f32>(q[query + head_dims.x], q[query + head_dims.y], q[query + head_dims.z], q[query + head_dims.w]);
    let at = slope + value_dims;
    k_sums += ds * qs;
    v_sums += p * vec4<f32>(dy[at.x], dy[at.y], dy[at.z], dy[at.w]);
  }

  var dk_result = k_sums * factor;
  var dv_result = v_sums;
  let row = (batch * KEYS + j) * HEADS + head;
  for (var d = 0u; d < BLOCK_DIMS; d++) {
    if (first + d < HEAD_DIM) { store_dk(row * HEAD_DIM + first + d, dk_result[d]); }
    if (first + d < VALUE_DIM) { store_dv(row * VALUE_DIM + first + d, dv_result[d]); }
  }
}
