/**
 * The weights as pictures. `proof`: their length after k mistakes lies between γk and R√k, which cross at the bound;
 * both axes are logarithmic, so that both limits are straight lines. `walk`: where their tip has been.
 *
 * In: a demo and how to read its summary. Out: views.
 */
import { h, numeral, picture, s, viewHead } from "../runtime/index.js";
import { HOPELESS } from "./margin.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/** @typedef {import("../runtime/types.d.ts").View} View */
/** @typedef {import("./margin.js").Summary} Summary */
/** @typedef {{ k: number, w: [number, number], length: number }} Weights after so many mistakes */

const [LEFT, RIGHT, TOP, BOTTOM] = [44, 12, 26, 40];
const POWERS = [0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e5];
const APART = 36; // pixels between two numbers on an axis, at least
const DOTS = 40; // the last so many mistakes of the run

/** @param {Demo} demo @returns {Weights[]} as far back as the trail goes */
function remembered(demo) {
  const { trail, bias_trail: biases } = demo.values;
  const mistakes = demo.number("mistakes") || 0;
  const kept = Math.min(mistakes, biases?.length ?? 0);
  return Array.from({ length: kept }, (_, i) => {
    const row = biases.length - kept + i;
    const [across, up] = [trail[2 * row], trail[2 * row + 1]];
    return { k: mistakes - kept + i + 1, w: [across, up], length: Math.hypot(across, up, biases[row]) };
  });
}

/** @param {number} x @param {number} y @param {string} words @param {Record<string, string>} [attributes] */
const text = (x, y, words, attributes = {}) => s("text", { x, y, ...attributes }, words);

/** @param {number} width @param {number} height @param {Summary} now where a number of mistakes and a length lie */
function logarithmicAxes(width, height, { mistakes, radius, margin, bound }) {
  const parted = Number.isFinite(bound);
  const last = Math.max(20, 2 * mistakes, parted ? 2.2 * bound : 0);
  const [low, high] = [Math.min(0.5, parted ? margin : 0.5), 1.6 * radius * Math.sqrt(last)];
  const [across, down] = [width - LEFT - RIGHT, height - TOP - BOTTOM];
  return {
    last,
    low,
    high,
    x: (/** @type {number} */ k) => LEFT + (across * Math.log(k)) / Math.log(last),
    y: (/** @type {number} */ length) => TOP + (down * Math.log(high / length)) / Math.log(high / low),
  };
}

/** @param {number} width @param {number} height @param {ReturnType<typeof logarithmicAxes>} axes */
function rules(width, height, { last, low, high, x, y }) {
  const powers = (/** @type {number} */ from, /** @type {number} */ to) =>
    POWERS.filter((each) => each >= from * 0.999 && each <= to);
  return [
    ...powers(low, high).flatMap((each) => [
      s("path", { class: "rule", d: `M${LEFT} ${y(each)}H${width - RIGHT}` }),
      text(LEFT - 6, y(each) + 4, numeral(each), { "text-anchor": "end" }),
    ]),
    ...powers(1, last).map((each) => text(x(each), height - BOTTOM + 17, numeral(each), { "text-anchor": "middle" })),
    text(LEFT, 12, "length of w"),
    text(width - RIGHT, height - 6, "mistakes k", { "text-anchor": "end" }),
  ];
}

/** @param {number} height @param {ReturnType<typeof logarithmicAxes>} axes @param {Summary} now: between γk and R√k */
function limits(height, { last, x, y }, { radius, margin, bound, most: allowed, apart }) {
  const parted = Number.isFinite(bound);
  const end = parted ? bound : last;
  const root = end ** 0.5;
  const most = (/** @type {number} */ k) => radius * Math.sqrt(k);
  const wedge = `${x(1)},${y(radius)} ${x(end)},${y(most(end))} ${x(1)},${y(margin)}`;
  const upper = [
    s("path", { class: "limit", d: `M${x(1)} ${y(radius)}L${x(last)} ${y(most(last))}` }),
    text(x(root), y(most(root)) - 10, "at most R√k", { "text-anchor": "end" }),
  ];
  if (!parted) {
    const why = apart ? `margin below ${HOPELESS}: lower limit left out` : "no margin, so no lower limit";
    return [...upper, text(x(1) + 8, TOP + 12, Number.isNaN(bound) ? "measuring the margin …" : why)];
  }
  const name = { class: "bound-name", "text-anchor": "end" };
  return [
    s("polygon", { class: "wedge", points: wedge }),
    s("path", { class: "limit", d: `M${x(1)} ${y(margin)}L${x(last)} ${y(margin * last)}` }),
    ...upper,
    text(x(root) + 6, y(margin * root) + 14, "at least γk"),
    s("path", { class: "bound", d: `M${x(bound)} ${TOP}V${height - BOTTOM}` }),
    text(x(bound) - 6, height - BOTTOM - 8, `bound ${numeral(allowed)}`, name),
  ];
}

