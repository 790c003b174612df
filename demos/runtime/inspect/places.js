/**
 * Where the elements lie that one element of a node is moved from, or multiplied from.
 *
 * In: the nodes of a graph, a place in row-major order. Out: places. It knows no numbers.
 */

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
export const flat = (shape, indices) => indices.reduce((at, index, axis) => at * shape[axis] + index, 0);

/**
 * @param {FormulaNode[]} nodes @param {Cell} cell @param {number} [row] that a gather takes
 * @returns {Cell | null | undefined} where it comes from; null: from nowhere, it is a zero around; undefined: its op
 *   does not only move
 */
export function movedFrom(nodes, { node, at }, row = 0) {
  const { op, of, shape, axes = [], starts = [], before = [], axis = 0 } = nodes[node];
  if (op === "reshape") return { node: of[0], at };
  const from = of.length ? nodes[of[0]].shape : [];
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
        const size = nodes[part].shape;
        if (here[axis] < size[axis]) return { node: part, at: flat(size, here) };
        here[axis] -= size[axis];
      }
      return null;
    case "gather":
      return there([Math.min(row, from[0] - 1), ...here.slice(nodes[of[1]].shape.length)]);
    default:
      return undefined;
  }
}

/** @param {FormulaNode[]} nodes @param {Cell} cell @returns {[Cell, Cell][] | undefined} what is multiplied */
export function productsOf(nodes, cell) {
  const { op, of, shape, form } = nodes[cell.node];
  if (op === "scale")
    return [
      [
        { ...cell, node: of[0] },
        { node: of[1], at: cell.at % shape[shape.length - 1] },
      ],
    ];
  if (op === "convolution" || op === "grouped_convolution") return tapsOf(nodes, cell);
  if (op !== "matmul" && op !== "batched_matmul") return undefined;
  const [left, right] = of.map((each) => nodes[each].shape);
  const here = indicesOf(shape, cell.at);
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

/** @param {FormulaNode} node @param {number[]} image of [batch, rows, columns, channels] @param {number[]} window */
function insideOf({ stride = [1, 1], padding = [0, 0, 0, 0] }, image, window) {
  /** @param {number[]} here @returns {{ tap: number[], pixel: number[] }[]} the window's that lie on the image */
  return ([, p, q]) => {
    const taps = Array.from({ length: window[0] * window[1] }, (_, i) => indicesOf(window, i));
    return taps
      .map((tap) => ({
        tap,
        pixel: [p * stride[0] + tap[0] - padding[0], q * stride[1] + tap[1] - padding[2]],
      }))
      .filter(({ pixel: [y, x] }) => y >= 0 && y < image[1] && x >= 0 && x < image[2]);
  };
}

/** @param {FormulaNode[]} nodes @param {Cell} cell of a convolution, in groups or not @returns {[Cell, Cell][]} */
function tapsOf(nodes, { node, at }) {
  const { of, shape } = nodes[node];
  const [image, taps] = of.map((each) => nodes[each].shape);
  const here = indicesOf(shape, at);
  const inside = insideOf(nodes[node], image, taps.slice(0, 2))(here);
  const group = Math.floor((here[3] * (image[3] / taps[2])) / taps[3]);
  return inside.flatMap(({ tap, pixel }) =>
    Array.from(
      { length: taps[2] },
      (_, i) =>
        /** @type {[Cell, Cell]} */ ([
          { node: of[0], at: flat(image, [here[0], ...pixel, group * taps[2] + i]) },
          { node: of[1], at: flat(taps, [...tap, i, here[3]]) },
        ]),
    ),
  );
}

/** @param {FormulaNode[]} nodes @param {Cell} cell of a pool @returns {Cell[]} */
export function windowOf(nodes, { node, at }) {
  const { of, shape, window = [1, 1] } = nodes[node];
  const image = nodes[of[0]].shape;
  const here = indicesOf(shape, at);
  const inside = insideOf(nodes[node], image, window)(here);
  return inside.map(({ pixel }) => ({ node: of[0], at: flat(image, [here[0], ...pixel, here[3]]) }));
}
