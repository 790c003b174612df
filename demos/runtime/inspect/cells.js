/**
 * One number of a model's graph from those that it is computed from, back to what is stored: as NumPy defines each op,
 * in double precision.
 *
 * In: a graph as the build wrote it (site_builder/record/formulas.py), and the arrays of what is stored. Out: numbers,
 * and the cells that a cell is computed from. It knows nothing of devices and of what is shown.
 */
import { sizeOf } from "../common/data.js";

/** @typedef {import("../types.d.ts").FormulaNode} FormulaNode */
/** An element of a node's value, by its place in row-major order. @typedef {{ node: number, at: number }} Cell */

/** @param {number[]} shape @param {number} at @returns {number[]} an index for each axis */
export function indicesOf(shape, at) {
  const indices = new Array(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    indices[axis] = at % shape[axis];
    at = Math.floor(at / shape[axis]);
  }
  return indices;
}

/** @param {number[]} shape @param {number[]} indices */
const flat = (shape, indices) => indices.reduce((at, index, axis) => at * shape[axis] + index, 0);

const sigmoid = (/** @type {number} */ x) => 1 / (1 + Math.exp(-x));

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
  tanh: Math.tanh,
  sigmoid,
  relu: (x) => Math.max(x, 0),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gelu: (x) => x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)),
  absolute: Math.abs,
  sign: Math.sign,
  square: (x) => x * x,
  stop_gradient: (x) => x,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power: (a, b) => a ** b,
  floor_divide: (a, b) => (b === 0 ? a : Math.floor(a / b)),
  modulo: (a, b) => (b === 0 ? 0 : a % b),
  maximum: Math.max,
  minimum: Math.min,
  less: (a, b) => Number(a < b),
  less_equal: (a, b) => Number(a <= b),
  equal: (a, b) => Number(a === b),
  not_equal: (a, b) => Number(a !== b),
  where: (condition, a, b) => (condition !== 0 ? a : b),
};
export const isElementwise = (/** @type {string} */ op) => op === "cast" || Object.hasOwn(ELEMENTWISE, op);

/** Of several cells one number. @type {Record<string, (x: number[], at: number) => number>} */
const REDUCTIONS = {
  sum: (x) => x.reduce((a, b) => a + b, 0),
  max: (x) => x.reduce((a, b) => (Number.isNaN(a) || a > b ? a : b), -Infinity),
  argmax: (x) => x.indexOf(Math.max(...x)),
  argmin: (x) => x.indexOf(Math.min(...x)),
  logsumexp,
  softmax: (x, at) => Math.exp(x[at] - logsumexp(x)),
};
/** Of the last axis of their operand. */
const ALONG_ROWS = new Set(["softmax", "logsumexp"]);

/** @param {number[]} x */
function logsumexp(x) {
  const top = Math.max(...x);
  return Number.isFinite(top) ? top + Math.log(x.reduce((sum, each) => sum + Math.exp(each - top), 0)) : top;
}

export class Cells {
  /** @type {Map<number, number>[]} */
  #known;

  /** @param {FormulaNode[]} nodes @param {Record<string, ArrayLike<number>>} arrays by the names that nodes read */
  constructor(nodes, arrays) {
    this.nodes = nodes;
    this.arrays = arrays;
    this.#known = nodes.map(() => new Map());
  }

  /** @param {Cell} cell @returns {number} NaN for what is drawn at random or not followed */
  value({ node, at }) {
    const known = this.#known[node].get(at);
    if (known !== undefined) return known;
    const value = this.#compute({ node, at });
    this.#known[node].set(at, value);
    return value;
  }

