/**
 * What each op makes of the numbers that one element is computed from: as NumPy defines it, in double precision.
 *
 * In: numbers. Out: a number. Where the numbers lie, cells.js knows.
 */

/** Of the last axis of their operand, or of one of its columns; those that give it back keep the shape. */
export const ALONG_ROWS = new Set(["logsumexp", "layer_norm_rstd", "rms_norm_rstd", "cross_entropy"]);
export const ROW_BY_ROW = new Set(["softmax", "layer_norm", "rms_norm"]);
export const POOLS = new Set(["max_pool", "average_pool"]);
/** What they want beside those numbers is one of their second operand: an epsilon, a label. */
export const TWO_PARTS = new Set([
  ...["layer_norm", "rms_norm", "layer_norm_rstd", "rms_norm_rstd", "batch_norm", "cross_entropy"],
]);
export const COMPARISONS = new Set(["less", "less_equal", "equal", "not_equal"]);

/** @param {number} x */
function sigmoid(x) {
  const e = Math.exp(-Math.abs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

/** To even, where two are as near. @param {number} x */
function round(x) {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 ? below + 1 : below;
}

/** With the sign of b. @param {number} a @param {number} b */
function remainder(a, b) {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** @param {number} a @param {number} b IEEE 754's pow, of which JavaScript leaves out what 1 to any power is */
const power = (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b);

/** By its Taylor series, whose terms are all of one sign with e^-x² taken out. @param {number} x */
function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [sum, term] = [x, x];
  for (let n = 1; n < 150; n++) sum += term *= (2 * x * x) / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const GELU = 2 * Math.sqrt(2 / Math.PI);

/** @param {number} wide */
function geluSlope(wide) {
  const x = Number.isNaN(wide) ? wide : Math.min(20, Math.max(-20, wide));
  const s = sigmoid(GELU * (x + 0.044715 * x ** 3));
  return s + x * s * (1 - s) * GELU * (1 + 3 * 0.044715 * x * x);
}

/** @type {Record<string, (...x: number[]) => number>} */
const ELEMENTWISE = {
  negate: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  expm1: Math.expm1,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  atan2: Math.atan2,
  exp2: (x) => 2 ** x,
  log2: Math.log2,
  erf,
  tanh: Math.tanh,
  sigmoid,
  relu: (x) => Math.max(x, 0),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gelu: (x) => x * sigmoid(GELU * (x + 0.044715 * x ** 3)),
  gelu_slope: geluSlope,
  absolute: Math.abs,
  sign: Math.sign,
  square: (x) => x * x,
  round,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  isnan: (x) => Number(Number.isNaN(x)),
  isfinite: (x) => Number(Number.isFinite(x)),
  stop_gradient: (x) => x,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power,
  floor_divide: (a, b) => Math.floor(a / b),
  modulo: remainder,
  maximum: Math.max,
  minimum: Math.min,
  less: (a, b) => Number(a < b),
  less_equal: (a, b) => Number(a <= b),
  equal: (a, b) => Number(a === b),
  not_equal: (a, b) => Number(a !== b),
  where: (condition, a, b) => (condition !== 0 ? a : b),
};
export const isElementwise = (/** @type {string} */ op) => op === "cast" || Object.hasOwn(ELEMENTWISE, op);

/** Between what f32 is cast to whole numbers. @type {Record<string, [number, number]>} */
const ENDS = { u32: [0, 2 ** 32 - 256], i32: [-(2 ** 31), 2 ** 31 - 128] };

/**
 * @param {string} op @param {import("../types.d.ts").DType} dtype of the result @param {number[]} x
 * @returns {number}
 */
export function elementOf(op, dtype, x) {
  if (dtype === "f32") return op === "cast" ? x[0] : ELEMENTWISE[op](...x);
  if (op === "cast") return Math.min(ENDS[dtype][1], Math.max(ENDS[dtype][0], Math.trunc(x[0]) || 0));
  if (x[1] === 0 && (op === "floor_divide" || op === "modulo")) return op === "modulo" ? 0 : x[0];
  const wrapped = op === "multiply" || op === "square" ? Math.imul(x[0], x[x.length - 1]) : ELEMENTWISE[op](...x);
  return dtype === "u32" ? wrapped >>> 0 : wrapped | 0;
}

/** @param {number[]} x @returns {number} NaN where one is */
function largest(x) {
  let found = -Infinity;
  for (const each of x) if (Number.isNaN(each) || each > found) found = each;
  return x.some(Number.isNaN) ? NaN : found;
}

/** @param {number[]} x @param {number} sign of the largest or the smallest @returns {number} the first NaN, if any */
function placeOf(x, sign) {
  const none = x.findIndex(Number.isNaN);
  if (none >= 0) return none;
  let place = 0;
  for (let i = 1; i < x.length; i++) if (sign * x[i] > sign * x[place]) place = i;
  return place;
}

/** @param {number[]} x */
const total = (x) => x.reduce((a, b) => a + b, 0);
/** @param {number[]} x */
const mean = (x) => total(x) / x.length;

/** @param {number[]} x */
function logsumexp(x) {
  const top = largest(x);
  return Number.isFinite(top) ? top + Math.log(total(x.map((each) => Math.exp(each - top)))) : top;
}

/** @param {number[]} x @param {number} at */
function softmax(x, at) {
  const top = largest(x);
  return Math.exp(x[at] - top) / total(x.map((each) => Math.exp(each - top)));
}

/** @param {number[]} x @param {number} label */
function crossEntropy(x, label) {
  const top = largest(x);
  return label < x.length ? Math.log(total(x.map((each) => Math.exp(each - top)))) - (x[label] - top) : NaN;
}

/** @param {number[]} x @param {number} epsilon */
function rstd(x, epsilon) {
  const middle = mean(x);
  return 1 / Math.sqrt(mean(x.map((each) => (each - middle) ** 2)) + epsilon);
}

/** @param {number[]} x @param {number} epsilon */
const rmsRstd = (x, epsilon) => 1 / Math.sqrt(mean(x.map((each) => each * each)) + epsilon);

/** @typedef {{ at: number, other: number, size: number }} Beside the numbers: place among them, epsilon, of a window */
/** Of several numbers one. @type {Record<string, (x: number[], beside: Beside) => number>} */
const REDUCTIONS = {
  sum: total,
  max: largest,
  argmax: (x) => placeOf(x, 1),
  argmin: (x) => placeOf(x, -1),
  logsumexp,
  softmax: (x, { at }) => softmax(x, at),
  cross_entropy: (x, { other }) => crossEntropy(x, other),
  layer_norm: (x, { at, other }) => (x[at] - mean(x)) * rstd(x, other),
  layer_norm_rstd: (x, { other }) => rstd(x, other),
  rms_norm: (x, { at, other }) => x[at] * rmsRstd(x, other),
  rms_norm_rstd: (x, { other }) => rmsRstd(x, other),
  batch_norm: (x, { at, other }) => (x[at] - mean(x)) * rstd(x, other),
  max_pool: largest,
  average_pool: (x, { size }) => total(x) / size,
  global_norm: (x) => Math.sqrt(total(x.map((each) => each * each))),
};
export const isReduction = (/** @type {string} */ op) => Object.hasOwn(REDUCTIONS, op);

/** @param {string} op @param {number[]} x @param {Beside} beside @returns {number} */
export const reductionOf = (op, x, beside) => REDUCTIONS[op](x, beside);
