/**
 * How a cell is computed, in one line of symbols and one of numbers, and what it is computed from.
 *
 * In: `Cells`, a cell. Out: text, and terms that can be followed further. What is stored has its name; what is computed
 * on the way has a letter.
 */
import { numeral } from "../common/numbers.js";
import { indicesOf, isElementwise } from "./cells.js";

/** @typedef {import("./cells.js").Cell} Cell */
/** @typedef {import("./cells.js").Cells} Cells */
/** A part, by the name that the formula uses. @typedef {{ text: string, cell: Cell, value: number }} Term */
/** @typedef {{ symbols: string, numbers: string, binds: number }} Said how tightly its last operation binds */
/**
 * @typedef {object} Explanation
 * @property {string} symbols
 * @property {string} numbers
 * @property {number} value
 * @property {Term[]} terms what the formula names, in order
 * @property {{ head: string[], rows: { cells: (Cell | null)[], numbers: number[] }[] } | null} sum what is added up, or
 *   compared
 */

/** A formula holds no more operations and names; what is deeper gets a letter. */
const DEEPEST = 4;
const MOST_TERMS = 6;
const [SUM, PRODUCT, POWER, WHOLE] = [1, 2, 3, 4];

/** @type {Record<string, [sign: string, binds: number]>} */
const SIGNS = {
  add: ["+", SUM],
  subtract: ["−", SUM],
  multiply: ["·", PRODUCT],
  divide: ["/", PRODUCT],
  floor_divide: ["//", PRODUCT],
  modulo: ["mod", PRODUCT],
  less: ["<", 0],
  less_equal: ["≤", 0],
  equal: ["=", 0],
  not_equal: ["≠", 0],
};
/** @type {Record<string, string>} */
const WORDS = { relu: "ReLU", gelu: "GELU", log: "ln", maximum: "max", minimum: "min", absolute: "abs" };

/** @param {number} value */
const plain = (value) => (value < 0 ? `(${numeral(value)})` : numeral(value));

/** @param {string} name @param {number[]} shape @param {number} at @returns {string} "weight[2, 0]" */
export const cellName = (name, shape, at) => (shape.length ? `${name}[${indicesOf(shape, at).join(", ")}]` : name);

class Sentence {
  /** @type {Term[]} */
  terms = [];
  #letters = 0;

  /** @param {Cells} cells */
  constructor(cells) {
    this.cells = cells;
  }

  /** @param {Cell} cell @returns {Cell | null} the same number, where it is not only moved any more; null: a zero */
  source(cell) {
    for (let here = cell; ; ) {
      const { op } = this.cells.nodes[here.node];
      const next =
        op === "cast" || op === "stop_gradient"
          ? { ...here, node: this.cells.nodes[here.node].of[0] }
          : this.cells.moved(here);
      if (next === undefined) return here;
      if (!next) return null;
      here = next;
    }
  }

