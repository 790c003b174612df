/**
 * One axis: from data units to shares of its length, its ticks, and both axes of a plot as SVG.
 *
 * In: what an author says of an axis, and the extent of what is shown. Out: shares, ticks, SVG. It knows no layers.
 */
import { s } from "../common/dom.js";
import { linearNames, logNames, logTicksOf, ticksOf } from "./ticks.js";

/**
 * @typedef {{ label?: string, unit?: string, range?: [number, number], log?: boolean, ticks?: boolean }} AxisOptions
 */

/** Half the width of a digit on an axis, in CSS pixels. */
const HALF_DIGIT = 3.4;
/** Room to the right of the plane (runtime.css). */
const ASIDE = 10;

export class Axis {
  low = 0;
  high = 1;
  /** Whether its numbers are those of something that is there: else none are written. */
  known = true;
  /** What it counts, where its label does not say so. @type {string | undefined} */
  over;

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

  /** @param {number} most @returns {{ share: number, zero: boolean, text: string, power?: string }[]} */
  ticks(most) {
    if (this.options.ticks === false) return [];
    const [of, names] = this.log ? [logTicksOf, logNames] : [ticksOf, linearNames];
    const places = of(this.low, this.high, most);
    return names(places).map((name, i) => ({
      ...(this.known ? name : { text: "" }),
      share: (places[i] - this.low) / (this.high - this.low),
      zero: !this.log && Math.abs(places[i]) < 1e-12,
    }));
  }

  /** The range, in data units. @returns {[number, number]} */
  get ends() {
    return [this.value(0), this.value(1)];
  }

  get name() {
    const { label = "", unit } = this.options;
    if (this.over) return this.over;
    return unit ? `${label} (${unit})` : label;
  }
}

/** @param {{ text: string, power?: string }} name @param {Record<string, string | number>} attributes */
function label({ text, power }, attributes) {
  const raised = power ? [s("tspan", { dy: -4, "font-size": "0.8em" }, power)] : [];
  return s("text", attributes, text, ...raised);
}

/** @param {number} share @returns {string} */
const percents = (share) => `${+(100 * share).toFixed(3)}%`;

/** @param {Axis} x @param {number} width in CSS pixels @returns {ReturnType<Axis["ticks"]>} whose names stand apart */
function readable(x, width) {
  /** @param {number} room */
  const ticks = (room) => x.ticks(Math.max(2, Math.min(width / room, 12)));
  const fit = (/** @type {ReturnType<Axis["ticks"]>} */ found) =>
    found.every(({ text, power = "" }) => (text.length + power.length + 2) * 2 * HALF_DIGIT < width / found.length);
  return [36, 48, 60, 75].map(ticks).find(fit) ?? ticks(110);
}

/**
 * Both axes, in shares of the plane, so that they stand where they belong at any size.
 * @param {Axis} x @param {Axis} y @param {number} width @param {number} height of the plane, in CSS pixels: how many
 *   ticks there is room for
 * @param {{ categories?: string[], covered?: boolean }} layers names in place of numbers along x; whether the plane is
 *   covered, so that it has no lines
 * @returns {SVGElement[]}
 */
export function axisParts(x, y, width, height, { categories, covered }) {
  const parts = [];
  for (const tick of y.ticks(Math.max(2, height / 45))) {
    const at = percents(1 - tick.share);
    if (!covered) parts.push(s("line", { x2: "100%", y1: at, y2: at, class: tick.zero ? "zero" : "" }));
    parts.push(label(tick, { x: 0, y: at, dx: -6, dy: 4, "text-anchor": "end" }));
  }
  const across = categories?.map((text, i) => ({ text, share: x.share(i), power: undefined })) ?? readable(x, width);
  for (const tick of across) {
    const at = percents(tick.share);
    if (!categories) parts.push(s("rect", { x: at, y: "100%", width: 1, height: 4, transform: "translate(-0.5 -4)" }));
    // The last name ends where there is room, so that it is never cut.
    const half = HALF_DIGIT * (tick.text.length + 0.8 * (tick.power?.length ?? 0));
    const back = Math.min(0, width * (1 - tick.share) + ASIDE - half);
    parts.push(label(tick, { x: at, y: "100%", dx: back, dy: 16, "text-anchor": "middle" }));
  }
  parts.push(s("text", { x: "100%", y: "100%", dy: 32, "text-anchor": "end", class: "name" }, x.name));
  parts.push(s("text", { x: -6, y: -11, class: "name" }, y.name));
  return parts;
}
