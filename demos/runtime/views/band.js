/**
 * Several runs of one model, as they differ by their seeds: from the lowest to the highest a band, their median a line.
 *
 * In: the names of their histories, which have the same steps. Out: a layer for `plot`.
 */
import { s } from "../common/dom.js";
import { numeral } from "../common/numbers.js";
import { curveMarks } from "./history.js";
import { extentOf, nearest, spread } from "./series.js";

/** @typedef {import("../types.d.ts").Curve} Curve */
/** @typedef {import("./plot.js").Layer} Layer */
/** @typedef {import("./plot.js").Plot} Plot */
/** @typedef {{ histories: string[], label?: string, colour?: string, width?: number }} BandOptions */

/** @param {Plot} plot @param {{ low: Curve, high: Curve }} between @returns {string} the outline, in hundredths */
function outline({ x, y }, { low, high }) {
  const held = (/** @type {number} */ share) => +(100 * Math.min(1, Math.max(0, share))).toFixed(2);
  const point = (/** @type {Curve} */ { steps, values }, /** @type {number} */ i) =>
    `${held(x.share(steps[i] + Number(x.log)))} ${100 - held(y.share(values[i]))}`;
  const known = Array.from({ length: low.count }, (_, i) => i).filter((i) => Number.isFinite(low.values[i]));
  const there = known.map((i) => point(high, i));
  const back = known.reverse().map((i) => point(low, i));
  return there.length > 1 ? `M${[...there, ...back].join("L")}Z` : "";
}

/** What was last computed of the runs, until there is more of them. */
class Spread {
  #key = "";
  /** @type {ReturnType<typeof spread> | undefined} */
  #known;
  runs = 0;

  /** @param {string[]} histories */
  constructor(histories) {
    this.histories = histories;
  }

  /** @param {Plot} plot @returns {ReturnType<typeof spread> | undefined} nothing before one has begun */
  of({ demo }) {
    const runs = this.histories
      .flatMap((history) => demo.curve(history).slice(0, 1))
      .filter(({ count, ghost }) => count && !ghost);
    const key = runs.map(({ count, values }) => `${count} ${values[count - 1]}`).join();
    if (key !== this.#key) this.#known = runs.length ? spread(runs) : undefined;
    this.#key = key;
    this.runs = runs.length;
    return this.#known;
  }
}

/** @returns {{ area: SVGElement, shape: SVGElement }} what is filled, at any size of the plane */
function filledArea(/** @type {string} */ colour) {
  const shape = s("path", { class: "plot-band" });
  shape.style.fill = `var(${colour})`;
  const stretched = { viewBox: "0 0 100 100", preserveAspectRatio: "none", width: "100%", height: "100%" };
  return { area: s("svg", { ...stretched, "aria-hidden": "true" }, shape), shape };
}

/** @param {BandOptions} options @returns {Layer} */
export function band({ histories, label, colour = "--cat-1", width = 1.75 }) {
  const { area, shape } = filledArea(colour);
  const known = new Spread(histories);
  const name = label ?? histories[0];
  /** @type {Plot | undefined} */
  let on;
  let drawn = "";
  return {
    label,
    colour,
    reads: histories,
    attach(plot) {
      on = plot;
      plot.over.prepend(area);
    },
    extent(plot) {
      const found = known.of(plot);
      return extentOf(plot, found ? [found.low, found.high] : []);
    },
    marks(plot) {
      const found = known.of(plot);
      return found ? curveMarks(plot, found.median, colour, width) : [];
    },
    refresh() {
      const found = on && known.of(on);
      const path = on && found ? outline(on, found) : "";
      if (path !== drawn) shape.setAttribute("d", path);
      drawn = path;
    },
    probe(plot, x) {
      const found = known.of(plot);
      if (!found) return;
      const i = nearest(found.median, x - Number(plot.x.log));
      const [low, median, high] = [found.low, found.median, found.high].map(({ values }) => numeral(values[i]));
      const words = `${name} ${median}, ${known.runs} runs from ${low} to ${high}`;
      return Promise.resolve(`${words}, at step ${numeral(found.median.steps[i])}`);
    },
    async table(plot, make) {
      const found = known.of(plot);
      if (!found) return { head: [], rows: [] };
      return make.seriesTable([`${name}, lowest`, "median", "highest"], [found.low, found.median, found.high]);
    },
  };
}
