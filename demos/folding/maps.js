/**
 * A small map for every unit: what it gives all over the plane. Choosing one shows it large.
 *
 * In: a demo and what is shown. Out: an element that lies below the slider through the layers, column below stop.
 */
import { h, isForBrowser, meshMarks, s, Surface } from "../runtime/index.js";
import { isTaken, name, widthsOf } from "./parts.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/** @typedef {{ column: number, k: number, x: number, y: number, side: number }} Box */

const [WIDTH, HEIGHT] = [500, 54]; // of the element, in its own units
const MESH = 41; // as in model.py
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 };

/** @param {number[]} widths @returns {Box[]} in two rows where they are many, else in one */
function boxesOf(widths) {
  const wide = WIDTH / widths.length;
  return widths.flatMap((count, column) => {
    const down = count > 3 ? 2 : 1;
    const across = count / down;
    const cell = Math.min((wide - 6) / across, HEIGHT / down);
    const [left, top] = [(column + 0.5) * wide - (across * cell) / 2, (HEIGHT - down * cell) / 2];
    return Array.from({ length: count }, (_, k) => ({
      column,
      k,
      x: left + (k % across) * cell + 1.5,
      y: top + Math.floor(k / across) * cell + 1.5,
      side: cell - 3,
    }));
  });
}

/** @param {Box} box @returns {number[]} the window through which the plane [-1, 1]² lies there */
function windowOf({ x, y, side }) {
  const scale = 2 / side;
  const [left, low] = [-1 - x * scale, -1 - (HEIGHT - y - side) * scale];
  return [left, low, left + WIDTH * scale, low + HEIGHT * scale];
}

export class Maps {
  #surface;
  #svg = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": "A map for every unit" });
  /** @type {Box[]} */
  #boxes = [];
  #drawn = "";
  #marked = "";

  /** @param {Demo} demo @param {import("./shown.js").Shown} shown */
  constructor(demo, shown) {
    this.demo = demo;
    this.shown = shown;
    this.#surface = new Surface(() => demo.redraw());
    this.element = h("div", { className: "maps" }, this.#surface.canvas, this.#svg);
    this.#svg.addEventListener("keydown", (event) => this.#press(/** @type {KeyboardEvent} */ (event)));
    this.#layOut();
  }

  #layOut() {
    const widths = widthsOf(this.demo);
    if (`${widths}` === this.#drawn) return;
    this.#drawn = `${widths}`;
    this.#boxes = boxesOf(widths);
    const parts = this.#boxes.map(({ column, k, x, y, side }, i) => {
      const unit = name(this.demo, column, k);
      const about = { role: "button", "aria-label": `Show what ${unit} gives over the plane` };
      const square = s("rect", { x, y, width: side, height: side, rx: 1.5, ...about }, s("title", {}, unit));
      square.addEventListener("click", () => this.#choose(i));
      return square;
    });
    this.#svg.replaceChildren(...parts);
    this.#mark();
  }

  #mark() {
    const { column, k } = this.shown.unit;
    const key = [this.#drawn, column, k, this.demo.control("units")].join();
    if (key === this.#marked) return;
    this.#marked = key;
    for (const [i, box] of this.#boxes.entries()) {
      const square = this.#svg.children[i];
      const chosen = box.column === column && box.k === k;
      square.setAttribute("aria-pressed", `${chosen}`);
      square.setAttribute("tabindex", chosen ? "0" : "-1");
      square.classList.toggle("taken", isTaken(this.demo, box.column, box.k));
    }
  }

  /** @param {number} i */
  #choose(i) {
    const { column, k } = this.#boxes[i];
    this.shown.choose(column, k);
    this.#mark();
    this.demo.wake();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const i = [...this.#svg.children].indexOf(/** @type {Element} */ (event.target));
    const step = STEPS[event.key];
    if (i < 0 || isForBrowser(event) || (!step && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    event.stopPropagation();
    if (!step) return this.#choose(i);
    const { column, k } = this.#boxes[i];
    const down = event.key === "ArrowUp" || event.key === "ArrowDown";
    const beside = this.#boxes.filter((box) => box.column === column + (down ? 0 : step));
    const next = beside[Math.min(beside.length - 1, Math.max(0, k + (down ? step : 0)))];
    const square = next && this.#svg.children[this.#boxes.indexOf(next)];
    if (square instanceof SVGElement) square.focus();
  }

  /** @param {import("../runtime/types.d.ts").Frame} frame */
  draw(frame) {
    this.#layOut();
    this.#mark();
    const looks = { xy: "plane", columns: MESH, every: 4, front: 1, back: 1 };
    const marks = this.#boxes
      .filter(({ column, k }) => !isTaken(this.demo, column, k))
      .flatMap((box) => {
        const value = () => this.shown.of(box.column, box.k);
        return meshMarks(this.demo, { ...looks, value }, windowOf(box));
      });
    this.#surface.draw(frame, marks);
  }

  destroy() {
    this.#surface.destroy();
  }
}
