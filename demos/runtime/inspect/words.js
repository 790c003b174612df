/**
 * What the inspector calls ops and numbers: for readers who know the mathematics and not the ops.
 *
 * In: an op, a cell's number. Out: words.
 */
import { numeral } from "../common/numbers.js";
import { TOO_MANY } from "./cells.js";

/** @typedef {import("./cells.js").Cells} Cells */
/** @typedef {import("./places.js").Cell} Cell */

/** How functions are written. @type {Record<string, string>} */
const WORDS = { relu: "ReLU", gelu: "GELU", log: "ln", maximum: "max", minimum: "min", absolute: "abs" };

/** @param {string} op */
export const written = (op) => WORDS[op] ?? op;

/** What a number is that has no name. @type {Record<string, string>} */
const PLAIN = {
  add: "a sum",
  subtract: "a difference",
  multiply: "a product",
  scale: "a product",
  divide: "a quotient",
  power: "a power",
  square: "a square",
  negate: "a number with its sign changed",
  sum: "a sum",
  matmul: "a sum of products",
  batched_matmul: "a sum of products",
  convolution: "a sum of products",
  grouped_convolution: "a sum of products",
  max: "the largest of some numbers",
  max_pool: "the largest of a window",
  average_pool: "the mean of a window",
  argmax: "the place of the largest",
  argmin: "the place of the smallest",
  softmax: "a share (softmax)",
  cross_entropy: "a cross-entropy",
  logsumexp: "ln of a sum of exponentials",
  global_norm: "the length of all together",
  layer_norm: "a normalised number",
  rms_norm: "a normalised number",
  batch_norm: "a normalised number",
  where: "one of two numbers",
  less: "1 if it is less, else 0",
  less_equal: "1 if it is no larger, else 0",
  equal: "1 if both are equal, else 0",
  not_equal: "1 if they differ, else 0",
  read: "what is stored",
  constant: "a constant",
  iota: "a place",
};

const DRAWN = new Set(["uniform", "normal", "random_index"]);

/** @param {string} op @returns {string} */
export const plainly = (op) => PLAIN[op] ?? (DRAWN.has(op) ? "a number drawn at random" : written(op));

/** @param {string} op @returns {string} why a number of it is not computed here, as the end of a sentence */
export function notFollowed(op) {
  if (op === TOO_MANY) return "computed from more numbers than are followed here";
  if (op === "read") return "stored where this demo does not read it";
  return DRAWN.has(op)
    ? "drawn at random, which is not followed here"
    : `computed by ${op}, which is not followed here`;
}

/** What stands before the numbers that a reduction is made of. @type {Record<string, string>} */
const REDUCED = {
  sum: "the sum of",
  max: "the largest of",
  argmax: "the place of the largest of",
  argmin: "the place of the smallest of",
  softmax: "eᶻ, divided by the sum of eᶻ over",
  logsumexp: "ln of the sum of eᶻ over",
  cross_entropy: "ln of the sum of eᶻ, less the label's z, over",
  layer_norm: "less the mean, divided by √(variance + ε), of",
  batch_norm: "less the mean, divided by √(variance + ε), of",
  layer_norm_rstd: "1 / √(variance + ε) of",
  rms_norm: "divided by √(mean of squares + ε), of",
  rms_norm_rstd: "1 / √(mean of squares + ε) of",
  max_pool: "the largest of",
  average_pool: "the mean of",
  global_norm: "√ of the sum of squares of",
};

/** @param {string} op */
export const reducedBy = (op) => REDUCED[op] ?? op;

/** @param {number} value */
export const worded = (value) => (Number.isNaN(value) ? "not a number" : numeral(value));

/** @param {Cells} cells @param {Cell} cell @returns {string} "?" where it is not followed */
export const numberOf = (cells, cell) => (cells.missing(cell) ? "?" : worded(cells.value(cell)));
