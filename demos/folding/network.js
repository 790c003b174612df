/**
 * The network as a drawing: every weight and every unit can be pointed at, and says its numbers.
 *
 * In: a demo as parts.js wants it. Out: a view, folded until the reader opens it: the drawing, and what it says of the
 * part pointed at.
 */
import { h, isForBrowser, numeral, picture, s } from "../runtime/index.js";
import { describe, isTaken, name, reading, widthsOf } from "./parts.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/** @typedef {import("../runtime/types.d.ts").View} View */
/** @typedef {import("./parts.js").Place & { element: SVGElement, line?: SVGElement }} Part */

const [SIDE, TOP, BOTTOM] = [34, 26, 12];
const LABEL = "The network. Arrow keys go from unit to unit and, with Shift, along the connections of a unit.";

/** @param {Demo} demo @returns {View} */
export const network = (demo) => new Network(demo);

class Network {
  #lines = [h("p", null), h("p", null), h("p", null)];
  words = h("div", { className: "network-words" }, ...this.#lines);
  /** @type {Part[]} */
  #parts = [];
  /** @type {Part | undefined} */
  #chosen;

  /** @param {Demo} demo */
  constructor(demo) {
    this.demo = demo;
    this.picture = picture({
      area: "network-area",
      attributes: { class: "network", role: "group", "aria-label": LABEL },
      shows: () => widthsOf(demo),
      parts: (width, height) => this.#layOut(width, height),
    });
    const title = h("summary", null, h("span", { className: "view-title" }, "Every weight and every unit"));
    this.element = h("details", null, title, this.picture.area, this.words);
    // While it was closed it followed no read.
    this.element.addEventListener("toggle", () => demo.values.parameters && this.update());
    this.picture.svg.addEventListener("keydown", (event) => this.#press(/** @type {KeyboardEvent} */ (event)));
  }

  draw() {
    if (!this.picture.draw()) return;
    const output = this.#parts.at(-1);
    if (output) this.#choose(output);
    this.#paint(); // what was read last: the next values may be long in coming
  }

  update() {
    if (!this.element.open) return;
    this.draw();
    this.#paint();
    this.#say();
  }

  #paint() {
    const { out, weight } = reading(this.demo);
    const value = (/** @type {Part} */ { line, layer, from, to }) =>
      line ? weight(layer, from, to).value : out(layer + 1, to);
    const most = Math.max(...this.#parts.filter(({ line }) => line).map((each) => Math.abs(value(each))), 1e-6);
    for (const part of this.#parts) {
      const { layer, from, to } = part;
      const taken = isTaken(this.demo, layer, from) || isTaken(this.demo, layer + 1, to);
      part.element.classList.toggle("taken", taken);
      paint(part, value(part), most);
    }
  }

  /** @param {Part} part @param {boolean} [focus] */
  #choose(part, focus = false) {
    this.#chosen?.element.classList.remove("chosen");
    this.#chosen?.element.setAttribute("tabindex", "-1");
    this.#chosen = part;
    part.element.classList.add("chosen");
    part.element.setAttribute("tabindex", "0");
    if (focus) part.element.focus();
    this.#say();
  }

  #say() {
    const said = this.#chosen ? describe(this.demo, this.#chosen) : [];
    for (const [i, line] of this.#lines.entries()) line.textContent = said[i] ?? "";
  }

  /** @param {Part} part that can be pointed at from now on @param {string} label */
  #add(part, label) {
    const { element } = part;
    element.setAttribute("role", "button");
    element.setAttribute("tabindex", "-1");
    element.setAttribute("aria-label", label);
    element.addEventListener("pointerenter", () => this.#choose(part));
    element.addEventListener("focus", () => this.#chosen === part || this.#choose(part));
    this.#parts.push(part);
    return element;
  }

  /** @param {number} width @param {number} height @returns {SVGElement[]} */
  #layOut(width, height) {
    const sizes = widthsOf(this.demo);
    const last = sizes.length - 1;
    this.#parts = [];
    this.#chosen = undefined;
    const radius = Math.min(13, (height - TOP - BOTTOM) / 17, width / 40);
    const at = (/** @type {number} */ column, /** @type {number} */ k) => [
      SIDE + ((width - 2 * SIDE) * column) / last,
      TOP + ((height - TOP - BOTTOM) * (k + 0.5)) / sizes[column],
    ];
    const edges = sizes.slice(1).flatMap((_, layer) =>
      Array.from({ length: sizes[layer] * sizes[layer + 1] }, (_, i) => {
        const [from, to] = [Math.floor(i / sizes[layer + 1]), i % sizes[layer + 1]];
        const d = `M${at(layer, from).join(" ")}L${at(layer + 1, to).join(" ")}`;
        const line = s("path", { d, class: "edge" });
        const element = s("g", {}, s("path", { d, class: "reach" }), line);
        const label = `Weight from ${name(this.demo, layer, from)} to ${name(this.demo, layer + 1, to)}`;
        return this.#add({ layer, from, to, line, element }, label);
      }),
    );
    const units = sizes.flatMap((count, column) =>
      Array.from({ length: count }, (_, k) => {
        const [cx, cy] = at(column, k);
        const element = s("g", { class: "unit" }, s("circle", { cx, cy, r: radius }));
        return this.#add({ layer: column - 1, from: -1, to: k, element }, `Unit ${name(this.demo, column, k)}`);
      }),
    );
    const heads = sizes.map((_, column) => columnHead(column, last, at(column, 0)[0]));
    return [...heads, ...edges, ...units];
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { key, shiftKey } = event;
    if (!this.#chosen || !key.startsWith("Arrow") || isForBrowser(event)) return;
    event.preventDefault();
    event.stopPropagation();
    const across = Number(key === "ArrowRight") - Number(key === "ArrowLeft");
    const along = Number(key === "ArrowDown") - Number(key === "ArrowUp");
    const { layer, from, to } = this.#chosen;
    const { size, output } = reading(this.demo);
    const column = Math.min(output, Math.max(0, layer + 1 + across));
    const unit = Math.min(size(column) - 1, Math.max(0, to + (shiftKey ? 0 : along)));
    const beside = from + along + (from < 0 && along < 0 ? 1 : 0);
    const entry = shiftKey && layer >= 0 ? (beside + size(layer)) % size(layer) : -1;
    const next = this.#parts.find((each) => each.layer === column - 1 && each.from === entry && each.to === unit);
    if (next) this.#choose(next, true);
  }

  /** @returns {import("../runtime/types.d.ts").Table} */
  table() {
    const { widths, size, weight, bias } = reading(this.demo);
    const rows = widths.slice(1).flatMap((_, layer) =>
      Array.from({ length: size(layer + 1) }, (_, to) => [
        ...Array.from({ length: size(layer) }, (_, from) => ({
          path: `${name(this.demo, layer, from)} → ${name(this.demo, layer + 1, to)}`,
          ...weight(layer, from, to),
        })),
        { path: `bias of ${name(this.demo, layer + 1, to)}`, ...bias(layer, to) },
      ]).flat(),
    );
    return {
      title: "Weights",
      head: ["parameter", "value", "gradient"],
      rows: rows.map(({ path, value, gradient }) => [path, numeral(value), numeral(gradient)]),
    };
  }
}

/** @param {number} column @param {number} last @param {number} x */
function columnHead(column, last, x) {
  const [anchor, dx] = column === 0 ? ["start", -SIDE] : column === last ? ["end", SIDE] : ["middle", 0];
  const text = column === 0 ? "input" : column === last ? "output" : column === last - 1 ? "last hidden" : "";
  return s("text", { x, y: 12, "text-anchor": anchor, dx }, text);
}

/** @param {Part} part @param {number} value @param {number} most of all weights */
function paint({ element, line }, value, most) {
  const share = line ? Math.abs(value) / most : Math.min(1, Math.abs(value));
  if (!Number.isFinite(share)) return;
  const colour = `var(${value < 0 ? "--negative" : "--positive"})`;
  if (line) {
    line.setAttribute("stroke", colour);
    line.setAttribute("stroke-width", `${0.4 + 5 * share}`);
    line.setAttribute("stroke-opacity", `${0.25 + 0.65 * share}`);
  } else {
    const mixed = `color-mix(in srgb, ${colour} ${Math.round(100 * share)}%, var(--paper))`;
    element.firstElementChild?.setAttribute("fill", mixed);
  }
}
