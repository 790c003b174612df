/**
 * Native controls with labels, made from a definition's `controls`.
 *
 * In: a demo. Out: elements, and `show` to make them say what the demo's settings are. What a setting does, `demo.js`
 * knows.
 */
import { h } from "../common/dom.js";
import { numeral } from "../common/numbers.js";
import { OWN } from "./presets.js";

/** @typedef {import("./demo.js").Demo} Demo */
/** @typedef {import("../types.d.ts").Control} Control */
/** @typedef {{ element: HTMLElement, show: () => void }} MadeControl */

/** @param {Demo} demo @returns {MadeControl[]} */
export function makeControls(demo) {
  return Object.entries(demo.definition.controls ?? {}).map(([name, control]) => {
    if (control.press) {
      const { press } = control;
      const onclick = async () => {
        try {
          await press(demo);
        } catch (error) {
          demo.fail(error);
        }
      };
      return { element: h("button", { type: "button", textContent: control.label, onclick }), show() {} };
    }
    if (control.values) return makeChoice(demo, name, control, control.values);
    return control.min === undefined ? makeToggle(demo, name, control.label) : makeRange(demo, name, control);
  });
}

/** @param {Demo} demo @param {string} name @param {Control} control @returns {MadeControl} */
function makeRange(demo, name, { label, min = 0, max = 1, step, log, unit = "" }) {
  // A logarithmic slider moves through 100 places; its value keeps two digits, so that links are short.
  const to = (/** @type {number} */ value) => (log ? (100 * Math.log(value / min)) / Math.log(max / min) : value);
  const from = (/** @type {number} */ place) =>
    log ? Math.min(max, Math.max(min, +(min * (max / min) ** (place / 100)).toPrecision(2))) : place;
  const output = h("span", { className: "output", "aria-hidden": "true" });
  const input = h("input", {
    type: "range",
    min: log ? 0 : min,
    max: log ? 100 : max,
    step: log ? 1 : (step ?? (max - min) / 100),
  });
  input.addEventListener("input", () => {
    demo.set(name, from(input.valueAsNumber));
    show();
  });
  function show() {
    const value = Number(demo.control(name) ?? min);
    const text = `${numeral(value)}${unit && ` ${unit}`}`;
    // Inputs are f32: 0.01 comes back as 0.00999…, which must not push the thumb back under the reader's arrow keys.
    if (document.activeElement !== input || Math.fround(from(input.valueAsNumber)) !== Math.fround(value))
      input.value = `${to(value)}`;
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
  }
  return { element: h("label", { className: "range" }, h("span", null, label), input, output), show };
}

/**
 * @param {Demo} demo @param {string} name @param {Control} control @param {Record<string, string>} values
 * @returns {MadeControl}
 */
function makeChoice(demo, name, { label, sets }, values) {
  const entries = Object.entries(values);
  if (entries.length > 3 || sets) {
    const own = h("option", { value: OWN }, "Your own");
    const select = h(
      "select",
      { onchange: () => demo.set(name, select.value) },
      ...entries.map(([value, text]) => h("option", { value }, text)),
    );
    const show = () => {
      if (demo.experiment.presets.owned.has(name)) select.append(own); // not before there is something
      select.value = `${demo.control(name) ?? entries[0][0]}`;
    };
    return { element: h("label", { className: "choice" }, h("span", null, label), select), show };
  }
  const radios = entries.map(([value]) =>
    h("input", { type: "radio", name: `${demo.element.id}-${name}`, value, onchange: () => demo.set(name, value) }),
  );
  const element = h(
    "fieldset",
    { className: "choice" },
    h("legend", null, label),
    ...radios.map((radio, i) => h("label", null, radio, h("span", null, entries[i][1]))),
  );
  const show = () => {
    for (const radio of radios) radio.checked = radio.value === `${demo.control(name)}`;
  };
  return { element, show };
}

/** @param {Demo} demo @param {string} name @param {string} label @returns {MadeControl} */
function makeToggle(demo, name, label) {
  const input = h("input", { type: "checkbox", onchange: () => demo.set(name, input.checked) });
  const show = () => {
    input.checked = `${demo.control(name)}` === "true"; // an option's value is text
  };
  return { element: h("label", { className: "toggle" }, input, h("span", null, label)), show };
}
