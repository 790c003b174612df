/**
 * The choice where a demo starts: untrained, or from what the build trained. Loaded where there is something trained.
 *
 * In: a demo whose manifest names trained states. Out: its setting `start`, and a menu among the settings. How such a
 * start is made, `run/trained.js` knows.
 */
import { h } from "../common/dom.js";
import { quantity } from "../common/numbers.js";

/** @param {import("./demo.js").Demo} demo before anyone touched its settings */
export function offerStart(demo) {
  const { experiment, element } = demo;
  const values = { fresh: "a fresh seed", trained: "what the build trained" };
  const entries = Object.entries(values).map(([value, text]) => h("option", { value }, text));
  const menu = h("select", { onchange: () => demo.set("start", menu.value) }, ...entries);
  const told = h("span", null);
  experiment.controls.start = {
    label: "Start from",
    values,
    value: "fresh",
    change: async (value) => {
      menu.value = `${value}`;
      const { trained } = experiment.files;
      told.textContent =
        value === "trained" && trained ? `${quantity(trained.steps, "step")}, seed ${trained.seed}` : "";
      try {
        await demo.activeRun?.restart();
      } catch (error) {
        demo.fail(error);
      }
    },
  };
  const label = h("label", { className: "choice demo-start" }, h("span", null, "Start from"), menu, told);
  element.querySelector(".demo-settings > fieldset")?.append(label);
}
