/**
 * How a cell is computed, in one line of symbols and one of numbers, and what it is computed from.
 *
 * In: `Cells`, a cell. Out: text, and terms that can be followed further. What is stored has its name; what is computed
 * on the way has a letter.
 */
import { quantity } from "../common/numbers.js";
import { COMPARISONS, isElementwise } from "./definitions.js";
import { indicesOf } from "./places.js";
import { notFollowed, numberOf, plainly, reducedBy, worded, written } from "./words.js";

/** @typedef {import("./places.js").Cell} Cell */
/** @typedef {import("./cells.js").Cells} Cells */
/** A part, by the name that the formula uses; `words` what a letter is. */
/** @typedef {{ text: string, cell: Cell, number: string, words: string }} Term */
/** @typedef {{ symbols: string, numbers: string, binds: number }} Said how tightly its last operation binds */
/**
 * @typedef {object} Explanation
 * @property {string} symbols
 * @property {string} numbers
 * @property {Term[]} terms what the formula names, in order
 * @property {{ head: string[], rows: Row[] } | null} sum what is added up, or compared
 * @property {string[]} notes sentences
 */
/** @typedef {{ k: number, cells: (Cell | null)[], numbers: string[] }} Row */

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
/** Factors in factors are looked for so deep. */
const FACTORS = 8;

/** @param {Cells} cells @param {Cell} cell */
const plain = (cells, cell) => (cells.value(cell) < 0 ? `(${numberOf(cells, cell)})` : numberOf(cells, cell));

/** @param {string} name @param {number[]} shape @param {number} at @returns {string} "weight[2, 0]" */
export const cellName = (name, shape, at) => (shape.length ? `${name}[${indicesOf(shape, at).join(", ")}]` : name);

class Sentence {
  /** @type {Term[]} */
  terms = [];
  #letters = 0;
  /** Whether it is one term of a sum, chosen by comparisons: they are 1, and need not be said. */
  chosen = false;

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

