/**
 * jax-js, on WebGPU or, with `?wasm`, on WebAssembly. Each step is one jitted function.
 *
 * It is lazy: what nobody asks for is not computed. So every result of every repetition is waited for.
 */
import {
  blockUntilReady,
  defaultDevice,
  getWebGPUDevice,
  init,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
  vjp,
} from "@jax-js/jax";
import {
  CHANNELS_FIRST,
  CONVOLVED,
  oneHot,
  OUTPUTS_FIRST,
  outputsFirst,
  outputsLast,
  resultsOf,
  serve,
  stages,
  turned,
} from "./bench.js";

const wasm = location.search === "?wasm";
const arrayOf = ({ data, shape }) => np.array(data, { dtype: np.float32 }).reshape(shape);
const rowsOf = ({ data }, classes) => np.array(oneHot(data, classes)).reshape([data.length, classes]);

async function finished() {
  if (!wasm) await getWebGPUDevice().queue.onSubmittedWorkDone();
}

/** One computation, again and again. */
function repeated(names, compute, inputs, back = {}) {
  const jitted = jit(compute);
  let kept = [];
  return {
    async run(times) {
      tree.dispose(kept);
      kept = Array.from({ length: times }, () => jitted(...inputs.map((x) => x.ref)));
      await blockUntilReady(kept);
      await finished();
    },
    async results() {
      const found = await Promise.all(
        kept[0].map(async (each) => ({ data: await each.ref.data(), shape: each.shape })),
      );
      return resultsOf(names, found, back);
    },
  };
}

function matmul({ arrays, settings: { form } }) {
  const product = (a, b) => [np.matmul(form[0] === "t" ? a.transpose() : a, form[1] === "t" ? b.transpose() : b)];
  return repeated(["y"], product, [arrayOf(arrays.a), arrayOf(arrays.b)]);
}

function convolution({ arrays, settings: { backward } }) {
  const forward = (x, w) => lax.conv(x, w, [1, 1], "SAME");
  const inputs = [arrayOf(turned(arrays.x, CHANNELS_FIRST)), arrayOf(turned(arrays.w, OUTPUTS_FIRST))];
  if (!backward) return repeated(["y"], (x, w) => [forward(x, w)], inputs, CONVOLVED);
  const both = (x, w, dy) => {
    const [y, pull] = vjp(forward, [x, w]);
    const [dx, dw] = pull(dy);
    pull.dispose();
    return [y, dx, dw];
  };
  return repeated(["y", "dx", "dw"], both, [...inputs, arrayOf(turned(arrays.dy, CHANNELS_FIRST))], CONVOLVED);
}

/** p - rate g. State: none. */
const sgd = ({ rate }) => ({
  start: () => [],
  update: (parameters, gradients) => [tree.map((p, g) => p.sub(g.mul(rate)), parameters, gradients), []],
});

/** p - rate v, where v is momentum v + g. State: v. */
const heavyBall = ({ rate, momentum }) => ({
  start: (parameters) => [zeros(parameters)],
  update(parameters, gradients, [v]) {
    v = tree.map((v, g) => v.mul(momentum).add(g), v, gradients);
    return [tree.map((p, v) => p.sub(v.mul(rate)), parameters, tree.ref(v)), [v]];
  },
});

/** Adam; with decay, AdamW. The corrections are moving averages of 1, so that no step number is uploaded. */
const adam = ({ rate, decay = 0 }) => ({
  start: (parameters) => [zeros(parameters), zeros(parameters), np.zeros([]), np.zeros([])],
  update(parameters, gradients, [m, v, c, d]) {
    c = c.mul(0.9).add(1 - 0.9);
    d = d.mul(0.999).add(1 - 0.999);
    m = tree.map((m, g) => m.mul(0.9).add(g.ref.mul(1 - 0.9)), m, tree.ref(gradients));
    v = tree.map((v, g) => v.mul(0.999).add(np.square(g).mul(1 - 0.999)), v, gradients);
    const moved = tree.map(
      (p, m, v) => {
        const step = m.div(c.ref).div(np.sqrt(v.div(d.ref)).add(1e-8));
        return p.mul(1 - rate * decay).sub(step.mul(rate));
      },
      parameters,
      tree.ref(m),
      tree.ref(v),
    );
    return [moved, [m, v, c, d]];
  },
});
const zeros = (parameters) => tree.map((p) => np.zeros(p.shape), parameters);

