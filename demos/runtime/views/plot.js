/**
 * Axes with layers: ticks, units, legend and tooltip in SVG and HTML over one canvas.
 *
 * In: a demo and layers (layers.js). Out: a view. Layers know their data, the plot knows the plane.
 */
import { h, onTheme, s, viewHead } from "../common/dom.js";
import { Axis, axisParts } from "./axis.js";
import { Surface } from "./surface.js";
import { tip } from "./tip.js";

/** @typedef {import("../demo/tables.js").TableMaker} TableMaker */
/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("./axis.js").AxisOptions} AxisOptions */
/**
 * @typedef {{ title: string, x?: AxisOptions, y?: AxisOptions, aspect?: number, layers: Layer[],
 *   legend?: Record<string, string> }} PlotOptions
 */
/**
 * @typedef {object} Layer
 * @property {string} [label]
 * @property {string} [colour] a token
 * @property {string[]} [reads]
 * @property {(plot: Plot) => import("./surface.js").Mark[]} [marks]
 * @property {(plot: Plot) => { x?: [number, number], y?: [number, number] } | undefined} [extent]
 * @property {(plot: Plot) => string | undefined} [over] what x counts, where its label does not say so
 * @property {(plot: Plot, x: number, y: number) => Promise<string> | undefined} [probe] what lies there, in words
 * @property {(plot: Plot, make: TableMaker) => Promise<import("../types.d.ts").Columns>} [table]
 * @property {(plot: Plot) => unknown} [attach] makes it editable
 * @property {() => void} [refresh] moves what is not on the canvas
 * @property {() => void} [update] after each read of demo.values
 * @property {string[]} [categories] labels on the x axis
 * @property {boolean} [covers] whether it fills the plane, so that there are no lines to be seen
 */

/** Width and height of a plane differ by no more: it is a picture of a space, and is never pressed flat. */
const PLANE = 1.25;
/** Pixels across that a plot is taken to have while nobody has laid it out. */
const ROOM = 480;

export class Plot {
  #surface = new Surface(() => this.changed());
  #axes = s("g", { class: "plot-axes" });
  #drawn = "";
  #stopListening = onTheme(() => (this.#drawn = ""));

  /** @param {Demo} demo @param {PlotOptions} options */
  constructor(demo, options) {
    this.demo = demo;
    this.options = options;
    this.x = new Axis(options.x ?? {});
    this.y = new Axis(options.y ?? {});
    this.layers = options.layers;
    this.reads = this.layers.flatMap(({ reads = [] }) => reads);
    this.over = s("svg", { class: "plot-over", role: "group", "aria-label": options.title }, this.#axes);
    const words = tip(demo, this.over, (u, v) => this.#probe(u, v));
    this.area = h("div", { className: "plot-area" }, this.#surface.canvas, this.over, words);
    this.area.style.setProperty("--aspect", `${this.#aspect}`);
    if (this.#aspect <= PLANE) this.area.classList.add("plane"); // which stays as broad as it is high
    this.element = h("div", { className: "plot" }, this.#head(), this.#frame());
    for (const layer of this.layers) layer.attach?.(this);
    this.#drawAxes();
  }

  /** Around the plane there is room for the names that its axes have. */
  #frame() {
    const { x, y } = this;
    const names = `${x.name ? "" : " no-x"}${y.name ? "" : " no-y"}`;
    return h("div", { className: `plot-frame${names}` }, this.area);
  }

  #head() {
    const entries = this.layers
      .filter(({ label }) => label)
      .map(({ label, colour }) => [label, colour])
      .concat(Object.entries(this.options.legend ?? {}));
    const legend = h("span", { className: "plot-legend" });
    for (const [label, colour] of entries) {
      const key = h("i", null);
      key.style.background = `var(${colour ?? "--cat-1"})`;
      legend.append(h("span", null, key, `${label}`));
    }
    return viewHead(this.options.title, ...(entries.length ? [legend] : []));
  }

  get #aspect() {
    return this.options.aspect ?? 1.6;
  }

  /** Its size or the theme did. Without a run it is drawn by nobody: its axes are there all the same. */
  changed() {
    if (this.demo.awake) this.demo.redraw();
    else this.#drawAxes();
  }

  /** x0, y0, x1, y1 of the plane, as marks want them */
  get window() {
    return [this.x.low, this.y.low, this.x.high, this.y.high];
  }

  /** How marks come from data units to the plane. */
  get scale() {
    return { window: this.window, logs: [Number(this.x.log), Number(this.y.log)] };
  }

  /** @param {import("../types.d.ts").Frame} frame */
  draw(frame) {
    this.#fit();
    this.#drawAxes();
    this.#surface.draw(
      frame,
      this.layers.flatMap((layer) => layer.marks?.(this) ?? []),
    );
    for (const layer of this.layers) layer.refresh?.();
  }

  #fit() {
    const extents = this.layers.map((layer) => layer.extent?.(this));
    for (const name of /** @type {const} */ (["x", "y"])) {
      if (this[name].options.range) continue;
      const known = extents.flatMap((each) => each?.[name] ?? []).filter(Number.isFinite);
      if (known.length) this[name].fit(Math.min(...known), Math.max(...known));
      this[name].known = known.length > 0 || !this.layers.some((layer) => layer.extent);
    }
    this.x.over = this.layers.map((layer) => layer.over?.(this)).find(Boolean);
  }

  #drawAxes() {
    const { clientWidth: width = 0, clientHeight: height = 0 } = this.area;
    const [across, down] = width ? [width, height] : [ROOM, ROOM / this.#aspect]; // before there is a layout
    const { x, y } = this;
    const key = `${this.window} ${across} ${down} ${x.known} ${y.known} ${x.name}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    const categories = this.layers.find((layer) => layer.categories)?.categories;
    const covered = this.layers.some((layer) => layer.covers);
    this.#axes.replaceChildren(...axisParts(x, y, across, down, { categories, covered }));
  }

  update() {
    for (const layer of this.layers) layer.update?.();
  }

  /** @param {{ clientX: number, clientY: number }} event @returns {[number, number]} in data units */
  locate(event) {
    const box = this.area.getBoundingClientRect();
    return [
      this.x.value((event.clientX - box.left) / box.width),
      this.y.value(1 - (event.clientY - box.top) / box.height),
    ];
  }

  /** @param {number} u @param {number} v shares of the plane, from its upper left corner */
  async #probe(u, v) {
    const words = [];
    for (const layer of this.layers) {
      const text = await layer.probe?.(this, this.x.value(u), this.y.value(1 - v));
      if (text) words.push(text);
    }
    return words.join("\n");
  }

  /** @param {import("../demo/tables.js").TableMaker} make */
  table(make) {
    return make.plotTable(this);
  }

  destroy() {
    this.#stopListening();
    this.#surface.destroy();
  }
}

/** @param {Demo} demo @param {PlotOptions} options */
export const plot = (demo, options) => new Plot(demo, options);
