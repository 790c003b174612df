/**
 * What a panel tells of a run: the status line, and the state in words, both of the step that was read last.
 *
 * In: a demo, and its run when it has read. Out: elements. Words that are seen change with every read; screen readers
 * hear a copy of them, at most every four seconds.
 */
import { h } from "../common/dom.js";
import { lossOf, numeral, quantity } from "../common/numbers.js";

/** @typedef {import("./demo.js").Demo} Demo */

const HEARD_MS = 4000;

export class Report {
  status = h("p", { className: "demo-status" });
  #seen = h("span", null);
  words = h("p", { className: "demo-words", "aria-hidden": "true" }, this.#seen);
  heard = h("p", { className: "demo-heard", "aria-live": "polite" });
  #heardAt = -Infinity;
  #waiting = 0;

  /** @param {import("../types.d.ts").Definition} definition which may say what Play will show */
  constructor({ poster = "Not started" }) {
    this.status.textContent = poster;
  }

  /** @param {Demo} demo @param {import("../run/live-run.js").LiveRun} run which has read */
  show(demo, { stepsPerSecond, adapter, lastStep }) {
    const { definition, values, lookedAt, playing } = demo;
    const history = values["loss.history"]?.length ? { loss: lossOf(demo.latest("loss.history"), lookedAt) } : {};
    const facts = Object.entries({ ...history, ...definition.status?.(demo) })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name} ${typeof value === "number" ? numeral(value) : value}`);
    const pace = playing && stepsPerSecond ? [`${quantity(Math.round(stepsPerSecond), "step")}/s`] : [];
    const of = lastStep > lookedAt && !playing ? ` of ${numeral(lastStep)}` : "";
    const parts = [`step ${numeral(lookedAt)}${of}`, ...facts, adapter, ...pace];
    this.status.replaceChildren(...parts.map((text) => h("span", null, text)));
    if (definition.describe) this.#say(definition.describe(demo));
  }

  /** @param {string} text */
  #say(text) {
    this.#seen.textContent = text;
    if (this.#waiting) return;
    const wait = this.#heardAt + HEARD_MS - performance.now();
    this.#waiting = setTimeout(() => this.#tell(), Math.max(0, wait));
  }

  #tell() {
    this.#waiting = 0;
    this.#heardAt = performance.now();
    this.heard.textContent = this.#seen.textContent;
  }

  /** The element has left the page. */
  destroy() {
    clearTimeout(this.#waiting);
  }
}
