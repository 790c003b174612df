/**
 * borch on WebGPU. Every step is one recording, `compiled`, as its users train.
 *
 * What a recording reads and nobody writes is computed once and left out of later steps. So products and convolutions
 * get their inputs anew, each time, as arguments.
 */
import * as borch from "borch";
import {
  CHANNELS_FIRST,
  CONVOLVED,
  OUTPUTS_FIRST,
  outputsFirst,
  outputsLast,
  resultsOf,
  serve,
  stages,
  turned,
} from "./bench.js";

const { Tensor, compiled, keepAlive, noGrad, optim, nn } = borch;
const { functional } = nn;

const arrayOf = ({ data, shape }, options = {}) => keepAlive(Tensor.from(Float32Array.from(data), shape, options));
const classesOf = (array) => arrayOf(array, { dtype: "int64" });
const first = (array) => arrayOf(turned(array, CHANNELS_FIRST));

/** One computation, again and again. */
function repeated(names, compute, inputs, back = {}) {
  const step = compiled(compute);
  let kept = [];
  return {
    async run(times) {
      for (let i = 0; i < times; i++) kept = await step.call(...inputs);
      await kept.at(-1).sum().toArray();
    },
    async results() {
      const found = await Promise.all(kept.map(async (each) => ({ data: await each.toArray(), shape: each.shape })));
      return resultsOf(names, found, back);
    },
  };
}

function matmul({ arrays, settings: { form } }) {
  const turn = (x, letter) => (letter === "t" ? x.transpose() : x);
  const product = (a, b) => noGrad(() => [turn(a, form[0]).matmul(turn(b, form[1]))]);
  return repeated(["y"], product, [arrayOf(arrays.a), arrayOf(arrays.b)]);
}

function convolution({ arrays, settings: { backward } }) {
  const inputs = [first(arrays.x), arrayOf(turned(arrays.w, OUTPUTS_FIRST))];
  if (!backward) return repeated(["y"], (x, w) => noGrad(() => [x.conv2d(w, null, 1, 1)]), inputs, CONVOLVED);
  const both = (x, w, dy) => {
    const given = [x, w].map((each) => each.detach().requiresGrad_());
    const y = given[0].conv2d(given[1], null, 1, 1);
    y.backward(dy);
    return [y, ...given.map((each) => each.grad)];
  };
  return repeated(["y", "dx", "dw"], both, [...inputs, first(arrays.dy)], CONVOLVED);
}

/** Steps of an optimiser on `loss(parameters)`. */
function training({ arrays, parameters, settings: { optimiser, rate, momentum = 0, decay } }, loss) {
  const p = Object.fromEntries(
    parameters.map((name) => [name, arrayOf(outputsFirst(arrays[name]), { requiresGrad: true })]),
  );
  const all = Object.values(p);
  const chosen = {
    sgd: () => new optim.SGD(all, rate, momentum),
    adam: () => new optim.Adam(all, rate),
    adamw: () => new optim.AdamW(all, rate, [0.9, 0.999], 1e-8, decay),
  }[optimiser]();
  const step = compiled(() => {
    chosen.zeroGrad();
    const value = loss(p);
    value.backward();
    chosen.step();
    return value;
  });
  return {
    async run(times) {
      let value;
      for (let i = 0; i < times; i++) value = await step.call();
      return (await value.toArray())[0];
    },
    async results() {
      const read = async (name) => [name, outputsLast({ data: await p[name].toArray(), shape: p[name].shape })];
      return Object.fromEntries(await Promise.all(parameters.map(read)));
    },
  };
}

const linear = (x, p, name) => x.matmul(p[`${name}.weight`]).add(p[`${name}.bias`]);

function perceptron(work) {
  const images = arrayOf(work.arrays.images);
  const labels = classesOf(work.arrays.labels);
  return training(work, (p) =>
    linear(linear(images, p, "network.layers.0").unary("relu"), p, "network.layers.1").crossEntropy(labels),
  );
}

function resnet(work) {
  const pictures = first(work.arrays.images);
  const labels = classesOf(work.arrays.labels);
  function layer(x, p, name, stride = 1, relu = false) {
    const weight = p[`${name}.conv.weight`];
    const y = x.conv2d(weight, null, stride, Math.floor(weight.shape[2] / 2));
    return y.batchNormFused(p[`${name}.norm.weight`], p[`${name}.norm.bias`], 1e-5, relu).out;
  }
  return training(work, (p) => {
    let x = layer(pictures, p, "stem", 1, true);
    for (const [n, { inputs, outputs }] of stages(work.settings.widths).entries()) {
      const stride = inputs === outputs ? 1 : 2;
      const y = layer(layer(x, p, `blocks.${n}.first`, stride, true), p, `blocks.${n}.second`);
      x = y.add(inputs === outputs ? x : layer(x, p, `blocks.${n}.shortcut`, stride)).unary("relu");
    }
    const [images, features, height, width] = x.shape;
    return linear(x.reshape([images, features, height * width]).mean(2), p, "head").crossEntropy(labels);
  });
}

function gpt(work) {
  const { layers, batch, length, width, heads } = work.settings;
  const rows = batch * length;
  const tokens = classesOf(work.arrays.tokens);
  const targets = classesOf({ ...work.arrays.targets, shape: [rows] });
  const normalised = (x, p, name) => x.layerNormNative(p[`${name}.weight`], p[`${name}.bias`], 1e-5);
  const split = (x) => x.reshape([batch, length, heads, width / heads]).permute([0, 2, 1, 3]);
  function attention(x, p, name) {
    const [q, k, v] = linear(x, p, `${name}.qkv`).chunk(3, 1).map(split);
    const seen = functional.scaledDotProductAttention(q, k, v, null, 0, true);
    return linear(seen.permute([0, 2, 1, 3]).reshape([rows, width]), p, `${name}.out`);
  }
  return training(work, (p) => {
    let x = nn.embedding(tokens, p["tokens.weight"]).add(p["positions.weight"]).reshape([rows, width]);
    for (let n = 0; n < layers; n++) {
      x = x.add(attention(normalised(x, p, `blocks.${n}.norm1`), p, `blocks.${n}.attention`));
      const hidden = linear(normalised(x, p, `blocks.${n}.norm2`), p, `blocks.${n}.expand`).geluTanh();
      x = x.add(linear(hidden, p, `blocks.${n}.contract`));
    }
    return normalised(x, p, "norm").matmul(p["head.weight"]).crossEntropy(targets);
  });
}

serve({
  /** Most of it, on a software adapter, is a measurement of how it should wait for the GPU. */
  open: () => borch.init(),
  build: async (work) => ({ matmul, convolution, perceptron, resnet, gpt })[work.kind](work),
});
