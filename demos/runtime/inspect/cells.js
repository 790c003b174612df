/**
 * One number of a model's graph from those that it is computed from, back to what is stored.
 *
 * In: a graph as the build wrote it (site_builder/record/formulas.py), and the arrays of what is stored. Out: numbers,
 * and the cells that a cell is computed from, as long as there are not too many. It knows nothing of devices and of
 * what is shown.
 */
import { sizeOf } from "../common/data.js";
import {
  ALONG_ROWS,
  elementOf,
  isElementwise,
  isReduction,
  POOLS,
  ROW_BY_ROW,
  reductionOf,
  TWO_PARTS,
} from "./definitions.js";
import { flat, indicesOf, movedFrom, productsOf, windowOf } from "./places.js";

/** @typedef {import("../types.d.ts").FormulaNode} FormulaNode */
/** @typedef {import("./places.js").Cell} Cell */

/** In place of an op that is not followed: more numbers than are asked for. */
export const TOO_MANY = "too many";

export class Cells {
  /** By node and place: the number, or the op that is not followed. @type {Map<number, number | string>[]} */
  #known;
  #left;

  /**
   * @param {FormulaNode[]} nodes @param {Record<string, ArrayLike<number>>} arrays by the names that nodes read
   * @param {number} most of the numbers that numbers are computed from, before it is given up
   */
  constructor(nodes, arrays, most = Infinity) {
    this.nodes = nodes;
    this.arrays = arrays;
    this.most = most;
    this.#left = most;
    this.#known = nodes.map(() => new Map());
  }

  /** @param {Cell} cell @param {number} value @returns {Cells} of the same model, but with this number in this place */
  changed(cell, value) {
    const cells = new Cells(this.nodes, this.arrays, this.most);
    cells.#known[cell.node].set(cell.at, value);
    return cells;
  }

  /** @param {Cell} cell @returns {number} NaN where `missing` says why there is none */
  value(cell) {
    const found = this.#found(cell);
    return typeof found === "number" ? found : NaN;
  }

  /** @param {Cell} cell @returns {string | undefined} the op that is not followed, on which its number hangs */
  missing(cell) {
    const found = this.#found(cell);
    return typeof found === "string" ? found : undefined;
  }

