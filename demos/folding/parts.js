/**
 * What is known of the network's weights and units, by their layer and place, and how each is put into words.
 *
 * In: a demo whose plan has parameters, gradients and probed, each all numbers of the network in a row: what its
 * parameters are, how the loss depends on them, and what enters its units at the probe. Out: numbers and words. What
 * enters and leaves is read from the device; here it is only written down.
 */
import { fixed, numeral, percent } from "../runtime/index.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/** An edge, or with from = -1 a unit. @typedef {{ layer: number, from: number, to: number }} Place */

export const READS = ["parameters", "gradients", "probed"];
export const WIDE = 8; // units of a hidden layer that is not the last, as in model.py
const DIGITS = "₀₁₂₃₄₅₆₇₈₉";
// By their number in model.py.
const BENDS = [Math.tanh, (/** @type {number} */ z) => Math.max(z, 0), (/** @type {number} */ z) => z];
export const BEND_NAMES = ["tanh", "ReLU", ""];

const sub = (/** @type {number} */ n) => DIGITS[n];
const signed = (/** @type {number} */ value) => (value < 0 ? "−" : "+");

/** Where a reader may add up what is printed. @param {number} value */
const operand = (value) => fixed(value, 4);

/** How many units stand in each column, the input's first. @param {Demo} demo */
export function widthsOf(demo) {
  const layers = Number(demo.control("layers") ?? 3);
  return [2, ...new Array(layers - 1).fill(WIDE), Number(demo.control("last") ?? 2), 1];
}

/** Whether a unit is taken away. @param {Demo} demo @param {number} column @param {number} k */
export function isTaken(demo, column, k) {
  const widths = widthsOf(demo);
  return column > 0 && column < widths.length - 2 && k >= Number(demo.control("units") ?? WIDE);
}

/** What the demo knows now, by layer and place. @param {Demo} demo */
export function reading(demo) {
  const bend = Number(demo.control("activation") ?? 0);
  const widths = widthsOf(demo);
  const output = widths.length - 1;
  const size = (/** @type {number} */ column) => widths[column];
  /** @param {number} layer where its weights begin among all parameters */
  const start = (layer) => widths.slice(0, layer).reduce((sum, n, i) => sum + (n + 1) * widths[i + 1], 0);
  const before = (/** @type {number} */ column) => widths.slice(1, column).reduce((sum, n) => sum + n, 0);
  const entering = (/** @type {number} */ column, /** @type {number} */ k) => demo.number("probed", before(column) + k);
  /** @param {number} column of units, 0 is the input @param {number} k */
  const out = (column, k) => {
    if (column === 0) return Number(demo.control(k ? "probe_y" : "probe_x"));
    if (isTaken(demo, column, k)) return 0;
    return column === output ? entering(column, k) : BENDS[bend](entering(column, k));
  };
  const parameter = (/** @type {number} */ index) => ({
    value: demo.number("parameters", index),
    gradient: demo.number("gradients", index),
  });
  return {
    bend,
    widths,
    output,
    size,
    out,
    entering,
    weight: (/** @type {number} */ layer, /** @type {number} */ from, /** @type {number} */ to) =>
      parameter(start(layer) + from * size(layer + 1) + to),
    bias: (/** @type {number} */ layer, /** @type {number} */ to) =>
      parameter(start(layer) + size(layer) * size(layer + 1) + to),
  };
}

/** @param {Demo} demo @param {number} column @param {number} k */
export const name = (demo, column, k) =>
  column === 0 ? `x${sub(k + 1)}` : column === widthsOf(demo).length - 1 ? "f" : `h${sub(column)}.${sub(k + 1)}`;

/** @param {number} gradient of a parameter */
const push = (gradient) =>
  gradient === 0 ? "here the loss does not change with it" : `going downhill ${gradient > 0 ? "lowers" : "raises"} it`;

/** @param {Demo} demo @param {Place} place @returns {string[]} what it is, in lines */
export function describe(demo, { layer, from, to }) {
  if (from >= 0) return describeWeight(demo, layer, from, to);
  if (layer >= 0) return describeUnit(demo, layer, to);
  const now = fixed(reading(demo).out(0, to));
  return [`Input ${name(demo, 0, to)} = ${now}: where the ring is. Move over the plane, or use the sliders.`];
}

/** @param {Demo} demo @param {number} layer @param {number} from @param {number} to */
function describeWeight(demo, layer, from, to) {
  const { out, weight } = reading(demo);
  const { value, gradient } = weight(layer, from, to);
  const [source, enters] = [name(demo, layer, from), out(layer, from)];
  return [
    `Weight from ${source} to ${name(demo, layer + 1, to)}: w = ${numeral(value)}`,
    `Gradient ∂L/∂w = ${numeral(gradient)}: ${push(gradient)}.`,
    `At the ring it carries w ${source} = ${operand(value)} × ${operand(enters)} = ${fixed(value * enters)}.`,
  ];
}

/** @param {Demo} demo @param {number} layer @param {number} to */
function describeUnit(demo, layer, to) {
  const { bend, output, size, out, entering, weight, bias } = reading(demo);
  const unit = name(demo, layer + 1, to);
  const put = size(layer) < WIDE ? operand : (/** @type {number} */ each) => fixed(each, 3); // long sums lack the room
  if (isTaken(demo, layer + 1, to)) return [`${unit} is taken away: it gives 0 everywhere.`];
  const { value, gradient } = bias(layer, to);
  const terms = Array.from({ length: size(layer) }, (_, k) => {
    const [w, x] = [weight(layer, k, to).value, out(layer, k)];
    return `${k || w < 0 ? `${signed(w)} ` : ""}${put(Math.abs(w))}·${x < 0 ? `(${put(x)})` : put(x)}`;
  });
  const sum = `${terms.join(" ")} ${signed(value)} ${put(Math.abs(value))}`;
  const z = entering(layer + 1, to);
  const last = layer + 1 === output;
  const word = last ? "" : BEND_NAMES[bend];
  const said = `: ${z > 0 ? "orange" : "blue"}, with probability ${percent(1 / (1 + Math.exp(-Math.abs(z))))}`;
  return [
    `${unit} = ${word ? `${word}(${sum})` : sum}`,
    word ? `= ${word}(${operand(z)}) = ${fixed(out(layer + 1, to))}` : `= ${fixed(z)}${last ? said : ""}`,
    `Its bias is ${numeral(value)}, with gradient ${numeral(gradient)}: ${push(gradient)}.`,
  ];
}
