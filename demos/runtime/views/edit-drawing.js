/**
 * A small image that the reader draws, by mouse, touch and keyboard. Loaded with such a view.
 *
 * In: the name of an input, the element with a cell for each of its numbers. Out: `demo.edit` calls, so that it is in
 * the link.
 */
import { ARROWS } from "../common/arrows.js";
import { isForBrowser } from "../common/keys.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("./drawing.js").DrawingOptions} DrawingOptions */

/** Keys that rub out, whatever strokes do. */
const ERASERS = new Set(["Backspace", "Delete"]);

/** @typedef {{ element: HTMLElement, rubs: () => boolean, draw: () => void }} Pad `rubs`: whether strokes rub out */

/** @param {Demo} demo @param {DrawingOptions} options @param {Pad} pad whose `draw` shows the input */
export const editDrawing = (demo, options, pad) => new DrawingEditor(demo, options, pad);

class DrawingEditor {
  /** The cell that the keyboard draws in. */
  #row;
  #column;

  /** @param {Demo} demo @param {DrawingOptions} options @param {Pad} pad */
  constructor(demo, options, { element: pad, rubs, draw }) {
    this.demo = demo;
    this.options = options;
    this.pad = pad;
    this.rubs = rubs;
    this.draw = draw;
    this.#row = options.shape[0] >> 1;
    this.#column = options.shape[1] >> 1;
    this.#mark();
    pad.addEventListener("pointerdown", (event) => this.#begin(event));
    pad.addEventListener("pointermove", (event) => {
      if (pad.hasPointerCapture(event.pointerId)) this.#dab(...this.#locate(event), this.rubs());
    });
    pad.addEventListener("keydown", (event) => this.#press(event));
  }

  #mark() {
    const here = this.#row * this.options.shape[1] + this.#column;
    for (const [i, cell] of [...this.pad.children].entries()) cell.classList.toggle("here", i === here);
  }

  /** @param {number} y @param {number} x in cells @param {boolean} rubbing */
  #dab(y, x, rubbing) {
    const { write, shape, brush = 0.7 } = this.options;
    const ink = this.demo.input(write);
    for (const [i, old] of ink.entries()) {
      const distance = Math.hypot(Math.floor(i / shape[1]) + 0.5 - y, (i % shape[1]) + 0.5 - x);
      // Soft edges, as in scanned digits: full within half the brush, nothing beyond it by a cell.
      const cover = Math.min(1, Math.max(0, brush + 0.5 - distance));
      const value = rubbing ? Math.min(old, 1 - cover) : Math.max(old, cover);
      ink[i] = Math.round(value * 16) / 16;
    }
    this.demo.edit(write, ink);
    this.draw();
  }

  /** @param {PointerEvent} event @returns {[number, number]} row and column, with their fractions */
  #locate({ clientX, clientY }) {
    const [rows, columns] = this.options.shape;
    const { left, top, width, height } = this.pad.getBoundingClientRect();
    return [((clientY - top) / height) * rows, ((clientX - left) / width) * columns];
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (event.button || event.ctrlKey || event.metaKey || !event.isPrimary || !this.demo.live) return;
    event.preventDefault(); // selects no text
    this.pad.focus({ preventScroll: true });
    this.pad.setPointerCapture(event.pointerId);
    this.#dab(...this.#locate(event), this.rubs());
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const [rows, columns] = this.options.shape;
    const move = ARROWS[event.key];
    if (isForBrowser(event)) return;
    if (event.key === " " || ERASERS.has(event.key))
      this.#dab(this.#row + 0.5, this.#column + 0.5, event.key !== " " || this.rubs());
    else if (move) {
      this.#row = Math.min(rows - 1, Math.max(0, this.#row - move[1]));
      this.#column = Math.min(columns - 1, Math.max(0, this.#column + move[0]));
      this.#mark();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