/** @param {Demo} demo @param {() => Summary} summary @returns {View} */
export function proof(demo, summary) {
  const { area, draw } = picture({
    area: "wedge-area",
    attributes: {
      class: "weights-picture",
      role: "img",
      "aria-label": "Length of the weights against the number of mistakes",
    },
    shows: () => {
      const { mistakes, radius, bound, apart } = summary();
      return radius > 0 ? [mistakes, radius, bound, apart] : undefined;
    },
    parts: (width, height) => {
      const now = summary();
      const axes = logarithmicAxes(width, height, now);
      const [x, y] = [axes.x, (/** @type {number} */ length) => axes.y(Math.max(length, axes.low))];
      const run = remembered(demo);
      const line = run.map(({ k, length }) => `${x(k)},${y(length)}`).join(" ");
      const dots = run.slice(-DOTS);
      return [
        ...rules(width, height, axes),
        ...limits(height, axes, now),
        s("polyline", { class: "run", points: line }),
        ...dots.map(({ k, length }) => s("circle", { class: "run-dot", r: 3, cx: x(k), cy: y(length) })),
      ];
    },
  });
  return {
    element: h("div", { className: "plot" }, viewHead("Length of the weights"), area),
    draw: () => void draw(),
    table: () => ({
      title: "Length of the weights",
      head: ["mistakes", "at least", "length", "at most"],
      rows: remembered(demo).map(({ k, length }) => [
        k,
        numeral(Number.isFinite(summary().bound) ? summary().margin * k : NaN),
        numeral(length),
        numeral(summary().radius * Math.sqrt(k)),
      ]),
    }),
  };
}

/**
 * @param {number} low @param {number} high the ends of an axis, in pixels @param {number} zero where its 0 lies
 * @param {number} scale pixels of a weight of 1, negative where weights grow upwards
 * @returns {number[]} weights to be named on the axis, but for 0: multiples of 1, 2 or 5 times a power of ten
 */
function ticks(low, high, zero, scale) {
  const least = APART / Math.abs(scale);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 5].find((each) => each * power >= least) ?? 10) * power;
  const [first, last] = [low, high].map((end) => (end - zero) / scale).sort((a, b) => a - b);
  const from = Math.ceil(first / step);
  const count = Math.max(0, Math.floor(last / step) - from + 1);
  return Array.from({ length: count }, (_, i) => (from + i) * step).filter((each) => each !== 0);
}

/** @param {number} width @param {number} height @param {Weights[]} run */
function walkParts(width, height, run) {
  // One scale for both axes; the origin is always in sight.
  const [xs, ys] = [0, 1].map((axis) => [0, ...run.map(({ w }) => w[axis])]);
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min((width - 60) / Math.max(right - left, 2), (height - 36) / Math.max(high - low, 2));
  const x = (/** @type {number} */ value) => width / 2 + scale * (value - (left + right) / 2);
  const y = (/** @type {number} */ value) => height / 2 - scale * (value - (low + high) / 2);
  const path = [[0, 0], ...run.map(({ w }) => w)].map(([a, b]) => `${x(a)},${y(b)}`).join(" ");
  const tip = run.at(-1)?.w;
  const arrow = tip && [
    s("path", { class: "arrow", d: `M${x(0)} ${y(0)}L${x(tip[0])} ${y(tip[1])}` }),
    s("circle", { class: "tip", r: 4.5, cx: x(tip[0]), cy: y(tip[1]) }),
  ];
  return [
    s("path", { class: "rule", d: `M0 ${y(0)}H${width}M${x(0)} 0V${height}` }),
    text(width - 6, y(0) + 16, "w₁", { "text-anchor": "end" }),
    text(x(0) + 6, 14, "w₂"),
    ...ticks(32, width - 12, x(0), scale).flatMap((each) => [
      s("path", { class: "rule", d: `M${x(each)} 0V${height}` }),
      text(x(each), height - 6, numeral(each), { "text-anchor": "middle" }),
    ]),
    ...ticks(20, height - 24, y(0), -scale).flatMap((each) => [
      s("path", { class: "rule", d: `M0 ${y(each)}H${width}` }),
      text(6, y(each) - 4, numeral(each)),
    ]),
    s("polyline", { class: "run faint", points: path }),
    ...run.map(({ w: [a, b] }) => s("circle", { class: "run-dot", r: 2.5, cx: x(a), cy: y(b) })),
    ...(arrow ?? []),
  ];
}

/** @param {Demo} demo @returns {View} */
export function walk(demo) {
  const label = "The weights of both coordinates after each mistake, joined in order";
  const { area, draw } = picture({
    area: "walk-area",
    attributes: { class: "weights-picture", role: "img", "aria-label": label },
    shows: () => {
      const tip = remembered(demo).at(-1);
      return [tip?.k, ...(tip?.w ?? [])];
    },
    parts: (width, height) => walkParts(width, height, remembered(demo)),
  });
  const key = h("i", { className: "tip-key" });
  const legend = h("span", { className: "plot-legend" }, h("span", null, key, "now"), h("span", null, "b is left out"));
  return {
    element: h("div", { className: "plot" }, viewHead("Where the weights have been", legend), area),
    draw: () => void draw(),
    table: () => ({
      title: "Where the weights have been",
      head: ["mistakes", "w₁", "w₂"],
      rows: remembered(demo).map(({ k, w }) => [k, ...w.map(numeral)]),
    }),
  };
}