/** Steps of an optimiser on `loss(parameters, ...data)`. */
function training({ arrays, parameters, settings }, loss, data) {
  const descent = settings.momentum ? heavyBall(settings) : sgd(settings);
  const chosen = settings.optimiser === "sgd" ? descent : adam(settings);
  let p = Object.fromEntries(parameters.map((name) => [name, arrayOf(outputsFirst(arrays[name]))]));
  let state = chosen.start(p);
  const step = jit((p, state, ...data) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(p), ...data);
    const [next, changed] = chosen.update(p, gradients, state);
    return [value, next, changed];
  });
  return {
    async run(times) {
      let value;
      for (let i = 0; i < times; i++) {
        value?.dispose();
        [value, p, state] = step(p, state, ...data.map((x) => x.ref));
      }
      await blockUntilReady([value, p, state]);
      return (await value.data())[0];
    },
    async results() {
      const read = async (name) => [name, outputsLast({ data: await p[name].ref.data(), shape: p[name].shape })];
      return Object.fromEntries(await Promise.all(parameters.map(read)));
    },
  };
}

const crossEntropy = (logits, labels) => {
  const [rows] = logits.shape;
  return nn
    .logSoftmax(logits)
    .mul(labels)
    .sum()
    .mul(-1 / rows);
};
const linear = (x, p, name) => np.matmul(x, p[`${name}.weight`]).add(p[`${name}.bias`]);

function perceptron(work) {
  const {
    arrays,
    settings: { classes },
  } = work;
  const loss = (p, images, labels) =>
    crossEntropy(linear(nn.relu(linear(images, p, "network.layers.0")), p, "network.layers.1"), labels);
  return training(work, loss, [arrayOf(arrays.images), rowsOf(arrays.labels, classes)]);
}

function resnet(work) {
  const { arrays, settings } = work;
  /** Features stand second, and are normalised over all other axes. */
  function normalised(x, p, name) {
    const column = (array) => array.reshape([-1, 1, 1]);
    return nn
      .standardize(x, [0, 2, 3], { epsilon: 1e-5 })
      .mul(column(p[`${name}.weight`]))
      .add(column(p[`${name}.bias`]));
  }
  function layer(x, p, name, stride = 1) {
    const weight = p[`${name}.conv.weight`];
    const edge = Math.floor(weight.shape[2] / 2);
    const padding = [
      [edge, edge],
      [edge, edge],
    ];
    return normalised(lax.conv(x, weight, [stride, stride], padding), p, `${name}.norm`);
  }
  function loss(p, images, labels) {
    let x = nn.relu(layer(images, p, "stem"));
    for (const [n, { inputs, outputs }] of stages(settings.widths).entries()) {
      const stride = inputs === outputs ? 1 : 2;
      const y = layer(nn.relu(layer(x.ref, p, `blocks.${n}.first`, stride)), p, `blocks.${n}.second`);
      x = nn.relu(y.add(inputs === outputs ? x : layer(x, p, `blocks.${n}.shortcut`, stride)));
    }
    return crossEntropy(linear(x.mean([2, 3]), p, "head"), labels);
  }
  const images = arrayOf(turned(arrays.images, CHANNELS_FIRST));
  return training(work, loss, [images, rowsOf(arrays.labels, settings.classes)]);
}

const normalised = (x, p, name) =>
  nn.standardize(x, -1, { epsilon: 1e-5 }).mul(p[`${name}.weight`]).add(p[`${name}.bias`]);

function gpt(work) {
  const {
    arrays,
    settings: { layers, batch, length, width, heads, tokens: vocabulary },
  } = work;
  const rows = batch * length;
  function attention(x, p, name) {
    const qkv = linear(x, p, `${name}.qkv`).reshape([batch, length, 3, heads, width / heads]);
    const [q, k, v] = [qkv.ref.slice([], [], 0), qkv.ref.slice([], [], 1), qkv.slice([], [], 2)];
    return linear(nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([rows, width]), p, `${name}.out`);
  }
  function loss(p, tokens, targets) {
    let x = np
      .matmul(tokens, p["tokens.weight"])
      .reshape([batch, length, width])
      .add(p["positions.weight"])
      .reshape([rows, width]);
    for (let n = 0; n < layers; n++) {
      x = x.ref.add(attention(normalised(x, p, `blocks.${n}.norm1`), p, `blocks.${n}.attention`));
      const hidden = nn.gelu(linear(normalised(x.ref, p, `blocks.${n}.norm2`), p, `blocks.${n}.expand`));
      x = x.add(linear(hidden, p, `blocks.${n}.contract`));
    }
    return crossEntropy(np.matmul(normalised(x, p, "norm"), p["head.weight"]), targets);
  }
  return training(work, loss, [rowsOf(arrays.tokens, vocabulary), rowsOf(arrays.targets, vocabulary)]);
}

serve({
  async open() {
    await init(wasm ? "wasm" : "webgpu");
    defaultDevice(wasm ? "wasm" : "webgpu");
  },
  build: async (work) => ({ matmul, convolution, perceptron, resnet, gpt })[work.kind](work),
});
