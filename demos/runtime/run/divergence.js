/**
 * Whether a run's parameters are numbers, which a loss alone does not show: relu of what is none is 0 on some devices.
 *
 * In: the states that are kept of the run anyway. Out: a sentence, once, where a parameter holds what is no number and
 * the loss does not say so. Of a run whose state is too large to be kept it knows nothing.
 */
import { numeral } from "../common/numbers.js";

/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {Pick<import("../demo/demo.js").Demo, "plan" | "definition" | "values" | "latest" | "panel">} Told */

/** @param {Numbers} values @returns {boolean} */
function areNumbers(values) {
  for (let i = 0; i < values.length; i++) if (values[i] - values[i] !== 0) return false; // nor of infinities
  return true;
}

export class Divergence {
  /** The last step after which all parameters were known to be numbers. */
  #fine = 0;
  #told = false;

  /** There is a new run. */
  begin() {
    this.#fine = 0;
    this.#told = false;
  }

  /** @param {Told} demo @param {[string, Numbers][]} state of the run @param {number} step after which it was that */
  look(demo, state, step) {
    const parameters = new Set(demo.plan?.buffers.flatMap(({ name, role }) => (role === "parameter" && name) || []));
    const lost = state.filter(([name, values]) => parameters.has(name) && !areNumbers(values)).map(([name]) => name);
    if (!lost.length) return this.#isFine(step);
    const shown = demo.values["loss.history"]?.length && !Number.isFinite(demo.latest("loss.history"));
    if (this.#told || shown || demo.definition.diverges) return;
    this.#told = true;
    const others = lost.length > 1 ? ` and ${numeral(lost.length - 1)} more` : "";
    const when = `between steps ${numeral(this.#fine)} and ${numeral(step)}`;
    const sentence = `${lost[0]}${others} became what is not a number ${when}, though the loss does not show it.`;
    demo.panel.say(`${sentence} Nothing here is a result any more: Reset begins anew.`, true);
  }

  /** @param {number} step */
  #isFine(step) {
    this.#fine = step;
    this.#told = false;
  }
}
