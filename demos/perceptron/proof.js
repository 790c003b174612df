/**
 * The weights as pictures. `proof`: their length after k mistakes lies between γk and R√k, which cross at the bound; both
 * axes are logarithmic, so that both limits are straight lines. `walk`: where their tip has been.
 *
 * In: a demo and how to read its account. Out: views.
 */
import { h, numeral, s } from "../runtime/index.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/** @typedef {{ mistakes: number, wrong: number, count: number, radius: number, margin: number, bound: number }} Account */

const SLOTS = 64;
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 12, 26, 40];

/** @param {number[][]} negative @param {number[][]} positive @returns {Record<string, number[]>} the model's inputs */
export function slots(negative, positive) {
  const all = [...negative, ...positive];
  return {
    points: Array.from({ length: 2 * SLOTS }, (_, i) => all[i >> 1]?.[i % 2] ?? 0),
    labels: Array.from({ length: SLOTS }, (_, i) => (i < negative.length ? -1 : i < all.length ? 1 : 0)),
    count: [all.length],
  };
}

/** @param {Demo} demo @returns {{ k: number, w: [number, number], length: number }[]} weights after each mistake, as far back as the trail goes */
function remembered(demo) {
  const { trail, bias_trail: biases } = demo.values;
  const mistakes = demo.values.mistakes?.[0] ?? 0;
  const kept = Math.min(mistakes, biases?.length ?? 0);
  return Array.from({ length: kept }, (_, i) => {
    const row = biases.length - kept + i;
    const [across, up] = [trail[2 * row], trail[2 * row + 1]];
    return { k: mistakes - kept + i + 1, w: [across, up], length: Math.hypot(across, up, biases[row]) };
  });
}

/** @param {Demo} demo @param {() => Account} account */
export function proof(demo, account) {
  const svg = s("svg", {
    class: "proof",
    role: "img",
    "aria-label": "Length of the weights against the number of mistakes",
  });
  const area = h("div", { className: "proof-area" }, svg);
  let drawn = "";
  const draw = () => {
    const { clientWidth: width, clientHeight: height } = area;
    const now = account();
    const key = [width, height, now.mistakes, now.radius, now.bound].join();
    if (!width || !(now.radius > 0) || key === drawn) return;
    drawn = key;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren(...parts(width, height, now));
  };
  /** @param {number} width @param {number} height @param {Account} now */
  const parts = (width, height, { mistakes, radius, margin, bound }) => {
    const parted = Number.isFinite(bound);
    const last = Math.max(20, 2 * mistakes, parted ? 2.2 * bound : 0);
    const [low, high] = [Math.min(0.5, parted ? margin : 0.5), 1.6 * radius * Math.sqrt(last)];
    const x = (/** @type {number} */ k) => LEFT + ((width - LEFT - RIGHT) * Math.log(k)) / Math.log(last);
    const y = (/** @type {number} */ length) =>
      TOP + ((height - TOP - BOTTOM) * Math.log(high / length)) / Math.log(high / low);
    const text = (/** @type {number} */ at, /** @type {number} */ up, /** @type {string} */ words, attributes = {}) =>
      s("text", { x: at, y: up, ...attributes }, words);
    const powers = (/** @type {number} */ from, /** @type {number} */ to) =>
      [0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e5].filter((each) => each >= from * 0.999 && each <= to);
    const run = remembered(demo);
    const end = parted ? bound : last;
    const top = `${x(1)},${y(radius)} ${x(end)},${y(radius * Math.sqrt(end))}`;
    return [
      ...powers(low, high).flatMap((each) => [
        s("path", { class: "rule", d: `M${LEFT} ${y(each)}H${width - RIGHT}` }),
        text(LEFT - 6, y(each) + 4, numeral(each), { "text-anchor": "end" }),
      ]),
      ...powers(1, last).map((each) => text(x(each), height - BOTTOM + 17, numeral(each), { "text-anchor": "middle" })),
      text(LEFT, 12, "length of w"),
      text(width - RIGHT, height - 6, "mistakes k", { "text-anchor": "end" }),
      ...(parted
        ? [
            s("polygon", { class: "wedge", points: `${top} ${x(1)},${y(margin)}` }),
            s("path", { class: "limit", d: `M${x(1)} ${y(margin)}L${x(last)} ${y(margin * last)}` }),
          ]
        : []),
      s("path", { class: "limit", d: `M${x(1)} ${y(radius)}L${x(last)} ${y(radius * Math.sqrt(last))}` }),
      text(x(end ** 0.5), y(radius * end ** 0.25) - 10, "at most R√k", { "text-anchor": "end" }),
      ...(parted
        ? [
            text(x(end ** 0.5) + 6, y(margin * end ** 0.5) + 14, "at least γk"),
            s("path", { class: "bound", d: `M${x(bound)} ${TOP}V${height - BOTTOM}` }),
            text(x(bound) - 6, height - BOTTOM - 8, `bound ${numeral(Math.floor(bound))}`, {
              class: "bound-name",
              "text-anchor": "end",
            }),
          ]
        : [
            text(
              x(1) + 8,
              height - BOTTOM - 12,
              Number.isNaN(bound) ? "measuring the margin …" : "no margin, so no lower limit",
            ),
          ]),
      s("polyline", {
        class: "run",
        points: run.map(({ k, length }) => `${x(k)},${y(Math.max(length, low))}`).join(" "),
      }),
      ...run
        .slice(-40)
        .map(({ k, length }) => s("circle", { class: "run-dot", r: 3, cx: x(k), cy: y(Math.max(length, low)) })),
    ];
  };
  return {
    element: h(
      "div",
      { className: "plot" },
      h("div", { className: "view-head" }, h("h3", null, "Length of the weights")),
      area,
    ),
    draw,
    table: () => ({
      title: "Length of the weights",
      head: ["mistakes", "at least", "length", "at most"],
      rows: remembered(demo).map(({ k, length }) => [
        k,
        numeral(account().margin * k),
        numeral(length),
        numeral(account().radius * Math.sqrt(k)),
      ]),
    }),
  };
}

