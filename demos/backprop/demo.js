// What is the backpropagation demo's own: the walk through the graph, and the check that nudges.
import { define, h, numeral } from "../runtime/index.js";
import { LAST, graph, stage, whereabouts } from "./graph.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

const ENTRIES = ["x", "w", "b", "t"];
/** @type {WeakMap<Demo, (() => void)[]>} */
const painters = new WeakMap();

/** @param {Demo} demo @returns {{ name: string, up: number, down: number, quotient: number, gradient: number }[]} both answers for each number that enters */
function compare(demo) {
  const step = Number(demo.control("nudge"));
  return ENTRIES.map((name, i) => {
    const [up, down, gradient] = ["raised", "lowered", "gradients"].map((each) => demo.values[each]?.[i] ?? NaN);
    return { name, up, down, quotient: (up - down) / (2 * step), gradient };
  });
}

/** @param {Demo} demo */
function check(demo) {
  const digits = (/** @type {number} */ value, places = 4) => value.toFixed(places).replace("-", "−");
  const head = ["number", "L at +h", "L at −h", "difference / 2h", "backward pass", "apart by"];
  const cells = ENTRIES.map(() => head.map((_, i) => h(i ? "td" : "th", null)));
  const table = h(
    "table",
    { className: "nudges" },
    h("thead", null, h("tr", null, ...head.map((text) => h(text ? "th" : "td", null, text)))),
    h("tbody", null, ...cells.map((each) => h("tr", null, ...each))),
  );
  for (const [i, [first]] of cells.entries()) {
    first.scope = "row";
    first.textContent = ENTRIES[i];
  }
  const scroll = h(
    "div",
    { className: "nudge-scroll", tabIndex: 0, role: "region", "aria-label": "Nudging against the backward pass" },
    table,
  );
  const element = h(
    "div",
    { className: "nudge-view" },
    h("div", { className: "view-head" }, h("h3", null, "Nudge each number by h and compare")),
    scroll,
  );
  const update = () => {
    for (const [row, { up, down, quotient, gradient }] of compare(demo).entries()) {
      const said = [
        digits(up, 6),
        digits(down, 6),
        digits(quotient),
        digits(gradient),
        numeral(Math.abs(quotient - gradient)),
      ];
      for (const [i, text] of said.entries()) cells[row][i + 1].textContent = text;
    }
  };
  const table_ = () => ({
    title: "Nudge",
    head,
    rows: compare(demo).map(({ name, up, down, quotient, gradient }) => [
      name,
      digits(up, 6),
      digits(down, 6),
      digits(quotient),
      digits(gradient),
      numeral(Math.abs(quotient - gradient)),
    ]),
  });
  return { element, update, table: table_ };
}

define("backprop", {
  draws: false,
  help: "Press Step, ten times forward and ten times back. Which number does each node need, and what does it hand on? Point at a node for its formula with the numbers filled in. Then move the sliders, and make the nudge h smaller and smaller: when does the check get worse?",
  program: "step",
  show: ["look"],
  reads: ["values", "gradients", "locals", "raised", "lowered"],
  rate: 1.2,
  controls: {
    x: { label: "x", min: -2, max: 2, step: 0.01 },
    w: { label: "w", min: -2, max: 2, step: 0.01 },
    b: { label: "b", min: -2, max: 2, step: 0.01 },
    t: { label: "t", min: -2, max: 2, step: 0.01 },
    nudge: { label: "Nudge h", min: 1e-7, max: 1, log: true },
  },
  views: (demo) => {
    const made = [graph(demo), check(demo)];
    painters.set(
      demo,
      made.map(({ update }) => update),
    );
    return made;
  },
  update: (demo) => {
    for (const paint of painters.get(demo) ?? []) paint();
  },
  until: (demo) => stage(demo) === LAST,
  status: (demo) => ({ L: demo.values.values[9] }),
  describe: (demo) =>
    `${whereabouts(demo)} Nudging by h and the backward pass disagree by at most ${numeral(Math.max(...compare(demo).map(({ quotient, gradient }) => Math.abs(quotient - gradient))))}.`,
});