  /** Without recursion: a graph may be thousands of ops deep. @param {Cell} cell @returns {number | string} */
  #found(cell) {
    const waiting = [cell];
    for (let here = waiting[0]; waiting.length; here = waiting[waiting.length - 1]) {
      const known = this.#known[here.node];
      if (!known.has(here.at)) {
        const before = waiting.length;
        const needs = this.#needs(here);
        this.#left -= needs.length;
        if (this.#left < 0) return TOO_MANY;
        for (const each of needs) if (!this.#known[each.node].has(each.at)) waiting.push(each);
        if (waiting.length > before) continue;
        known.set(here.at, this.#compute(here, needs));
      }
      waiting.pop();
    }
    return this.#known[cell.node].get(cell.at) ?? NaN;
  }

  /** @param {Cell} cell @returns {Cell[]} that it is computed from, as far as their places are known */
  #needs(cell) {
    const { op, of } = this.nodes[cell.node];
    if (isElementwise(op)) return of.map((node) => ({ node, at: cell.at }));
    if (op === "gather") {
      const index = this.#index(cell);
      const known = this.#known[index.node].get(index.at);
      const moved = typeof known === "number" ? this.moved(cell) : null;
      return moved ? [index, moved] : [index];
    }
    const moved = this.moved(cell);
    if (moved !== undefined) return moved ? [moved] : [];
    const pairs = this.products(cell);
    if (pairs) return pairs.flat();
    const other = this.other(cell);
    return [...(this.gathered(cell) ?? []), ...(other ? [other] : [])];
  }

  /** @param {Cell} cell @param {Cell[]} needs all known @returns {number | string} */
  #compute(cell, needs) {
    const { op, name, value, dtype, window = [] } = this.nodes[cell.node];
    if (op === "read") return this.arrays[name ?? ""]?.[cell.at] ?? op;
    if (op === "constant") return Number(value);
    if (op === "iota") return cell.at;
    const found = needs.map(({ node, at }) => this.#known[node].get(at) ?? NaN);
    if (op === "where" && typeof found[0] === "number") return found[found[0] !== 0 ? 1 : 2];
    const missing = found.find((each) => typeof each === "string");
    if (missing !== undefined) return missing;
    const x = /** @type {number[]} */ (found);
    if (isElementwise(op)) return elementOf(op, dtype, x);
    if (this.moved(cell) !== undefined) return x[x.length - 1] ?? 0;
    if (this.products(cell)) return x.reduce((sum, each, i) => (i % 2 ? sum + x[i - 1] * each : sum), 0);
    if (!isReduction(op)) return op;
    const other = TWO_PARTS.has(op) ? /** @type {number} */ (x.pop()) : 0;
    return reductionOf(op, x, { at: this.#placeAmong(cell), other, size: sizeOf(window) });
  }

  /** @param {Cell} cell of a gather @returns {Cell} which row it takes */
  #index({ node, at }) {
    const { of, shape } = this.nodes[node];
    const rows = this.nodes[of[1]].shape;
    return { node: of[1], at: flat(rows, indicesOf(shape, at).slice(0, rows.length)) };
  }

  /**
   * @param {Cell} cell of an op that only moves elements
   * @returns {Cell | null | undefined} where it comes from; null: from nowhere, it is a zero around; undefined: it
   *   does not only move, or nobody knows from where
   */
  moved(cell) {
    const { op } = this.nodes[cell.node];
    if (op !== "gather") return movedFrom(this.nodes, cell);
    const index = this.#index(cell);
    return this.missing(index) ? undefined : movedFrom(this.nodes, cell, this.value(index));
  }

  /** @param {Cell} cell @returns {[Cell, Cell][] | undefined} of products that are added up: what is multiplied */
  products(cell) {
    return productsOf(this.nodes, cell);
  }

  /** @param {Cell} cell @returns {Cell | undefined} an epsilon or a label, beside what is gathered */
  other({ node, at }) {
    const { op, of } = this.nodes[node];
    return TWO_PARTS.has(op) ? { node: of[1], at: op === "cross_entropy" ? at : 0 } : undefined;
  }

  /** @param {Cell} cell @returns {Cell[] | undefined} of a reduction: all that it is made of, in order */
  gathered({ node, at }) {
    const { op, of, shape, axes } = this.nodes[node];
    if (!isReduction(op)) return undefined;
    const from = this.nodes[of[0]].shape;
    const size = from[from.length - 1];
    /** @param {number} length @param {number} start @param {number} every */
    const each = (length, start, every) => Array.from({ length }, (_, k) => ({ node: of[0], at: start + k * every }));
    if (ROW_BY_ROW.has(op)) return each(size, at - (at % size), 1);
    if (ALONG_ROWS.has(op)) return each(size, at * size, 1);
    if (op === "batch_norm") return each(sizeOf(from) / size, at % size, size);
    if (POOLS.has(op)) return windowOf(this.nodes, { node, at });
    if (op === "global_norm")
      return of.flatMap((part) =>
        Array.from({ length: sizeOf(this.nodes[part].shape) }, (_, i) => ({ node: part, at: i })),
      );
    const along = new Set(axes);
    const kept = from.map((_, axis) => axis).filter((axis) => !along.has(axis));
    const here = shape.length === kept.length ? indicesOf(shape, at) : kept.map((axis) => indicesOf(shape, at)[axis]);
    const over = from.filter((_, axis) => along.has(axis));
    return Array.from({ length: sizeOf(over) }, (_, k) => {
      const inside = indicesOf(over, k);
      let [next, fixed] = [0, 0];
      const indices = from.map((_, axis) => (along.has(axis) ? inside[next++] : here[fixed++]));
      return { node: of[0], at: flat(from, indices) };
    });
  }

  /** @param {Cell} cell of what a row or a column becomes: which of it it is */
  #placeAmong({ node, at }) {
    const { op, shape } = this.nodes[node];
    const size = shape[shape.length - 1] || 1;
    return op === "batch_norm" ? Math.floor(at / size) : at % size;
  }
}

/** @param {FormulaNode[]} nodes @param {number} root @returns {string[]} the names of all that it is computed from */
export function namesUnder(nodes, root) {
  const seen = new Set([root]);
  for (const node of seen) for (const each of nodes[node].of) seen.add(each);
  return [...new Set([...seen].flatMap((node) => nodes[node].name ?? []))];
}
