/**
 * Axes with layers: ticks, units, legend and tooltip in SVG and HTML over one canvas.
 *
 * In: a demo and layers (layers.js). Out: a view. Layers know their data, the plot knows the plane.
 */
import { h, onTheme, s, viewHead } from "../common/dom.js";
import { numeral } from "../common/numbers.js";
import { Surface } from "./surface.js";
import { tip } from "./tip.js";

/** @typedef {import("../demo/tables.js").TableMaker} TableMaker */
/** @typedef {import("../demo/demo.js").Demo} Demo */
/**
 * @typedef {{ label?: string, unit?: string, range?: [number, number], log?: boolean, ticks?: boolean }} AxisOptions
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
 * @property {(plot: Plot, x: number, y: number) => Promise<string> | undefined} [probe] what lies there, in words
 * @property {(plot: Plot, make: TableMaker) => Promise<import("../types.d.ts").Columns>} [table]
 * @property {(plot: Plot) => unknown} [attach] makes it editable
 * @property {() => void} [refresh] moves what is not on the canvas
 * @property {string[]} [categories] labels on the x axis
 */

/**
 * @param {number} low @param {number} high @param {number} most
 * @returns {number[]} multiples of 1, 2 or 5 times a power of ten
 */
export function ticksOf(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) ticks.push(k * step);
  return ticks;
}

/**
 * @param {number} low @param {number} high both logarithms @param {number} most
 * @returns {number[]} logarithms of powers of ten, and of 2 and 5 between them where there is room
 */
function logTicksOf(low, high, most) {
  const decades = ticksOf(Math.floor(low), Math.ceil(high), most).filter(Number.isInteger);
  const all =
    (high - low) * 3 > most ? decades : decades.flatMap((each) => [each, each + Math.log10(2), each + Math.log10(5)]);
  return all.filter((each) => each >= low - 1e-9 && each <= high + 1e-9);
}

class Axis {
  low = 0;
  high = 1;

  /** @param {AxisOptions} options */
  constructor(options) {
    this.options = options;
    this.log = options.log ?? false;
    if (options.range) this.fit(...options.range, true);
  }

  /** @param {number} value in data units */
  scaled(value) {
    return this.log ? Math.log10(Math.max(value, 1e-30)) : value;
  }

  /**
   * @param {number} low @param {number} high @param {boolean} [exact]: else bounds move outwards to ticks, and stay
   * while the data fills a good part of them, so that axes do not jitter
   */
  fit(low, high, exact) {
    let [a, b] = [this.scaled(low), this.scaled(high)];
    if (!exact) {
      if (!(b - a > 1e-9)) b = a + (this.log ? 1 : Math.abs(a) || 1);
      if (a >= this.low && b <= this.high && b - a > 0.4 * (this.high - this.low)) return;
      const [first, second] = ticksOf(a, b, 4);
      const step = this.log ? 0.5 : second - first || b - a;
      [a, b] = [Math.floor(a / step + 1e-6) * step, Math.ceil(b / step - 1e-6) * step];
    }
    this.low = a;
    this.high = b;
  }

  /** @param {number} value in data units @returns {number} 0 to 1 */
  share(value) {
    return (this.scaled(value) - this.low) / (this.high - this.low);
  }

  /** @param {number} share @returns {number} in data units */
  value(share) {
    const value = this.low + share * (this.high - this.low);
    return this.log ? 10 ** value : value;
  }

  /** @param {number} most */
  ticks(most) {
    if (this.options.ticks === false) return [];
    return this.log ? logTicksOf(this.low, this.high, most) : ticksOf(this.low, this.high, most);
  }

  get name() {
    const { label = "", unit } = this.options;
    return unit ? `${label} (${unit})` : label;
  }
}

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
    this.area.style.aspectRatio = "var(--aspect)";
    this.area.style.setProperty("--aspect", `${options.aspect ?? 1.6}`);
    this.element = h("div", { className: "plot" }, this.#head(), h("div", { className: "plot-frame" }, this.area));
    for (const layer of this.layers) layer.attach?.(this);
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

  changed() {
    this.demo.redraw();
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
    }
  }

  #drawAxes() {
    const { clientWidth: width, clientHeight: height } = this.area;
    const key = `${this.window} ${width} ${height}`;
    if (!width || key === this.#drawn) return;
    this.#drawn = key;
    this.over.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const { categories } = this.layers.find((layer) => layer.categories) ?? {};
    const parts = [];
    for (const tick of this.y.ticks(Math.max(2, height / 45))) {
      const y = height * (1 - (tick - this.y.low) / (this.y.high - this.y.low));
      parts.push(
        s("path", { d: `M0 ${y}H${width}`, class: Math.abs(tick) < 1e-12 && !this.y.log ? "zero" : "" }),
        s("text", { x: -6, y: y + 4, "text-anchor": "end" }, numeral(this.y.log ? 10 ** tick : tick)),
      );
    }
    const across = categories ? categories.map((_, i) => i) : this.x.ticks(Math.max(2, width / 75));
    for (const tick of across) {
      const x = (width * (tick - this.x.low)) / (this.x.high - this.x.low);
      if (!categories) parts.push(s("path", { d: `M${x} ${height}v-4`, class: "tick" }));
      const name = categories?.[tick] ?? numeral(this.x.log ? 10 ** tick : tick);
      parts.push(s("text", { x, y: height + 16, "text-anchor": "middle" }, name));
    }
    parts.push(s("text", { x: width, y: height + 32, "text-anchor": "end", class: "name" }, this.x.name));
    parts.push(s("text", { x: -6, y: -8, class: "name" }, this.y.name));
    this.#axes.replaceChildren(...parts);
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
