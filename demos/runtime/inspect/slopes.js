/**
 * What the inspector says of derivatives: of the number that was chosen, and of the losses, by the one that is shown.
 *
 * In: a graph, what is stored, cells. Out: sentences.
 */
import { Cells, namesUnder } from "./cells.js";
import { derivative } from "./derivative.js";
import { cellName } from "./formula.js";
import { notFollowed, worded } from "./words.js";

/** @typedef {import("../types.d.ts").Demo} Demo */
/** @typedef {import("../types.d.ts").Formulas} Formulas */
/** @typedef {import("./places.js").Cell} Cell */

const MOST = 300_000; // numbers that a loss is computed from: a tenth of a second on a laptop
const TRAINED = new Set(["parameter", "input"]);

/** @param {Demo} demo @param {Formulas} formulas @param {Cell} cell @returns {number[]} losses that hang on it */
export function differentiated(demo, { nodes, losses }, { node }) {
  const { name, op, dtype } = nodes[node];
  if (op !== "read" || dtype !== "f32" || !name || !TRAINED.has(demo.bufferOf(name)?.role ?? "")) return [];
  return Object.values(losses).filter((loss) => namesUnder(nodes, loss).includes(name));
}

/** @param {Cells} known @param {number[]} losses @param {Cell} cell @returns {string[]} a sentence for each */
export function slopesOfLosses({ nodes, arrays }, losses, cell) {
  const name = "the loss of the next step";
  return losses.map((node) => slope(new Cells(nodes, arrays, MOST), { node, at: 0 }, cell, name));
}

/** @param {Cells} cells @param {Cell} chosen @param {Cell} cell @param {string} name of the buffer that was chosen */
export function slopeInPath(cells, chosen, cell, name) {
  if (cells.nodes[cell.node].dtype !== "f32") return "It is a whole number: there is no derivative by it.";
  return slope(cells, chosen, cell, cellName(name, cells.nodes[chosen.node].shape, chosen.at));
}

/** @param {Cells} cells @param {Cell} of @param {Cell} by @param {string} name of what changes @returns {string} */
function slope(cells, of, by, name) {
  const missing = cells.missing(of);
  if (missing) return `The derivative of ${name} by it is not told: something there is ${notFollowed(missing)}.`;
  const found = derivative(cells, of, by);
  if (!found) return `The derivative of ${name} by it is not a number.`;
  const { slope, left, right } = found;
  if (left === undefined || right === undefined) return `The derivative of ${name} by it is ${worded(slope)}.`;
  return `Here ${name} has a kink: its slope is ${worded(left)} to the left and ${worded(right)} to the right.`;
}