/** @param {Demo} demo */
export function walk(demo) {
  const svg = s("svg", {
    class: "proof",
    role: "img",
    "aria-label": "The weights of both coordinates after each mistake, joined in order",
  });
  const area = h("div", { className: "walk-area" }, svg);
  let drawn = "";
  const draw = () => {
    const { clientWidth: width, clientHeight: height } = area;
    const run = remembered(demo);
    const tip = run.at(-1);
    const key = [width, height, tip?.k, ...(tip?.w ?? [])].join();
    if (!width || key === drawn) return;
    drawn = key;
    // One scale for both axes; the origin is always in sight.
    const [xs, ys] = [0, 1].map((axis) => [0, ...run.map(({ w }) => w[axis])]);
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const scale = Math.min((width - 40) / Math.max(right - left, 2), (height - 40) / Math.max(high - low, 2));
    const x = (/** @type {number} */ value) => width / 2 + scale * (value - (left + right) / 2);
    const y = (/** @type {number} */ value) => height / 2 - scale * (value - (low + high) / 2);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren(
      s("path", { class: "rule", d: `M0 ${y(0)}H${width}M${x(0)} 0V${height}` }),
      s("polyline", {
        class: "run faint",
        points: [[0, 0], ...run.map(({ w }) => w)].map(([a, b]) => `${x(a)},${y(b)}`).join(" "),
      }),
      ...run.map(({ w: [a, b] }) => s("circle", { class: "run-dot", r: 2.5, cx: x(a), cy: y(b) })),
      ...(tip
        ? [
            s("path", { class: "arrow", d: `M${x(0)} ${y(0)}L${x(tip.w[0])} ${y(tip.w[1])}` }),
            s("circle", { class: "tip", r: 4.5, cx: x(tip.w[0]), cy: y(tip.w[1]) }),
          ]
        : []),
    );
  };
  return {
    element: h(
      "div",
      { className: "plot" },
      h("div", { className: "view-head" }, h("h3", null, "Where the weights have been")),
      area,
    ),
    draw,
    table: () => ({
      title: "Where the weights have been",
      head: ["mistakes", "weight of x", "weight of y"],
      rows: remembered(demo).map(({ k, w }) => [k, ...w.map(numeral)]),
    }),
  };
}
