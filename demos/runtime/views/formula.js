/**
 * Formulas with the numbers of the moment: each number stands under the name that it has.
 *
 * In: lines of text and numbers. Out: a view. It computes nothing: an author who writes "=" has both sides from the
 * plan.
 */
import { h, viewHead } from "../common/dom.js";
import { numeral } from "../common/numbers.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** Text is set as it is; a number has a name over it. @typedef {string | { name: string, number: number }} Part */
/** @typedef {{ title: string, lines: (demo: Demo) => Part[][] }} FormulaOptions */

/** @param {Part[]} line @returns {string} as one reads it aloud */
const spoken = (line) =>
  line.map((part) => (typeof part === "string" ? part : `${part.name}: ${numeral(part.number)}`)).join(" ");

/** @param {Part} part @returns {Node | string} */
function written(part) {
  if (typeof part === "string") return h("span", null, part);
  return h("ruby", null, numeral(part.number), h("rt", null, part.name));
}

/** @param {Demo} demo @param {FormulaOptions} options @returns {import("../types.d.ts").View} */
export function formula(demo, { title, lines }) {
  const body = h("div", { className: "formula" });
  let shown = "";
  const update = () => {
    const found = lines(demo);
    const key = found.map(spoken).join("\n");
    if (key === shown) return;
    shown = key;
    body.replaceChildren(
      ...found.map((line) => h("p", { role: "math", "aria-label": spoken(line) }, ...line.map(written))),
    );
  };
  update();
  return {
    element: h("div", { className: "plot" }, viewHead(title), body),
    update,
    table: () => ({
      title,
      head: ["name", "number"],
      rows: lines(demo).flatMap((line) =>
        line.flatMap((part) => (typeof part === "string" ? [] : [[part.name, numeral(part.number)]])),
      ),
    }),
  };
}
