/**
 * The button "Copy link", with a tick that asks for the training as well.
 *
 * In: a demo, which knows its link, and where to say what cannot be done. Out: elements.
 */
import { h } from "../common/dom.js";
import { numeral } from "../common/numbers.js";

/** @typedef {import("./demo.js").Demo} Demo */

const SAID_MS = 2000;
const NAME = "Copy link";
const TIMED = "Matched by seconds, a race depends on the machine: whoever opens the link sees another one.";

/** @param {Demo} demo @param {(sentence: string) => void} say @returns {{ element: HTMLElement, show: () => void }} */
export function makeShare(demo, say) {
  const tick = h("input", { type: "checkbox", disabled: true });
  const words = h("span", null, "with the training");
  let named = 0;
  /** What whoever opens the link will not see. */
  const warn = () => {
    const { experiment, lookedAt, definition } = demo;
    const trouble = experiment.changes.trouble(lookedAt, experiment.settings);
    const timed = definition.race && demo.control("matched") === "seconds" ? TIMED : "";
    if (tick.checked && (trouble || timed)) say(trouble || timed);
  };
  tick.onchange = warn;
  const copy = async () => {
    warn();
    const link = demo.link(tick.checked);
    history.replaceState(history.state, "", link);
    try {
      await navigator.clipboard.writeText(new URL(link, location.href).href);
      button.textContent = "Copied";
      clearTimeout(named);
      named = setTimeout(() => (button.textContent = NAME), SAID_MS);
    } catch {
      say("The link is in the address bar. It brings back this experiment.");
    }
  };
  const button = h("button", { type: "button", className: "copy", textContent: NAME, "aria-live": "polite" });
  button.onclick = copy;
  const show = () => {
    const { lookedAt } = demo;
    tick.disabled = !lookedAt;
    if (!lookedAt) tick.checked = false;
    words.textContent = lookedAt ? `with the training up to step ${numeral(lookedAt)}` : "with the training";
  };
  return { element: h("div", { className: "demo-share" }, button, h("label", null, tick, words)), show };
}
