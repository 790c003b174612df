/**
 * What is known of the network's weights and units, by their layer and place, and how each is put into words.
 *
 * In: a demo whose plan has parameters network.layers.N.weight and .bias, their .gradient, and probe.N, what enters the
 * units of layer N at the probe. Out: numbers and words. What enters and leaves is read from the GPU; here it is only
 * written down.
 */
import { fixed, numeral, percent } from "../runtime/index.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/** An edge, or with from = -1 a unit. @typedef {{ layer: number, from: number, to: number }} Place */

export const LAYERS = 4;
const DIGITS = "₀₁₂₃₄₅₆₇₈₉";
/** @type {Record<string, (z: number) => number>} */
const BENDS = { tanh: Math.tanh, relu: (z) => Math.max(z, 0), none: (z) => z };
/** @type {Record<string, string>} */
const WORDS = { tanh: "tanh", relu: "ReLU", none: "" };

export const READS = [0, 1, 2, 3].flatMap((n) => [
  `probe.${n}`,
  ...["weight", "bias"].flatMap((part) => [`network.layers.${n}.${part}`, `network.layers.${n}.${part}.gradient`]),
]);

const sub = (/** @type {number} */ n) => DIGITS[n];
const signed = (/** @type {number} */ value) => (value < 0 ? "−" : "+");

/** What the demo knows now, by layer and place. @param {Demo} demo */
export function reading(demo) {
  const bend = `${demo.control("activation") ?? "tanh"}`;
  const size = (/** @type {number} */ column) =>
    column === 0 ? 2 : (demo.shape(`network.layers.${column - 1}.bias`)[0] ?? 0);
  const entering = (/** @type {number} */ column, /** @type {number} */ k) => demo.number(`probe.${column - 1}`, k);
  /** @param {number} column of units, 0 is the input @param {number} k */
  const out = (column, k) => {
    if (column === 0) return Number(demo.control(k ? "probe_y" : "probe_x"));
    return column === LAYERS ? entering(column, k) : BENDS[bend](entering(column, k));
  };
  const parameter = (/** @type {string} */ name, /** @type {number} */ index) => ({
    value: demo.number(name, index),
    gradient: demo.number(`${name}.gradient`, index),
  });
  return {
    bend,
    size,
    out,
    entering,
    weight: (/** @type {number} */ layer, /** @type {number} */ from, /** @type {number} */ to) =>
      parameter(`network.layers.${layer}.weight`, from * size(layer + 1) + to),
    bias: (/** @type {number} */ layer, /** @type {number} */ to) => parameter(`network.layers.${layer}.bias`, to),
  };
}

/** @param {number} column @param {number} k */
export const name = (column, k) =>
  column === 0 ? `x${sub(k + 1)}` : column === LAYERS ? "f" : `h${sub(column)}.${sub(k + 1)}`;

/** @param {number} gradient of a parameter */
const push = (gradient) =>
  Math.abs(gradient) < 1e-12 ? "no step will move it" : `going downhill ${gradient > 0 ? "lowers" : "raises"} it`;

/** @param {Demo} demo @param {Place} place @returns {string[]} what it is, in lines */
export function describe(demo, { layer, from, to }) {
  if (from >= 0) return describeWeight(demo, layer, from, to);
  if (layer >= 0) return describeUnit(demo, layer, to);
  const now = fixed(reading(demo).out(0, to));
  return [`Input ${name(0, to)} = ${now}: where the ring is. Move over the plane, or use the sliders.`];
}

/** @param {Demo} demo @param {number} layer @param {number} from @param {number} to */
function describeWeight(demo, layer, from, to) {
  const { out, weight } = reading(demo);
  const { value, gradient } = weight(layer, from, to);
  const [source, enters] = [name(layer, from), out(layer, from)];
  return [
    `Weight from ${source} to ${name(layer + 1, to)}: w = ${numeral(value)}`,
    `Gradient ∂L/∂w = ${numeral(gradient)}: ${push(gradient)}.`,
    `At the ring it carries w ${source} = ${fixed(value)} × ${fixed(enters)} = ${fixed(value * enters)}.`,
  ];
}

/** @param {Demo} demo @param {number} layer @param {number} to */
function describeUnit(demo, layer, to) {
  const { bend, size, out, entering, weight, bias } = reading(demo);
  const { value, gradient } = bias(layer, to);
  const terms = Array.from({ length: size(layer) }, (_, k) => {
    const [w, x] = [weight(layer, k, to).value, out(layer, k)];
    return `${k || w < 0 ? `${signed(w)} ` : ""}${fixed(Math.abs(w))}·${x < 0 ? `(${fixed(x)})` : fixed(x)}`;
  });
  const sum = `${terms.join(" ")} ${signed(value)} ${fixed(Math.abs(value))}`;
  const z = entering(layer + 1, to);
  const last = layer === LAYERS - 1;
  const word = last ? "" : WORDS[bend];
  const said = `: ${z > 0 ? "orange" : "blue"}, with probability ${percent(1 / (1 + Math.exp(-Math.abs(z))))}`;
  return [
    `${name(layer + 1, to)} = ${word ? `${word}(${sum})` : sum}`,
    word ? `= ${word}(${fixed(z)}) = ${fixed(out(layer + 1, to))}` : `= ${fixed(z)}${last ? said : ""}`,
    `Its bias is ${numeral(value)}, with gradient ${numeral(gradient)}: ${push(gradient)}.`,
  ];
}