  /** @param {Cell} cell @returns {number} */
  #compute(cell) {
    const { op, of, name, value, dtype } = this.nodes[cell.node];
    if (op === "read") return this.arrays[name ?? ""]?.[cell.at] ?? NaN;
    if (op === "constant") return Number(value);
    if (op === "iota") return cell.at;
    if (op === "cast") {
      const x = this.value({ node: of[0], at: cell.at });
      return dtype === "u32" ? Math.min(2 ** 32 - 256, Math.max(0, Math.trunc(x) || 0)) : x;
    }
    if (isElementwise(op)) return ELEMENTWISE[op](...of.map((node) => this.value({ node, at: cell.at })));
    const moved = this.moved(cell);
    if (moved !== undefined) return moved ? this.value(moved) : 0;
    const pairs = this.products(cell);
    if (pairs) return pairs.reduce((sum, [a, b]) => sum + this.value(a) * this.value(b), 0);
    const row = this.gathered(cell);
    return row
      ? REDUCTIONS[op](
          row.map((each) => this.value(each)),
          this.placeInRow(cell),
        )
      : NaN;
  }

  /**
   * @param {Cell} cell of an op that only moves elements
   * @returns {Cell | null | undefined} where it comes from; null: from nowhere, it is a zero around; undefined: it
   *   does not only move
   */
  moved({ node, at }) {
    const { op, of, shape, axes = [], starts = [], before = [], axis = 0 } = this.nodes[node];
    if (op === "reshape") return { node: of[0], at };
    const from = of.length ? this.nodes[of[0]].shape : [];
    const here = indicesOf(shape, at);
    /** @param {number[]} indices */
    const there = (indices) => ({ node: of[0], at: flat(from, indices) });
    switch (op) {
      case "broadcast":
        return there(from.map((size, k) => (size === 1 ? 0 : here[k + here.length - from.length])));
      case "transpose":
        return there(from.map((_, k) => here[axes.indexOf(k)]));
      case "slice":
        return there(here.map((index, k) => index + starts[k]));
      case "pad": {
        const inside = here.map((index, k) => index - before[k]);
        return inside.every((index, k) => index >= 0 && index < from[k]) ? there(inside) : null;
      }
      case "concatenate":
        for (const part of of) {
          const size = this.nodes[part].shape;
          if (here[axis] < size[axis]) return { node: part, at: flat(size, here) };
          here[axis] -= size[axis];
        }
        return null;
      case "gather": {
        const rows = this.nodes[of[1]].shape;
        const row = Math.min(this.value({ node: of[1], at: flat(rows, here.slice(0, rows.length)) }), from[0] - 1);
        return there([row, ...here.slice(rows.length)]);
      }
      default:
        return undefined;
    }
  }

  /** @param {Cell} cell @returns {[Cell, Cell][] | undefined} of a product of matrices: what is multiplied, in order */
  products({ node, at }) {
    const { op, of, shape, form } = this.nodes[node];
    if (op !== "matmul" && op !== "batched_matmul") return undefined;
    const [left, right] = of.map((each) => this.nodes[each].shape);
    const here = indicesOf(shape, at);
    const [i, j] = here.slice(-2);
    const inner = left[left.length - (form === "tn" ? 2 : 1)];
    /** @param {number[]} size @param {number[]} last */
    const within = (size, last) => {
      const batch = here.slice(0, -2).slice(here.length - size.length);
      return flat(size, [...batch.map((index, k) => Math.min(index, size[k] - 1)), ...last]);
    };
    return Array.from({ length: inner }, (_, k) => [
      { node: of[0], at: within(left, form === "tn" ? [k, i] : [i, k]) },
      { node: of[1], at: within(right, form === "nt" ? [j, k] : [k, j]) },
    ]);
  }

  /** @param {Cell} cell @returns {Cell[] | undefined} of a reduction: all that it is made of, in order */
  gathered({ node, at }) {
    const { op, of, shape, axes } = this.nodes[node];
    if (!Object.hasOwn(REDUCTIONS, op)) return undefined;
    const from = this.nodes[of[0]].shape;
    if (ALONG_ROWS.has(op)) {
      const size = from[from.length - 1];
      const start = op === "softmax" ? at - (at % size) : at * size;
      return Array.from({ length: size }, (_, k) => ({ node: of[0], at: start + k }));
    }
    const along = new Set(axes);
    const kept = from.map((_, axis) => axis).filter((axis) => !along.has(axis));
    const here = shape.length === kept.length ? indicesOf(shape, at) : kept.map((axis) => indicesOf(shape, at)[axis]);
    const over = from.filter((_, axis) => along.has(axis));
    return Array.from({ length: sizeOf(over) }, (_, k) => {
      const inside = indicesOf(over, k);
      let [next, fixed] = [0, 0];
      return {
        node: of[0],
        at: flat(
          from,
          from.map((_, axis) => (along.has(axis) ? inside[next++] : here[fixed++])),
        ),
      };
    });
  }

  /** @param {Cell} cell of a softmax: which of its row it is */
  placeInRow({ node, at }) {
    const { shape } = this.nodes[node];
    return at % (shape[shape.length - 1] || 1);
  }
}

/** @param {FormulaNode[]} nodes @param {number} root @returns {string[]} the names of all that it is computed from */
export function namesUnder(nodes, root) {
  const seen = new Set([root]);
  for (const node of seen) for (const each of nodes[node].of) seen.add(each);
  return [...new Set([...seen].flatMap((node) => nodes[node].name ?? []))];
}
