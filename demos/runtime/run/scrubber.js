/**
 * The range under the bar that takes the reader back in a run: as many places as states are kept. Loaded with the run.
 *
 * In: what is kept, and where the reader is. Out: an element in the panel's `.demo-timeline`. What going back means,
 * `visits.js` knows.
 */
import { h } from "../common/dom.js";
import { numeral } from "../common/numbers.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */

export class Scrubber {
  #input = h("input", {
    type: "range",
    min: "0",
    max: "0",
    step: "1",
    value: "0",
    disabled: true,
    "aria-label": "Steps that are kept",
  });
  #output = h("span", { className: "output" });
  #element = h("label", { className: "demo-steps" }, h("span", null, "Back in time"), this.#input, this.#output);

  /** @param {Demo} demo @param {import("./looks.js").Looks} looks @param {import("./visits.js").Visits} visits */
  constructor(demo, looks, visits) {
    this.demo = demo;
    this.looks = looks;
    this.visits = visits;
    this.#input.addEventListener("input", () => this.#go());
  }

  /** Puts it where the panel keeps room for it. */
  place() {
    if (this.#element.isConnected) return;
    const { element } = this.demo;
    element.querySelector(".demo-timeline")?.append(this.#element);
  }

  /** The steps that the range's places stand for: those kept, and where the run is. */
  get #steps() {
    const { looks, visits } = this;
    const steps = looks.checkpoints.timeline.kept.map(({ step }) => step);
    const end = visits.away ? visits.end : looks.step;
    if ((steps.at(-1) ?? -1) < end) steps.push(end);
    return steps;
  }

  #go() {
    const step = this.#steps[this.#input.valueAsNumber];
    this.demo.visit(step).catch((error) => this.demo.fail(error));
  }

  show() {
    const { looks, visits } = this;
    const steps = this.#steps;
    const end = steps[steps.length - 1];
    const last = steps.length - 1;
    this.#input.disabled = !looks.checkpoints.timeline.possible || last === 0;
    this.#input.max = `${last}`;
    const at = visits.away ? steps.lastIndexOf(looks.step) : last;
    if (at >= 0 && !visits.going) this.#input.value = `${at}`;
    const where = visits.away ? `Step ${numeral(looks.step)} of ${numeral(end)}, kept` : `Step ${numeral(looks.step)}`;
    const text = looks.checkpoints.timeline.possible ? where : "Too large to keep earlier steps";
    this.#output.textContent = text;
    this.#input.setAttribute("aria-valuetext", text);
  }
}
