/**
 * What a reader changes: the controls of the panel, and the fold "More settings" with those that are rare, the seed,
 * and what the run adds when it is loaded.
 *
 * In: a demo. Out: elements, and `show` to make them say what the demo's settings are.
 */
import { h } from "../common/dom.js";
import { makeControls } from "./controls.js";

/** @typedef {import("./demo.js").Demo} Demo */
/** @typedef {import("./controls.js").MadeControl} MadeControl */

const MOST = 2 ** 32 - 1;

/** @param {Demo} demo @returns {MadeControl} */
function makeSeed(demo) {
  const input = h("input", { type: "number", min: "0", max: `${MOST}`, step: "1", value: "1", inputMode: "numeric" });
  const show = () => {
    input.value = `${demo.experiment.seed}`;
  };
  input.onchange = () => {
    if (!input.value || !input.validity.valid) return show(); // what is no seed changes nothing
    demo.experiment.seed = input.valueAsNumber;
    demo.reset();
    demo.panel.moved();
  };
  const element = h("label", { className: "seed" }, h("span", null, "Seed"), input);
  return { element, show: () => document.activeElement === input || show() };
}

/** @param {Demo} demo */
export function makeSettings(demo) {
  const { controls = {}, draws } = demo.definition;
  const made = makeControls(demo);
  const rare = Object.values(controls).map(({ more }) => more);
  const common = made.filter((_, i) => !rare[i]);
  const folded = [...made.filter((_, i) => rare[i]), ...(draws === false ? [] : [makeSeed(demo)])];
  const own = h("fieldset", { className: "demo-controls", disabled: true }, ...common.map(({ element }) => element));
  const more = h("fieldset", { disabled: true }, ...folded.map(({ element }) => element));
  const fold = h("details", { className: "demo-settings" }, h("summary", null, "More settings"), more);
  return {
    own,
    fold,
    show() {
      for (const each of [...common, ...folded]) each.show();
    },
    /** @param {boolean} disabled */
    disable(disabled) {
      own.disabled = more.disabled = disabled;
    },
  };
}