  /** @param {Cell} cell @returns {Said} by a name or a letter */
  named(cell) {
    const { name, shape } = this.cells.nodes[cell.node];
    const value = this.cells.value(cell);
    const known = this.terms.find((term) => term.cell.node === cell.node && term.cell.at === cell.at);
    const text = known?.text ?? (name ? cellName(name, shape, cell.at) : ("abcdefgh"[this.#letters++] ?? "…"));
    if (!known) this.terms.push({ text, cell, value });
    return { symbols: text, numbers: plain(value), binds: WHOLE };
  }

  /** @param {Cell} moved @param {number} depth @returns {Said} */
  say(moved, depth) {
    const cell = this.source(moved);
    if (!cell) return { symbols: "0", numbers: "0", binds: WHOLE };
    const { op, of } = this.cells.nodes[cell.node];
    if (op === "constant" || op === "iota") {
      const text = plain(this.cells.value(cell));
      return { symbols: text, numbers: text, binds: WHOLE };
    }
    if (!isElementwise(op) || depth >= DEEPEST || this.terms.length >= MOST_TERMS) return this.named(cell);
    if (op === "where") {
      const chosen = this.cells.value({ node: of[0], at: cell.at }) !== 0 ? of[1] : of[2];
      return this.say({ node: chosen, at: cell.at }, depth); // the branch that was taken
    }
    return this.operation(
      op,
      of.map((node) => this.say({ node, at: cell.at }, depth + 1)),
    );
  }

  /** @param {string} op @param {Said[]} operands @returns {Said} */
  operation(op, operands) {
    const [a, b] = operands;
    if (op === "negate" || op === "square") {
      const write = (/** @type {string} */ x) => (op === "negate" ? `−${x}` : `${x}²`);
      return both([a], ([x]) => write(x), POWER, POWER);
    }
    if (op === "power") return both([a, b], ([x, y]) => `${x}^${y}`, POWER, WHOLE);
    const [sign, binds] = SIGNS[op] ?? [];
    if (sign === undefined || binds === undefined) {
      const word = WORDS[op] ?? op;
      return both(operands, (texts) => `${word}(${texts.join(", ")})`, WHOLE, 0);
    }
    const strict = op === "subtract" || op === "divide" ? binds + 1 : binds;
    return {
      symbols: `${within(a.symbols, a.binds, binds)} ${sign} ${within(b.symbols, b.binds, strict)}`,
      numbers: `${within(a.numbers, a.binds, binds)} ${sign} ${within(b.numbers, b.binds, strict)}`,
      binds,
    };
  }
}

/** @param {string} text @param {number} binds @param {number} least */
const within = (text, binds, least) => (binds < least ? `(${text})` : text);

/**
 * @param {Said[]} operands @param {(texts: string[]) => string} write @param {number} binds
 * @param {number} least how tightly each must bind to stand without brackets @returns {Said}
 */
const both = (operands, write, binds, least) => ({
  symbols: write(operands.map(({ symbols, binds }) => within(symbols, binds, least))),
  numbers: write(operands.map(({ numbers, binds }) => within(numbers, binds, least))),
  binds,
});

/** @param {Cells} cells @param {Cell} cell @returns {Explanation} */
export function explainCell(cells, cell) {
  const sentence = new Sentence(cells);
  const here = sentence.source(cell);
  const value = cells.value(cell);
  if (!here) return { symbols: "0", numbers: "0, the padding", value, terms: [], sum: null };
  const { op } = cells.nodes[here.node];
  const pairs = cells.products(here);
  if (pairs) return products(sentence, pairs, value);
  const parts = cells.gathered(here);
  if (parts) return reduction(sentence, op, parts, value);
  if (isElementwise(op)) {
    const { symbols, numbers } = sentence.say(here, 0);
    return { symbols, numbers, value, terms: sentence.terms, sum: null };
  }
  const stored = op === "read" ? "stored, not computed" : `computed by ${op}, which is not followed here`;
  const text = op === "read" ? sentence.named(here).symbols : op;
  return { symbols: text, numbers: stored, value, terms: [], sum: null };
}

/** @param {Sentence} sentence @param {[Cell, Cell][]} pairs @param {number} value @returns {Explanation} */
function products(sentence, pairs, value) {
  const { cells } = sentence;
  const rows = pairs.map((pair) => {
    const [a, b] = pair.map((each) => sentence.source(each));
    const [x, y] = pair.map((each) => cells.value(each));
    return { cells: [a, b, null], numbers: [x, y, x * y] };
  });
  const [left, right] = [0, 1].map((side) =>
    factorName(
      cells,
      rows.map((row) => row.cells[side]),
    ),
  );
  const first = rows.slice(0, 3).map(({ numbers: [x, y] }) => `${plain(x)} · ${plain(y)}`);
  const numbers = `${first.join(" + ")}${rows.length > 3 ? ` + … (${rows.length} products)` : ""}`;
  const sum = { head: [left, right, "product"], rows };
  return { symbols: `Σₖ ${left} · ${right}`, numbers, value, terms: [], sum };
}

/** @param {Cells} cells @param {(Cell | null)[]} column @returns {string} "drawing[k]", with k where it changes */
function factorName(cells, column) {
  const known = column.flatMap((cell) => cell ?? []);
  const node = cells.nodes[known[0]?.node ?? -1];
  if (!node || known.some((cell) => cell.node !== known[0].node)) return "aₖ";
  const all = known.map((cell) => indicesOf(node.shape, cell.at));
  const indices = node.shape.map((_, axis) => (all.every((each) => each[axis] === all[0][axis]) ? all[0][axis] : "k"));
  return `${node.name ?? node.op}${indices.length ? `[${indices.join(", ")}]` : ""}`;
}

/** @type {Record<string, string>} */
const REDUCED = {
  sum: "the sum of",
  max: "the largest of",
  argmax: "the place of the largest of",
  argmin: "the place of the smallest of",
  softmax: "eᶻ, divided by the sum of eᶻ over",
  logsumexp: "ln of the sum of eᶻ over",
};

/** @param {Sentence} sentence @param {string} op @param {Cell[]} parts @param {number} value @returns {Explanation} */
function reduction(sentence, op, parts, value) {
  const { cells } = sentence;
  const sources = parts.map((each) => sentence.source(each));
  const name = factorName(cells, sources);
  const rows = parts.map((each, i) => ({ cells: [sources[i]], numbers: [cells.value(each)] }));
  const first = rows.slice(0, 4).map(({ numbers: [x] }) => numeral(x));
  const numbers = `${REDUCED[op]} ${first.join(", ")}${rows.length > 4 ? `, … (${rows.length} numbers)` : ""}`;
  return { symbols: `${REDUCED[op]} ${name}`, numbers, value, terms: [], sum: { head: [name], rows } };
}
