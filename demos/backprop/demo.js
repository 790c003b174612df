// What is the backpropagation demo's own: the walk through the graph, and the check that nudges.
import { define, fixed, h, numeral } from "../runtime/index.js";
import { graph, LAST, NODES, stage, whereabouts } from "./graph.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/** @typedef {{ name: string, up: number, down: number, quotient: number, gradient: number }} Comparison */

const ENTRIES = ["x", "w", "b", "t"];
const HEAD = ["number", "L at +ε", "L at −ε", "difference / 2ε", "backward pass", "apart by"];

/** @param {Demo} demo @returns {Comparison[]} both answers for each number that enters */
function compare(demo) {
  const step = Number(demo.control("nudge"));
  return ENTRIES.map((name, i) => {
    const [up, down, gradient] = ["raised", "lowered", "gradients"].map((each) => demo.number(each, i));
    return { name, up, down, quotient: (up - down) / (2 * step), gradient };
  });
}

/** @param {Demo} demo @param {string} name @returns {boolean} whether the walk has come back to it */
const isBack = (demo, name) => stage(demo) >= LAST - NODES.indexOf(name);

/** @param {Demo} demo @returns {string[][]} a row for each number that enters; not what is yet to come */
const rows = (demo) =>
  compare(demo).map(({ name, up, down, quotient, gradient }) => {
    if (!isBack(demo, name)) return [name, "", "", "", "", ""];
    const nudged = [fixed(up, 6), fixed(down, 6), fixed(quotient, 4)];
    return [name, ...nudged, fixed(gradient, 4), numeral(Math.abs(quotient - gradient))];
  });

/** @param {Demo} demo @returns {import("../runtime/types.d.ts").View} a fold, since it is a second thought */
function check(demo) {
  const cells = ENTRIES.map((name) =>
    HEAD.map((_, i) => (i ? h("td", null) : h("th", { scope: "row", textContent: name }))),
  );
  const head = HEAD.map((text) => h("th", null, text));
  const body = cells.map((each) => h("tr", null, ...each));
  const table = h(
    "table",
    { className: "nudges" },
    h("thead", null, h("tr", null, ...head)),
    h("tbody", null, ...body),
  );
  const region = { tabIndex: 0, role: "region", "aria-label": "Nudging against the backward pass" };
  const scroll = h("div", { className: "nudge-scroll", ...region }, table);
  const summary = h("summary", null, "Check it: nudge each number by ε, and compare");
  return {
    element: h("details", { className: "nudge-view" }, summary, scroll),
    update: () => {
      for (const [k, row] of rows(demo).entries())
        for (const [i, text] of row.entries()) if (i) cells[k][i].textContent = text;
    },
    table: () => ({ title: "Nudge", head: HEAD, rows: rows(demo) }),
  };
}

/** @param {Demo} demo @returns {string} where the walk is, and at its end what nudging says of it */
function describe(demo) {
  if (stage(demo) !== LAST) return whereabouts(demo);
  const apart = Math.max(...compare(demo).map(({ quotient, gradient }) => Math.abs(quotient - gradient)));
  return `${whereabouts(demo)} Nudging by ε and the backward pass disagree by at most ${numeral(apart)}.`;
}

define("backprop", {
  draws: false,
  help: "Press Step: ten steps forward, ten back. The next result is asked for: say it, then press.",
  more: [
    "Point at a node, or move to it with Tab, for its formula with the numbers filled in.",
    "Two arrows leave x. What comes back to it?",
    "Move the sliders at the end of the walk. Can you make the derivative at w zero?",
    "At the end, open the check below and make the nudge ε smaller and smaller. When does it get worse?",
  ],
  poster: "Step: a number enters. Play walks all the way, forward and back.",
  program: "step",
  show: ["look"],
  reads: ["values", "gradients", "locals", "raised", "lowered"],
  rate: 1,
  controls: {
    x: { label: "x", min: -2, max: 2, step: 0.01 },
    w: { label: "w", min: -2, max: 2, step: 0.01 },
    b: { label: "b", min: -2, max: 2, step: 0.01 },
    t: { label: "t", min: -2, max: 2, step: 0.01 },
    nudge: { label: "Nudge ε", min: 1e-7, max: 1, log: true, more: true },
  },
  views: (demo) => [graph(demo), check(demo)],
  until: LAST,
  status: (demo) => (stage(demo) >= NODES.length ? { L: demo.number("values", 9) } : {}),
  describe,
});
