/**
 * Who trains against whom: each model with what it has, what a step of it costs, and how far it is.
 *
 * In: a demo with a race. Out: a view, which is a table. What it counts, plans say.
 */
import { h, viewHead } from "../common/dom.js";
import { numeral } from "../common/numbers.js";

/** @typedef {import("../types.d.ts").Demo} Demo */

const HEAD = ["", "parameters", "operations a step", "steps", "operations so far"];

/** @param {number} value @returns {string} "1.41 million": three digits and a word, so that models can be compared */
function large(value) {
  const [size, word] = value < 1e6 ? [1, ""] : value < 1e9 ? [1e6, " million"] : [1e9, " billion"];
  return `${numeral(value / size)}${word}`;
}

/** @param {Demo} demo @returns {string[][]} */
function rowsOf(demo) {
  return (demo.definition.race?.contestants ?? []).map(({ label, program, parameters }) => {
    const flops = demo.counts(program)?.flops;
    const steps = demo.steps(program);
    const costs =
      flops === undefined ? ["–", numeral(steps), "–"] : [large(flops), numeral(steps), large(flops * steps)];
    return [label, demo.plan ? numeral(demo.parameters(parameters)) : "–", ...costs];
  });
}

/** @param {Demo} demo @param {{ title: string }} options @returns {import("../types.d.ts").View} */
export function contestants(demo, { title }) {
  const keys = (demo.definition.race?.contestants ?? []).map(({ colour = "--cat-1" }) => {
    const key = h("i", null);
    key.style.background = `var(${colour})`;
    return key;
  });
  const body = h("tbody", null);
  function update() {
    const rows = rowsOf(demo).map(([label, ...cells], i) =>
      h("tr", null, h("th", { scope: "row" }, keys[i], label), ...cells.map((each) => h("td", null, each))),
    );
    body.replaceChildren(...rows);
  }
  update();
  const head = h("tr", null, ...HEAD.map((each) => (each ? h("th", { scope: "col" }, each) : h("td", null))));
  const table = h("table", { "aria-label": title }, h("thead", null, head), body);
  const element = h("div", { className: "contestants" }, viewHead(title), table);
  return { element, update, table: () => ({ title, head: HEAD, rows: rowsOf(demo) }) };
}
