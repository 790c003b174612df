/** TensorFlow.js on its WebGPU backend, as its users write training: variables, variableGrads, optimisers, tidy. */
import "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { oneHot, serve, stages } from "./bench.js";

const tensorOf = ({ data, shape }) => tf.tensor(data, shape);
const linear = (x, p, name, activation = "linear") =>
  tf.fused.matMul({ a: x, b: p[`${name}.weight`], bias: p[`${name}.bias`], activation });

/** One computation, again and again. `compute` gives tensors by name; only the last ones are kept. */
function repeated(compute) {
  let kept = {};
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        tf.dispose(kept);
        kept = tf.tidy(compute);
      }
      const one = tf.tidy(() => Object.values(kept)[0].flatten().slice(0, 1));
      await one.data();
      one.dispose();
    },
    async results() {
      return Object.fromEntries(
        await Promise.all(Object.entries(kept).map(async ([name, tensor]) => [name, await tensor.data()])),
      );
    },
  };
}

function matmul({ arrays, settings: { form } }) {
  const a = tensorOf(arrays.a),
    b = tensorOf(arrays.b);
  return repeated(() => ({ y: tf.matMul(a, b, form[0] === "t", form[1] === "t") }));
}

function convolution({ arrays, settings: { backward } }) {
  const forward = (x, w) => tf.conv2d(x, w, 1, "same");
  const x = tensorOf(arrays.x),
    w = tensorOf(arrays.w);
  if (!backward) return repeated(() => ({ y: forward(x, w) }));
  const dy = tensorOf(arrays.dy);
  const both = tf.valueAndGrads(forward);
  return repeated(() => {
    const {
      value: y,
      grads: [dx, dw],
    } = both([x, w], dy);
    return { y, dx, dw };
  });
}

/** Steps of an optimiser on `loss(parameters)`. */
function training({ arrays, parameters, settings: { optimiser, rate, momentum, decay } }, loss) {
  const p = Object.fromEntries(parameters.map((name) => [name, tf.variable(tensorOf(arrays[name]), true, name)]));
  const descent = momentum ? tf.train.momentum(rate, momentum) : tf.train.sgd(rate);
  const chosen = optimiser === "sgd" ? descent : tf.train.adam(rate, 0.9, 0.999, 1e-8);
  const step = () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => loss(p));
      if (decay) for (const each of Object.values(p)) each.assign(each.mul(1 - rate * decay));
      chosen.applyGradients(grads);
      return value;
    });
  return {
    async run(times) {
      let value;
      for (let i = 0; i < times; i++) {
        value?.dispose();
        value = step();
      }
      const [found] = await value.data();
      value.dispose();
      return found;
    },
    async results() {
      return Object.fromEntries(await Promise.all(parameters.map(async (name) => [name, await p[name].data()])));
    },
  };
}

function perceptron(work) {
  const {
    arrays,
    settings: { classes },
  } = work;
  const images = tensorOf(arrays.images);
  const labels = tf.tensor(oneHot(arrays.labels.data, classes), [images.shape[0], classes]);
  return training(work, (p) => {
    const hidden = linear(images, p, "network.layers.0", "relu");
    return tf.losses.softmaxCrossEntropy(labels, linear(hidden, p, "network.layers.1"));
  });
}

/** @param {any} axes over which mean and variance are taken: features stand last */
function normalised(x, p, name, axes = -1) {
  const { mean, variance } = tf.moments(x, axes, true);
  return x
    .sub(mean)
    .mul(tf.rsqrt(variance.add(1e-5)))
    .mul(p[`${name}.weight`])
    .add(p[`${name}.bias`]);
}

function resnet(work) {
  const {
    arrays,
    settings: { widths, classes },
  } = work;
  const images = tensorOf(arrays.images);
  const labels = tf.tensor(oneHot(arrays.labels.data, classes), [images.shape[0], classes]);
  function layer(x, p, name, stride = 1) {
    const weight = p[`${name}.conv.weight`];
    const y = tf.conv2d(x, weight, stride, Math.floor(weight.shape[0] / 2));
    return normalised(y, p, `${name}.norm`, [0, 1, 2]);
  }
  return training(work, (p) => {
    let x = tf.relu(layer(images, p, "stem"));
    for (const [n, { inputs, outputs }] of stages(widths).entries()) {
      const stride = inputs === outputs ? 1 : 2;
      const y = layer(tf.relu(layer(x, p, `blocks.${n}.first`, stride)), p, `blocks.${n}.second`);
      x = tf.relu(y.add(inputs === outputs ? x : layer(x, p, `blocks.${n}.shortcut`, stride)));
    }
    return tf.losses.softmaxCrossEntropy(labels, linear(x.mean([1, 2]), p, "head"));
  });
}

function gelu(x) {
  const inner = x
    .mul(x)
    .mul(0.044715)
    .add(1)
    .mul(x)
    .mul(Math.sqrt(2 / Math.PI));
  return inner.tanh().add(1).mul(x).mul(0.5);
}

function gpt(work) {
  const {
    arrays,
    settings: { layers, batch, length, width, heads, tokens: vocabulary },
  } = work;
  const rows = batch * length,
    size = width / heads;
  const tokens = tf.tensor(oneHot(arrays.tokens.data, vocabulary), [rows, vocabulary]);
  const targets = tf.tensor(oneHot(arrays.targets.data, vocabulary), [rows, vocabulary]);
  const mask = tf.tensor(
    Float32Array.from({ length: length * length }, (_, i) => (i % length > Math.floor(i / length) ? -1e9 : 0)),
    [length, length],
  );
  const split = (x) => x.reshape([batch, length, heads, size]).transpose([0, 2, 1, 3]);
  function attention(x, p, name) {
    const [q, k, v] = tf.split(linear(x, p, `${name}.qkv`), 3, 1).map(split);
    const scores = tf
      .matMul(q, k, false, true)
      .mul(1 / Math.sqrt(size))
      .add(mask);
    const seen = tf.matMul(tf.softmax(scores), v).transpose([0, 2, 1, 3]).reshape([rows, width]);
    return linear(seen, p, `${name}.out`);
  }
  return training(work, (p) => {
    let x = tf
      .matMul(tokens, p["tokens.weight"])
      .reshape([batch, length, width])
      .add(p["positions.weight"])
      .reshape([rows, width]);
    for (let n = 0; n < layers; n++) {
      x = x.add(attention(normalised(x, p, `blocks.${n}.norm1`), p, `blocks.${n}.attention`));
      const hidden = gelu(linear(normalised(x, p, `blocks.${n}.norm2`), p, `blocks.${n}.expand`));
      x = x.add(linear(hidden, p, `blocks.${n}.contract`));
    }
    return tf.losses.softmaxCrossEntropy(targets, tf.matMul(normalised(x, p, "norm"), p["head.weight"]));
  });
}

serve({
  async open() {
    await tf.setBackend("webgpu");
    await tf.ready();
  },
  build: async (work) => ({ matmul, convolution, perceptron, resnet, gpt })[work.kind](work),
});
