/**
 * Points that the reader makes by hand on a plot, by mouse, touch and keyboard. Loaded with such a plot.
 *
 * In: a plot and the names of the inputs to write. Out: `demo.edit` calls, so that it all is in the link.
 */
import { ARROWS } from "../common/arrows.js";
import { s } from "../common/dom.js";
import { isForBrowser } from "../common/keys.js";
import { numeral } from "../common/numbers.js";
import { onEdit } from "./gesture.js";

/** @typedef {import("./plot.js").Plot} Plot */
/**
 * @typedef {{ classes: number[], names: string[], count?: string, placing?: () => number, colours?: string[] }}
 *   PointEdit
 */

const MARGIN = 16; // CSS pixels around the plot, beyond which a point that is dragged there is removed

/**
 * @param {Plot} plot @param {string} xy @param {string} kind @param {PointEdit} edit @param {number} size
 * @returns {() => void} puts the circles where the inputs say
 */
export function editPoints(plot, xy, kind, edit, size) {
  const editor = new PointEditor(plot, xy, kind, edit, size);
  return () => editor.refresh();
}

class PointEditor {
  #group = s("g", { class: "plot-points" });
  #focused = 0;
  /** The point that is dragged, else -1. */
  #held = -1;

  /** @param {Plot} plot @param {string} xy @param {string} kind @param {PointEdit} edit @param {number} size */
  constructor(plot, xy, kind, edit, size) {
    this.plot = plot;
    this.xy = xy;
    this.kind = kind;
    this.edit = edit;
    this.size = size;
    const { over } = plot;
    over.append(this.#group);
    over.classList.add("editable");
    over.addEventListener("keydown", (event) => this.#press(/** @type {KeyboardEvent} */ (event)));
    onEdit(over, {
      begin: (event) => this.#take(event),
      move: (event) => this.#move(this.#held, ...plot.locate(event)),
      end: (event, whole) => {
        if (whole && this.#isOutside(event)) this.#remove(this.#held);
      },
    });
    over.addEventListener("dblclick", (event) => {
      const i = this.#indexOf(event);
      if (i >= 0) this.#relabel(i);
    });
  }

  #read() {
    const { plot, xy, kind, edit } = this;
    const at = plot.demo.input(xy);
    const of = plot.demo.input(kind);
    const count = edit.count ? (plot.demo.input(edit.count)[0] ?? 0) : of.length;
    return { at, of, n: Math.min(count, of.length) }; // a link may say anything
  }

  /** @param {ArrayLike<number>} at @param {ArrayLike<number>} of @param {number} [n] */
  #commit(at, of, n) {
    const { plot, xy, kind, edit } = this;
    if (edit.count && n !== undefined) plot.demo.edit(edit.count, [n]);
    plot.demo.edit(kind, of);
    plot.demo.edit(xy, at);
    this.refresh();
  }

  /** @param {number} i @param {number} x @param {number} y */
  #move(i, x, y) {
    const { plot } = this;
    const { at, of } = this.#read();
    at[2 * i] = Math.min(plot.x.value(1), Math.max(plot.x.value(0), x));
    at[2 * i + 1] = Math.min(plot.y.value(1), Math.max(plot.y.value(0), y));
    this.#commit(at, of);
  }

