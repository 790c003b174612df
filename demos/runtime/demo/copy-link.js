/**
 * The button that copies a demo's link, and whether its receiver is to see the demo trained as far as it is.
 *
 * In: a demo. Out: elements, and `show`, which says the step. What a link holds, link.js knows.
 */
import { h } from "../common/dom.js";
import { numeral } from "../common/numbers.js";

/** @typedef {import("./demo.js").Demo} Demo */

/** @param {Demo} demo @returns {import("./controls.js").MadeControl} */
export function makeCopyLink(demo) {
  const trained = h("input", { type: "checkbox" });
  const words = h("span", null, "with the training");
  const onclick = () => copy(demo, trained.checked && !trained.disabled);
  const button = h("button", { type: "button", className: "plain", textContent: "Copy link", onclick });
  const show = () => {
    trained.disabled = !demo.step;
    words.textContent = demo.step ? `with the training up to step ${numeral(demo.step)}` : "with the training";
  };
  show();
  const label = h("label", { className: "toggle" }, trained, words);
  return { element: h("div", { className: "copy-link", role: "group", "aria-label": "Link" }, button, label), show };
}

/** @param {Demo} demo @param {boolean} trained */
async function copy(demo, trained) {
  const { panel, step } = demo;
  const link = demo.link(trained);
  history.replaceState(history.state, "", link);
  const brings = trained
    ? `It brings back this experiment, trained from its start to step ${numeral(step)}.`
    : "It brings back this experiment, untrained.";
  try {
    await navigator.clipboard.writeText(new URL(link, location.href).href);
    panel.say(`The link is copied. ${brings}`);
  } catch {
    panel.say(`The link is in the address bar. ${brings}`);
  }
}