  letter() {
    return "abcdefgh"[this.#letters++] ?? "…";
  }

  /** @param {Cell} cell @returns {Said} by a name or a letter */
  named(cell) {
    const { name, shape, op } = this.cells.nodes[cell.node];
    const known = this.terms.find((term) => term.cell.node === cell.node && term.cell.at === cell.at);
    const text = known?.text ?? (name ? cellName(name, shape, cell.at) : this.letter());
    const missing = this.cells.missing(cell);
    const words = missing === op ? notFollowed(op) : name ? "" : plainly(op);
    if (!known) this.terms.push({ text, cell, number: numberOf(this.cells, cell), words });
    return { symbols: text, numbers: plain(this.cells, cell), binds: WHOLE };
  }

  /** @param {Cell} moved @returns {Cell | null} what is said: the branch that was taken, the factor beside a 1 */
  told(moved) {
    for (let cell = this.source(moved); cell; ) {
      const { op, of } = this.cells.nodes[cell.node];
      const { at } = cell;
      let next;
      if (op === "where" && this.cells.missing({ node: of[0], at }) === undefined)
        next = this.cells.value({ node: of[0], at }) !== 0 ? of[1] : of[2];
      if (op === "multiply" && this.chosen)
        next = [1, 0].map((i) => of[i]).find((_, i) => this.compares({ node: of[i], at }, 1));
      if (next === undefined) return cell;
      cell = this.source({ node: next, at });
    }
    return null;
  }

  /** @param {Cell} cell @param {number} value @returns {boolean} whether it is a comparison that gives that */
  compares(cell, value) {
    const from = this.source(cell);
    return from !== null && COMPARISONS.has(this.cells.nodes[from.node].op) && this.cells.value(from) === value;
  }

  /** @param {Cell} cell @param {number} [depth] @returns {boolean} whether a comparison that is 0 is a factor of it */
  dropped(cell, depth = 0) {
    const from = this.source(cell);
    if (!from || depth > FACTORS) return false;
    const { op, of } = this.cells.nodes[from.node];
    if (op !== "multiply") return this.compares(from, 0);
    return this.cells.value(from) === 0 && of.some((node) => this.dropped({ node, at: from.at }, depth + 1));
  }

  /** @param {Cell} moved @param {number} depth @returns {Said} */
  say(moved, depth) {
    const cell = this.told(moved);
    if (!cell) return { symbols: "0", numbers: "0", binds: WHOLE };
    const { op, of } = this.cells.nodes[cell.node];
    if (op === "constant" || op === "iota") {
      const text = plain(this.cells, cell);
      return { symbols: text, numbers: text, binds: WHOLE };
    }
    if (!isElementwise(op) || depth >= DEEPEST || this.terms.length >= MOST_TERMS) return this.named(cell);
    if (op === "where") return this.named(cell);
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
      return both(operands, (texts) => `${written(op)}(${texts.join(", ")})`, WHOLE, 0);
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
  if (!here) return { symbols: "0", numbers: "0, the padding", terms: [], sum: null, notes: [] };
  const { op } = cells.nodes[here.node];
  const missing = cells.missing(here);
  const notes = missing && missing !== op ? [`A part of it is ${notFollowed(missing)}.`] : [];
  const pairs = cells.products(here);
  if (pairs) return products(sentence, pairs, notes);
  const parts = cells.gathered(here);
  if (parts) return reduction(sentence, here, parts, notes);
  if (isElementwise(op)) {
    const { symbols, numbers } = sentence.say(here, 0);
    return { symbols, numbers, terms: sentence.terms, sum: null, notes };
  }
  if (op === "read" && !missing) {
    const { symbols } = sentence.named(here);
    return { symbols, numbers: "stored, not computed", terms: [], sum: null, notes };
  }
  const numbers = missing ? notFollowed(op) : numberOf(cells, here);
  return { symbols: plainly(op), numbers, terms: [], sum: null, notes };
}

/** @param {Row[]} rows @param {(row: Row) => boolean} drops @param {string[]} notes gets a sentence @returns {Row[]} */
function withoutZeros(rows, drops, notes) {
  const kept = rows.filter((row) => !drops(row));
  if (!kept.length || kept.length === rows.length) return rows;
  const others = quantity(rows.length, "term");
  notes.push(`Of ${others} a comparison leaves ${kept.length}; the others are 0.`);
  return kept;
}

/** @param {string} text @param {number} count @param {number} shown @param {string} of */
const shortened = (text, count, shown, of) => (count > shown ? `${text}, … (${quantity(count, of)})` : text);

/** @param {Sentence} sentence @param {[Cell, Cell][]} pairs @param {string[]} notes @returns {Explanation} */
function products(sentence, pairs, notes) {
  const { cells } = sentence;
  const all = pairs.map(([left, right], k) => {
    const [x, y] = [left, right].map((each) => numberOf(cells, each));
    const missing = cells.missing(left) ?? cells.missing(right);
    const product = missing ? "?" : worded(cells.value(left) * cells.value(right));
    return { k, cells: [sentence.source(left), sentence.source(right), null], numbers: [x, y, product] };
  });
  const rows = withoutZeros(all, ({ k }) => pairs[k].some((each) => sentence.dropped(each)), notes);
  const [left, right] = [0, 1].map((side) => factorName(sentence, column(rows, side), notes));
  const first = rows.slice(0, 3).map(({ k }) => pairs[k].map((each) => plain(cells, each)).join(" · "));
  const numbers = `${first.join(" + ")}${rows.length > 3 ? ` + … (${rows.length} products)` : ""}`;
  const symbols = pairs.length > 1 ? `Σₖ ${left} · ${right}` : `${left} · ${right}`;
  return { symbols, numbers, terms: [], sum: { head: [left, right, "product"], rows }, notes };
}

/** @param {Row[]} rows @param {number} side */
const column = (rows, side) => rows.map((row) => row.cells[side]);

/**
 * @param {Sentence} sentence @param {(Cell | null)[]} cells @param {string[]} notes gets what a letter is
 * @returns {string} "drawing[k]", with k where it changes
 */
function factorName(sentence, cells, notes) {
  const { nodes } = sentence.cells;
  const known = cells.flatMap((cell) => cell ?? []);
  const node = nodes[known[0]?.node ?? -1];
  const same = node && known.every((cell) => cell.node === known[0].node);
  if (!same || !node.name) {
    const name = `${sentence.letter()}ₖ`;
    if (same) notes.push(`Each ${name} is itself computed: ${plainly(node.op)}.`);
    return name;
  }
  const first = indicesOf(node.shape, known[0].at);
  const changes = first.map(() => false);
  for (const { at } of known)
    for (const [axis, index] of indicesOf(node.shape, at).entries()) changes[axis] ||= index !== first[axis];
  const indices = first.map((index, axis) => (changes[axis] ? "k" : index));
  return indices.length ? `${node.name}[${indices.join(", ")}]` : node.name;
}

/**
 * @param {Sentence} sentence @param {Cell} here @param {Cell[]} parts @param {string[]} notes
 * @returns {Explanation}
 */
function reduction(sentence, here, parts, notes) {
  const { cells } = sentence;
  const { op } = cells.nodes[here.node];
  const all = parts.map((each, k) => ({ k, cells: [sentence.source(each)], numbers: [numberOf(cells, each)] }));
  const rows = op === "sum" ? withoutZeros(all, ({ k }) => sentence.dropped(parts[k]), notes) : all;
  if (op === "sum" && rows.length === 1) {
    sentence.chosen = true;
    const { symbols, numbers } = sentence.say(parts[rows[0].k], 0);
    return { symbols, numbers, terms: sentence.terms, sum: null, notes };
  }
  const name = factorName(sentence, column(rows, 0), notes);
  if (reducedBy(op).includes("z")) notes.push(`z stands for each ${name}.`);
  const other = cells.other(here);
  if (other) notes.push(`${op === "cross_entropy" ? "The label" : "ε"} is ${numberOf(cells, other)}.`);
  const first = rows.slice(0, 4).map(({ numbers: [x] }) => x);
  const numbers = `${reducedBy(op)} ${shortened(first.join(", "), rows.length, 4, "number")}`;
  return { symbols: `${reducedBy(op)} ${name}`, numbers, terms: [], sum: { head: [name], rows }, notes };
}