  /** @param {number} i */
  #remove(i) {
    const { at, of, n } = this.#read();
    if (!this.edit.count || n < 1) return;
    at.copyWithin(2 * i, 2 * i + 2);
    of.copyWithin(i, i + 1);
    at.fill(0, 2 * n - 2);
    of.fill(0, n - 1);
    this.#focused = Math.max(0, Math.min(this.#focused, n - 2));
    this.#commit(at, of, n - 1);
  }

  /** @param {number} x @param {number} y @returns {number} its index, -1 when there is no room */
  #add(x, y) {
    const { classes, count, placing } = this.edit;
    const { at, of, n } = this.#read();
    if (!count || n >= of.length) return -1;
    at.set([x, y], 2 * n);
    of[n] = placing?.() ?? classes[0];
    this.#commit(at, of, n + 1);
    return n;
  }

  /** @param {number} i */
  #relabel(i) {
    const { classes } = this.edit;
    const { at, of } = this.#read();
    of[i] = classes[(classes.indexOf(of[i]) + 1) % classes.length];
    this.#commit(at, of);
  }

  /** @param {number} i */
  #focus(i) {
    this.#focused = i;
    this.refresh();
    /** @type {SVGElement | undefined} */ (this.#group.children[i])?.focus({ preventScroll: true });
  }

  /** @param {Event} event @returns {number} the point it is about, -1 for none */
  #indexOf({ target }) {
    return [...this.#group.children].indexOf(/** @type {Element} */ (target));
  }

  /** @param {PointerEvent} event */
  #isOutside({ clientX, clientY }) {
    const { left, right, top, bottom } = this.plot.area.getBoundingClientRect();
    const beside = clientX < left - MARGIN || clientX > right + MARGIN;
    return beside || clientY < top - MARGIN || clientY > bottom + MARGIN;
  }

  refresh() {
    const { plot, edit, size } = this;
    const { classes, names } = edit;
    const signs = ["--negative", "--positive"];
    const colours = edit.colours ?? (classes.length === 2 ? signs : classes.map((_, k) => `--cat-${k + 1}`));
    const { at, of, n } = this.#read();
    const { children } = this.#group;
    while (children.length > n) this.#group.lastChild?.remove();
    while (children.length < n) this.#group.append(s("circle", { r: size, role: "button" }));
    this.#focused = Math.min(this.#focused, Math.max(0, n - 1));
    const { clientWidth: width, clientHeight: height } = plot.area;
    for (let i = 0; i < n; i++) {
      const circle = children[i];
      const [x, y] = [at[2 * i], at[2 * i + 1]];
      const k = Math.max(0, classes.indexOf(of[i]));
      circle.setAttribute("cx", `${plot.x.share(x) * width}`);
      circle.setAttribute("cy", `${(1 - plot.y.share(y)) * height}`);
      circle.setAttribute("fill", `var(${colours[k]})`);
      circle.setAttribute("tabindex", i === this.#focused ? "0" : "-1");
      const place = `at ${numeral(x)}, ${numeral(y)}`;
      circle.setAttribute("aria-label", `Point ${i + 1} of ${n}, class ${names[k]}, ${place}`);
    }
    // With no point to focus, the plane itself takes the keyboard.
    plot.over.setAttribute("tabindex", n ? "-1" : "0");
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (isForBrowser(event)) return;
    const { x, y } = this.plot;
    const { key } = event;
    const { n } = this.#read();
    const i = this.#indexOf(event);
    if (key === "n" || key === "N" || (i < 0 && key === "Enter")) {
      const made = this.#add((x.value(0) + x.value(1)) / 2, (y.value(0) + y.value(1)) / 2);
      if (made >= 0) this.#focus(made);
    } else if (i < 0 || i >= n) return;
    else if (ARROWS[key]) this.#nudge(i, ARROWS[key], event.shiftKey ? 0.1 : 0.02);
    else if (key === "Enter" || key === " ") this.#relabel(i);
    else if (key === "Delete" || key === "Backspace") {
      this.#remove(i);
      this.#focus(this.#focused);
    } else if (key === "PageDown" || key === "PageUp")
      this.#focus((i + (key === "PageUp" ? n - 1 : 1)) % n); // one stop for Tab
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} i @param {[number, number]} direction @param {number} share of the plane's width and height */
  #nudge(i, [across, up], share) {
    const { x, y } = this.plot;
    const { at } = this.#read();
    const width = x.value(1) - x.value(0);
    const height = y.value(1) - y.value(0);
    this.#move(i, at[2 * i] + across * share * width, at[2 * i + 1] + up * share * height);
  }

  /** @param {PointerEvent} event: a point is taken hold of, or placed @returns {boolean} whether there is one now */
  #take(event) {
    const { plot } = this;
    if (!plot.demo.live) return false;
    const i = this.#indexOf(event);
    this.#held = i >= 0 ? i : this.#add(...plot.locate(event));
    if (this.#held >= 0) this.#focus(this.#held);
    return this.#held >= 0;
  }
}
