/**
 * Who trains against whom: each model with what it has, what a step of it costs, and how far it is.
 *
 * In: a demo with a race. Out: a view, which is a table. What it counts, plans say.
 */
import { h, viewHead } from "../common/dom.js";
import { numeral } from "../common/numbers.js";

/** @typedef {import("../types.d.ts").Demo} Demo */

const HEAD = ["", "parameters", "FLOPs a step", "steps", "FLOPs so far"];
const UNITS = /** @type {const} */ ([
  [1e9, " G"],
  [1e6, " M"],
  [1e3, " k"],
]);

/** @param {number[]} values @returns {string[]} in one unit, so that they can be compared */
function inOneUnit(values) {
  const largest = Math.max(...values);
  const [size, unit] = UNITS.find(([each]) => largest >= each) ?? [1, ""];
  return values.map((value) => (Number.isNaN(value) ? "–" : `${numeral(value / size)}${value ? unit : ""}`));
}

/** @param {Demo} demo @returns {import("../types.d.ts").Columns} */
function columnsOf(demo) {
  const all = demo.definition.race?.contestants ?? [];
  const costs = all.map(({ program }) => demo.counts(program)?.flops ?? NaN);
  const steps = all.map(({ program }) => demo.steps(program));
  const [each, spent] = [costs, costs.map((cost, i) => cost * steps[i])].map(inOneUnit);
  const rows = all.map(({ label, parameters }, i) => {
    const held = demo.plan ? numeral(demo.parameters(parameters)) : "–";
    return [label, held, each[i], numeral(steps[i]), spent[i]];
  });
  return { head: HEAD, rows };
}

/** @param {Demo} demo @param {{ title: string }} options @returns {import("../types.d.ts").View} */
export function contestants(demo, { title }) {
  const keys = (demo.definition.race?.contestants ?? []).map(({ colour = "--cat-1" }) => {
    const key = h("i", null);
    key.style.background = `var(${colour})`;
    return key;
  });
  const table = h("table", { "aria-label": title });
  function update() {
    const { head, rows } = columnsOf(demo);
    const names = head.map((each) => (each ? h("th", { scope: "col" }, each) : h("td", null)));
    const lines = rows.map(([label, ...cells], i) =>
      h("tr", null, h("th", { scope: "row" }, keys[i], `${label}`), ...cells.map((each) => h("td", null, `${each}`))),
    );
    table.replaceChildren(h("thead", null, h("tr", null, ...names)), h("tbody", null, ...lines));
  }
  update();
  const element = h("div", { className: "contestants" }, viewHead(title), table);
  return { element, update, table: () => ({ title, ...columnsOf(demo) }) };
}
