/**
 * How fast a demo trains: a control of every panel, from one step a second to as many as the machine can take.
 *
 * In: a demo. Out: its setting `speed`, as any control has one, and the element that sets it. What a rate does to a
 * frame, `run/pace.js` knows.
 */
import { h } from "../common/dom.js";
import { numeral, quantity } from "../common/numbers.js";

/** @typedef {import("./demo.js").Demo} Demo */

const SLOWEST = 1;
/** As a setting, this is as fast as it can: links hold numbers. */
const FASTEST = 10_000;
const PLACES = 80;

/** @param {number} value of the setting @returns {number} steps a second at most */
const rateOf = (value) => (value < FASTEST ? value : Infinity);

/** @param {number} rate @returns {number} the setting's value */
const settingOf = (rate) => Math.min(FASTEST, Math.max(SLOWEST, rate));

/** @param {number} rate to begin with @returns {import("../types.d.ts").Control} */
export const speedControl = (rate) => ({
  label: "Speed",
  min: SLOWEST,
  max: FASTEST,
  value: settingOf(rate),
  change: (value, demo) => {
    demo.rate = rateOf(Number(value));
  },
});

/** @param {Demo} demo @returns {import("./controls.js").MadeControl} */
export function makeSpeed(demo) {
  const output = h("span", { className: "output", "aria-hidden": "true" });
  const input = h("input", { type: "range", min: "0", max: `${PLACES}`, step: "1" });
  const chosen = () => +(SLOWEST * (FASTEST / SLOWEST) ** (input.valueAsNumber / PLACES)).toPrecision(2);
  input.addEventListener("input", () => {
    demo.set("speed", chosen());
    show();
  });
  function show() {
    const value = settingOf(demo.rate);
    if (document.activeElement !== input || chosen() !== value)
      input.value = `${Math.round((PLACES * Math.log(value / SLOWEST)) / Math.log(FASTEST / SLOWEST))}`;
    output.textContent = value < FASTEST ? `${numeral(value)}/s` : "full";
    const words =
      value < FASTEST ? `${quantity(value, "step")} a second at most` : "as many steps a second as it can take";
    input.setAttribute("aria-valuetext", words);
    output.title = words;
  }
  show();
  return { element: h("label", { className: "range demo-speed" }, h("span", null, "Speed"), input, output), show };
}
