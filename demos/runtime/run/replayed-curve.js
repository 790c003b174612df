/**
 * What a replayed figure shows: the curve just computed, over the one that was built, and how the figure was made.
 * Loaded when the reader asks for either.
 *
 * In: the figure's SVGs, where each shows the curve, and numbers; or the figure's record. Out: SVG, or a list. It runs
 * nothing.
 */
import { h, s } from "../common/dom.js";
import { numeral } from "../common/numbers.js";

/** @typedef {import("../types.d.ts").CurvePlace} CurvePlace */
/** @typedef {import("../types.d.ts").ReplayRecord} ReplayRecord */

/** A figure that shows no such curve gets a plot of its own, so large. */
const [WIDTH, HEIGHT, LEFT, FOOT] = [520, 170, 48, 34];
const MANY_DECADES = 100;

/** @param {ReplayRecord} record @returns {HTMLElement} */
export function recordList({ adapter, seed, times, program, versions, kernels }) {
  const rows = [
    ["run", `${program}, ${times} times, seed ${seed}`],
    ["adapter", adapter],
    ...Object.entries(versions),
    ...Object.entries(kernels),
  ];
  return h("dl", null, ...rows.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
}

/** @param {CurvePlace} place @param {ArrayLike<number>} values @returns {string} a path's data, in the SVG's units */
function pathOf({ box: [left, top, right, bottom], x, y, logs, first, step }, values) {
  /** @param {number} value @param {number[]} ends @param {boolean} log */
  const share = (value, ends, log) => {
    const [at, low, high] = [value, ...ends].map((each) => (log ? Math.log10(Math.max(each, 1e-30)) : each));
    return (at - low) / (high - low);
  };
  let path = "";
  for (let i = 0; i < values.length; i++) {
    const across = left + (right - left) * share(first + i * step, x, logs[0]);
    const up = Math.min(1.02, Math.max(-0.02, share(values[i], y, logs[1])));
    if (Number.isFinite(across) && Number.isFinite(up))
      path += `${path ? "L" : "M"}${across.toFixed(1)} ${(bottom - (bottom - top) * up).toFixed(1)}`;
  }
  return path;
}

/**
 * The figure's two SVGs, for wide and narrow windows, each with a line of the reader's own over the built one; or,
 * where the figure does not show the curve, a plot of it.
 */
export class ReplayedCurve {
  /** @type {[SVGElement, CurvePlace][]} */
  #lines = [];

  /** @param {Element} figure @param {ReplayRecord} record @param {HTMLElement} beside where a plot of its own goes */
  constructor(figure, { places = {}, series, times }, beside) {
    const [[name, built]] = Object.entries(series);
    beside.replaceChildren();
    for (const [size, place] of Object.entries(places)) {
      const svg = figure.querySelector(`.figure-svg.only-${size}`);
      if (!svg) continue;
      svg.querySelector(".replay-curve")?.remove();
      this.#add(svg, place);
    }
    if (this.#lines.length) return;
    const { svg, place } = plotOf(name, built, times);
    beside.append(svg);
    this.#add(svg, place);
  }

  /** @param {Element} svg @param {CurvePlace} place */
  #add(svg, place) {
    const line = s("path", { class: "replay-curve" });
    svg.append(line);
    this.#lines.push([line, place]);
  }

  /** @param {ArrayLike<number>} live as far as it has come */
  draw(live) {
    for (const [line, place] of this.#lines) line.setAttribute("d", pathOf(place, live));
  }
}

/**
 * @param {string} name @param {number[]} built @param {number} times
 * @returns {{ svg: SVGElement, place: CurvePlace }} the built curve on axes
 */
function plotOf(name, built, times) {
  const known = built.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const log = low > 0 && high > MANY_DECADES * low;
  const y = [log ? low : Math.min(0, low), high > low ? high : low + 1];
  const box = [LEFT, 18, WIDTH - 8, HEIGHT - FOOT];
  const place = { box, x: [0, times], y, logs: [false, log], first: 1, step: 1 };
  const [left, top, right, bottom] = box;
  /** @param {number} x @param {number} y @param {string} anchor @param {string} text */
  const word = (x, y, anchor, text) => s("text", { x, y, "text-anchor": anchor }, text);
  const svg = s(
    "svg",
    { class: "replay-plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${name} by step` },
    s("path", { class: "replay-axis", d: `M${left} ${top}V${bottom}H${right}` }),
    s("path", { class: "replay-built", d: pathOf(place, built) }),
    word(left - 6, bottom, "end", numeral(y[0])),
    word(left - 6, top + 8, "end", numeral(y[1])),
    word(left, bottom + 16, "middle", "0"),
    word(right, bottom + 16, "end", numeral(times)),
    word((left + right) / 2, bottom + 28, "middle", "step"),
    word(left, top - 6, "start", `${name.replace(/\.history$/, "")}${log ? ", logarithmic" : ""}`),
  );
  return { svg, place };
}
