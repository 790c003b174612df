/**
 * Cells that a reader points at, walks through with the arrow keys, and chooses.
 *
 * In: how many rows and columns there are, where each lies, what is to be said of it. Out: an element that lies over
 * the cells. It knows nothing of what the cells show.
 */
import { h } from "../common/dom.js";
import { isForBrowser } from "../common/keys.js";

/** @typedef {{ left: string, top: string, width: string, height: string }} Box as CSS has it */
/** @typedef {import("../demo/demo.js").Demo} Demo */
/**
 * @typedef {object} Grid rows are counted from above
 * @property {string} title
 * @property {string} value the buffer whose numbers the cells are
 * @property {() => [number, number]} size rows and columns
 * @property {(row: number, column: number) => number} index of a cell's number in it, -1 where there is none
 * @property {(found: number, row: number, column: number) => string} words what is said of a cell
 * @property {(row: number, column: number) => void} [choose]
 * @property {(row: number, column: number) => Box} [box] where it lies; by default all are of one size
 */

/** How far each key goes, in rows and columns. @type {Record<string, [number, number]>} */
const STEPS = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
  PageUp: [-Infinity, 0],
  PageDown: [Infinity, 0],
};

/** @param {number} value @param {number} count */
const within = (value, count) => Math.min(Math.max(0, value), Math.max(0, count - 1));

export class Walk {
  /** The cell that is pointed at. @type {[number, number] | undefined} */
  #here;
  /** What the keys begin from. @type {[number, number]} */
  #last = [0, 0];
  #asked = 0;
  /** Whether the words that come next are to be heard: the reader has walked here. */
  #speaks = false;
  #mark = h("i", { className: "cell-here", hidden: true });
  #chosen = h("i", { className: "cell-chosen", hidden: true });
  #words = h("div", { className: "plot-tip cell-tip", hidden: true, "aria-hidden": "true" });
  #heard = h("span", { className: "cell-heard", "aria-live": "polite" });

  /** @param {Demo} demo @param {Grid} grid */
  constructor(demo, grid) {
    this.demo = demo;
    this.grid = grid;
    const does = grid.choose ? "Arrow keys walk through the cells, Enter chooses one." : "Arrow keys walk the cells.";
    const role = { role: "application", "aria-roledescription": "cells", "aria-label": `${grid.title}. ${does}` };
    this.element = h(
      "div",
      { className: "cells-over", tabIndex: 0, ...role },
      ...[this.#chosen, this.#mark, this.#words, this.#heard],
    );
    this.element.classList.toggle("chooses", Boolean(grid.choose));
    this.#listen();
  }

  #listen() {
    const { element } = this;
    element.addEventListener("pointermove", (event) => this.#point(event));
    element.addEventListener("pointerdown", (event) => this.#point(event));
    element.addEventListener("pointerleave", () => this.#leave());
    element.addEventListener("blur", () => this.#leave());
    element.addEventListener("focus", () => element.matches(":focus-visible") && this.#show(this.#last, true));
    element.addEventListener("click", (event) => this.#take(this.#find(event)));
    element.addEventListener("keydown", (event) => this.#press(event));
  }

  /** @param {PointerEvent | MouseEvent} event @returns {[number, number]} */
  #find({ clientX, clientY }) {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    const [rows, columns] = this.grid.size();
    const place = (/** @type {number} */ share, /** @type {number} */ count) =>
      within(Math.floor(share * count), count);
    return [place((clientY - top) / height, rows), place((clientX - left) / width, columns)];
  }

  /** @param {PointerEvent} event */
  #point(event) {
    if (this.demo.awake) this.#show(this.#find(event), false);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const step = STEPS[event.key];
    if (isForBrowser(event)) return;
    if (step) this.#show([this.#last[0] + step[0], this.#last[1] + step[1]], true);
    else if (event.key === "Enter" || event.key === " ") this.#take(this.#last);
    else if (event.key === "Escape") this.#leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {[number, number]} cell */
  async #take([row, column]) {
    const { demo, grid } = this;
    const index = grid.index(row, column);
    await demo.wake();
    this.#show([row, column], false);
    if (index < 0) return;
    demo.inspect(grid.value, index);
    grid.choose?.(row, column);
  }

  /** Where the choice is, which may have come from elsewhere. @param {[number, number]} [cell] */
  mark(cell) {
    this.#chosen.hidden = !cell;
    if (cell) Object.assign(this.#chosen.style, this.#box(...cell));
  }

  /** @param {number} row @param {number} column @returns {Box} */
  #box(row, column) {
    const [rows, columns] = this.grid.size();
    if (this.grid.box) return this.grid.box(row, column);
    const part = (/** @type {number} */ i, /** @type {number} */ count) => `${(100 * i) / count}%`;
    return {
      left: part(column, columns),
      top: part(row, rows),
      width: part(1, columns),
      height: part(1, rows),
    };
  }

  /** @param {[number, number]} cell @param {boolean} spoken */
  async #show([y, x], spoken) {
    const [rows, columns] = this.grid.size();
    if (!rows || !columns) return;
    const [row, column] = [within(y, rows), within(x, columns)];
    this.#here = this.#last = [row, column];
    Object.assign(this.#mark.style, this.#box(row, column));
    this.#mark.hidden = false;
    this.#speaks ||= spoken;
    const asked = ++this.#asked;
    const words = await this.#wordsOf(row, column).catch(() => ""); // the device went meanwhile
    if (asked !== this.#asked || !this.#here) return;
    this.#say(words, row, column);
    if (this.#speaks) this.#heard.textContent = words;
    this.#speaks = false;
  }

  /** @param {number} row @param {number} column */
  async #wordsOf(row, column) {
    const { value, index, words } = this.grid;
    const at = index(row, column);
    return at < 0 ? "" : words(await this.demo.probe(value, at), row, column);
  }

  /** @param {string} words @param {number} row @param {number} column: they stand beside it, towards the middle */
  #say(words, row, column) {
    const [rows, columns] = this.grid.size();
    const { left, top, width, height } = this.#box(row, column);
    const [right, low] = [column + 0.5 > columns / 2, row + 0.5 > rows / 2];
    Object.assign(this.#words.style, {
      left: right ? "auto" : left,
      right: right ? `calc(100% - ${left} - ${width})` : "auto",
      top: low ? "auto" : `calc(${top} + ${height} + 0.25rem)`,
      bottom: low ? `calc(100% - ${top} + 0.25rem)` : "auto",
    });
    this.#words.textContent = words;
    this.#words.hidden = !words;
  }

  #leave() {
    if (this.element.matches(":focus-visible")) return;
    this.#here = undefined;
    this.#mark.hidden = this.#words.hidden = true;
  }

  /** What is shown may have changed. */
  update() {
    if (this.#here && this.demo.awake) this.#show(this.#here, false);
  }
}
