/**
 * The proof as a picture: the length of the weights after k mistakes lies between γk and R√k, which cross at the bound.
 *
 * In: a demo and how to read its account. Out: a view. Both axes are logarithmic, so that both limits are straight lines.
 */
import { h, numeral, s } from "../runtime/index.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

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

/** @param {Demo} demo @returns {[number, number][]} mistakes k and length of the weights, as far back as the trail goes */
function lengths(demo) {
  const { trail, bias_trail: biases } = demo.values;
  const mistakes = demo.values.mistakes?.[0] ?? 0;
  const kept = Math.min(mistakes, biases?.length ?? 0);
  return Array.from({ length: kept }, (_, i) => {
    const row = biases.length - kept + i;
    return [mistakes - kept + i + 1, Math.hypot(trail[2 * row], trail[2 * row + 1], biases[row])];
  });
}

/** @param {Demo} demo @param {() => { mistakes: number, radius: number, margin: number, bound: number, parted: boolean }} account */
export function proof(demo, account) {
  const svg = s("svg", { class: "proof", role: "img", "aria-label": "Length of the weights against the number of mistakes" });
  const area = h("div", { className: "proof-area" }, svg);
  let drawn = "";
  const draw = () => {
    const { clientWidth: width, clientHeight: height } = area;
    const { mistakes, radius, margin, bound, parted } = account();
    const key = [width, height, mistakes, radius, margin].join();
    if (!width || !(radius > 0) || key === drawn) return;
    drawn = key;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren(...parts(width, height, { mistakes, radius, margin, bound, parted }));
  };
  /** @param {number} width @param {number} height @param {{ mistakes: number, radius: number, margin: number, bound: number, parted: boolean }} now */
  const parts = (width, height, { mistakes, radius, margin, bound, parted }) => {
    const last = Math.max(20, 2 * mistakes, parted ? 2.2 * bound : 0);
    const [low, high] = [Math.min(0.5, parted ? margin : 0.5), 1.6 * radius * Math.sqrt(last)];
    const x = (/** @type {number} */ k) => LEFT + ((width - LEFT - RIGHT) * Math.log(k)) / Math.log(last);
    const y = (/** @type {number} */ length) => TOP + ((height - TOP - BOTTOM) * Math.log(high / length)) / Math.log(high / low);
    const text = (/** @type {number} */ at, /** @type {number} */ up, /** @type {string} */ words, attributes = {}) => s("text", { x: at, y: up, ...attributes }, words);
    const powers = (/** @type {number} */ from, /** @type {number} */ to) => [0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e5].filter((each) => each >= from * 0.999 && each <= to);
    const run = lengths(demo);
    const end = Math.min(bound, last);
    const top = `${x(1)},${y(radius)} ${x(end)},${y(radius * Math.sqrt(end))}`;
    return [
      ...powers(low, high).flatMap((each) => [s("path", { class: "rule", d: `M${LEFT} ${y(each)}H${width - RIGHT}` }), text(LEFT - 6, y(each) + 4, numeral(each), { "text-anchor": "end" })]),
      ...powers(1, last).map((each) => text(x(each), height - BOTTOM + 17, numeral(each), { "text-anchor": "middle" })),
      text(LEFT, 12, "length of w"),
      text(width - RIGHT, height - 6, "mistakes k", { "text-anchor": "end" }),
      ...(parted ? [s("polygon", { class: "wedge", points: `${top} ${x(1)},${y(margin)}` }), s("path", { class: "limit", d: `M${x(1)} ${y(margin)}L${x(last)} ${y(margin * last)}` })] : []),
      s("path", { class: "limit", d: `M${x(1)} ${y(radius)}L${x(last)} ${y(radius * Math.sqrt(last))}` }),
      text(x(1) + 8, y(radius) - 10, "at most R√k", { class: "name" }),
      ...(parted
        ? [
            text(x(1) + 16, y(margin) - 2, "at least γk", { class: "name" }),
            s("path", { class: "bound", d: `M${x(bound)} ${TOP}V${height - BOTTOM}` }),
            text(x(bound) - 6, height - BOTTOM - 8, `bound ${numeral(Math.floor(bound))}`, { class: "bound-name", "text-anchor": "end" }),
          ]
        : [text(x(1) + 8, height - BOTTOM - 12, "no lower limit: these points have no margin", { class: "name" })]),
      s("polyline", { class: "run", points: run.map(([k, length]) => `${x(k)},${y(Math.max(length, low))}`).join(" ") }),
      ...run.slice(-40).map(([k, length]) => s("circle", { class: "run-dot", r: 3, cx: x(k), cy: y(Math.max(length, low)) })),
    ];
  };
  return {
    element: h("div", { className: "plot" }, h("div", { className: "view-head" }, h("h4", null, "Length of the weights")), area),
    draw,
    table: () => ({ title: "Length of the weights", head: ["mistakes", "at least", "length", "at most"], rows: lengths(demo).map(([k, length]) => [k, numeral(account().margin * k), numeral(length), numeral(account().radius * Math.sqrt(k))]) }),
  };
}
