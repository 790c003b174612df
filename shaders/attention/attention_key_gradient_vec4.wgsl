// attention_key_gradient_vec4: dv[j] = sum_i p_ij dy[i], dk[j] = sum_i ds_ij q[i] / sqrt(HEAD_DIM), with
//   ds_ij = p_ij (dy[i].v[j] - delta[i]), p_ij = exp(s_ij - logsumexp[i]) and s_ij = q[i].k[j] / sqrt(HEAD_DIM) as in
//   attention, over the queries i that see key j
// dispatch: one invocation per 4 keys and 16 dimensions of a head; all strides, HEAD_DIM and VALUE_DIM multiples of 4
// why: both gradients want the same probabilities, which are computed again from each row's logsumexp. As in
//      attention_vec4, with the queries passing by instead of the keys
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
override SIGHT: u32 = 2u; // query i sees the keys below i + SIGHT - QUERIES, at most
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
@group(0) @binding(3) var<storage, read>       statistics: array<f32>; // [BATCH, QUERIES, HEADS, 2]
@group(0) @binding(4) var<storage, read>       delta: array<f32>;      // [BATCH, QUERIES, HEADS]
@group(0) @binding(5) var<storage, read>       dy: array<vec4<f32>>;   // [BATCH, QUERIES, HEADS, VALUE_DIM / 4]
@group(0) @binding(6) var<storage, read_write> dk: array<vec4<f32>>;   // [BATCH, KEYS, HEADS, HEAD_DIM / 4]
@group(0) @binding(7) var<storage, read_write> dv: array<vec4<f32>>;   // [BATCH, KEYS, HEADS, VALUE_DIM / 4]

fn store_dk(i: u32, value: vec4<f32>) { dk[i] = value; }
fn store_dv(i: u32, value: vec4<f32>) { dv[i] = value; }

fn keys(at: vec4<u32>) -> mat4x4<f32> { return mat4x4<f32>(k[at.x], k[at.y], k[at.z], k[at.w]); }
fn values(at: vec4<u32>) -> mat4x4<f32> { return mat4x4<f32>(v[at.x], v[at.y], v[at.z], v[at.w]); }

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let place = id.y * groups.x * 32u + id.x;
  let chunks = (max(HEAD_DIM, VALUE_DIM) + BLOCK_DIMS - 1u) / BLOCK_DIMS;
  let head = place % HEADS;
  let batch = place / HEADS % BATCH;
  let chunk = place / (HEADS * BATCH) % chunks;
  let first = place / (HEADS * BATCH * chunks) * BLOCK_ROWS;
  if (first >= KEYS) { return; }
  let rows = four(first, KEYS);

  // 16 dimensions of keys and values stay in registers, others are read for each query; 0 where there are none.
  let factor = 1.0 / sqrt(f32(HEAD_DIM));
  let k_own = min(4u, max(HEAD_DIM / 4u, 4u * chunk) - 4u * chunk);
  let k_at = (K_OFFSET + batch * K_BATCH + head * K_HEAD + rows * K_ROW) / 4u;
  var kept = array<mat4x4<f32>, 4>();
  for (var c = 0u; c < k_own; c++) { kept[c] = keys(k_at + 4u * chunk + c) * factor; }
  let k0 = kept[0];
  let k1 = kept[1];
  let k2 = kept[2];
  let k3 = kept[3];
  let k_dims = four(4u * chunk, HEAD_DIM / 4u);
  let v_own = min(4u, max(VALUE_DIM / 4u, 4u * chunk) - 4u * chunk);
  let v_at = (V_OFFSET + batch * V_BATCH + head * V_HEAD + rows * V_ROW) / 4u;
  var valued = array<mat4x4<f32>, 4>();
  for (var c = 0u; c < v_own; c++) { valued[c] = values(v_at + 4u * chunk + c); }
  let v0 = valued[0];
  let v1 = valued[1];
  let v2 = valued[2];
  let v3 = valued[3];
  let v_dims = four(4u * chunk, VALUE_DIM / 4u);
  let q_at = (Q_OFFSET + batch * Q_BATCH + head * Q_HEAD) / 4u;

  var dk0 = mat4x4<f32>(); // of 4 dimensions, a column for each key
  var dk1 = mat4x4<f32>();
  var dk2 = mat4x4<f32>();
  var dk3 = mat4x4<f32>();
  var dv0 = mat4x4<f32>();
  var dv1 = mat4x4<f32>();
  var dv2 = mat4x4<f32>();
  var dv3 = mat4x4<f32>();
  for (var i = max(first + QUERIES + 1u, SIGHT) - SIGHT; i < QUERIES; i++) { // from the first that sees the first key
    let row = (batch * QUERIES + i) * HEADS + head;
    let query = q_at + i * (Q_ROW / 4u);
    let q0 = q[query + k_dims.x];
    let q1 = q[query + k_dims.y];
    let q2 = q[query + k_dims.z];
    let q3 = q[query + k_dims.w];
    var scores = q0 * k0 + q1 * k1 + q2 * k2 + q3 * k3;
    if (max(HEAD_DIM, VALUE_DIM) > BLOCK_DIMS) { // else nothing of this need be compiled
      for (var n = 0u; n < HEAD_DIM / 4u - k_own; n++) {
        let c = select(n + 4u, n, n < 4u * chunk);
        scores += q[query + c] * keys(k_at + c) * factor;
      }
    }
    let slope = row * (VALUE_DIM / 4u);
    let dy0 = dy[slope + v_dims.x];
    let dy1 = dy[slope + v_dims.y];
    let dy2 = dy[slope + v_dims.z];
    let dy3 = dy[slope + v_dims.w];
    var dp = dy0 * v0 + dy1 * v1 + dy2 * v2 + dy3 * v3;
    if (max(HEAD_DIM, VALUE_DIM) > BLOCK_DIMS) {
      for (var n = 0u; n < VALUE_DIM / 4u - v_own; n++) {
        let c = select(n + 4u, n, n < 4u * chunk);
        dp += dy[slope + c] * values(v_at + c);
      }
    }
    let p = select(vec4<f32>(), exp(scores - statistics[2u * row]), rows < vec4<u32>(u32(statistics[2u * row + 1u])));
    let ds = p * (dp - delta[row]);
    dk0 += outer(ds, q0);
    dk1 += outer(ds, q1);
    dk2 += outer(ds, q2);
    dk3 += outer(ds, q3);
    dv0 += outer(p, dy0);
    dv1 += outer(p, dy1);
    dv2 += outer(p, dy2);
    dv3 += outer(p, dy3);
  }

  var dk_blocks = array<mat4x4<f32>, 4>(dk0, dk1, dk2, dk3);
  var dv_blocks = array<mat4x4<f32>, 4>(dv0, dv1, dv2, dv3);
  for (var r = 0u; r < min(BLOCK_ROWS, KEYS - first); r++) {
    let row = (batch * KEYS + first + r) * HEADS + head;
    for (var c = 0u; c < BLOCK_DIMS / 4u; c++) {
      let dim = chunk * BLOCK_DIMS + 4u * c;
      if (dim < HEAD_DIM) { store_dk((row * HEAD_DIM + dim) / 4u, dk_blocks[c][r] * factor); }
      if (dim < VALUE_DIM) { store_dv((row * VALUE_DIM + dim) / 4u, dv_blocks[c][r]); }
    }
  }
}
