/**
 * 4×4 matrices, four columns in registers.
 *
 * A product is summed up column by column, in this order always: the same bits everywhere.
 */
import { constant, isConstant, node, shuffle } from "./nodes.js";
import { register, splat } from "./vectors.js";
import { MATRIX, VEC4F, computed } from "./types.js";

/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Value} Value */
/** @typedef {import("./context.js").Context} Context */

/** @param {Node} a @param {Node} b @returns {Node} */
function product(a, b) {
  return node("f32x4.mul", "v128", [a, b]);
}

/** @param {Node} a a leaf @param {number} lane @returns {Node} four times that number of it */
function repeated(a, lane) {
  return isConstant(a) ? constant(new Array(4).fill(a.lanes[lane])) : shuffle(a, a, new Array(4).fill(lane));
}

/**
 * Σ column · number of `by`, added to `start` if there is one.
 * @param {Node[]} columns @param {Node} by @param {Node} [start] @returns {Node}
 */
function combined(columns, by, start) {
  return columns.reduce(
    (sum, column, i) => {
      const term = product(column, repeated(by, i));
      return sum ? node("f32x4.add", "v128", [sum, term]) : term;
    },
    /** @type {any} */ (start),
  );
}

/** @param {Context} context @param {Node[]} columns @returns {Node[]} */
export function transposed(context, columns) {
  const [a, b, c, d] = columns.map((each) => context.shared(each));
  const pair = (/** @type {Node} */ x, /** @type {Node} */ y, /** @type {number[]} */ lanes) =>
    context.shared(shuffle(x, y, lanes));
  const low = [pair(a, b, [0, 4, 1, 5]), pair(c, d, [0, 4, 1, 5])];
  const high = [pair(a, b, [2, 6, 3, 7]), pair(c, d, [2, 6, 3, 7])];
  return [low, high].flatMap(([x, y]) => [shuffle(x, y, [0, 1, 4, 5]), shuffle(x, y, [2, 3, 6, 7])]);
}

/**
 * @param {Context} context @param {string} operator @param {Value} a @param {Value} b one of them a matrix, the other
 * one, a number, or a vector of four @returns {Value | null} null where there is no such operator
 */
export function matricial(context, operator, a, b) {
  if (a.type === MATRIX && b.type === MATRIX && (operator === "+" || operator === "-")) {
    const op = operator === "+" ? "f32x4.add" : "f32x4.sub";
    return computed(
      MATRIX,
      a.nodes.map((column, i) => node(op, "v128", [column, b.nodes[i]])),
    );
  }
  if (operator !== "*") return null;
  const shared = (/** @type {Node[]} */ nodes) => nodes.map((each) => context.shared(each));
  if (a.type === MATRIX && b.type === MATRIX) return multiplied(context, a, b, []);
  if (a.type === MATRIX && b.type === VEC4F)
    return computed(VEC4F, [combined(shared(a.nodes), context.shared(register(b)))]);
  if (a.type === VEC4F && b.type === MATRIX) {
    return computed(VEC4F, [combined(shared(transposed(context, b.nodes)), context.shared(register(a)))]);
  }
  const [matrix, number] = a.type === MATRIX ? [a, b] : [b, a];
  if (number.type.kind !== "scalar") return null;
  const factor = context.shared(splat(number.nodes[0]));
  return computed(
    MATRIX,
    matrix.nodes.map((column) => product(column, factor)),
  );
}

/**
 * start + a b, or a b where `start` is empty.
 * @param {Context} context @param {Value} a @param {Value} b @param {Node[]} start
 */
export function multiplied(context, a, b, start) {
  const columns = a.nodes.map((each) => context.shared(each));
  return computed(
    MATRIX,
    b.nodes.map((column, i) => combined(columns, context.shared(column), start[i])),
  );
}
