/**
 * `<figure-replay>`: runs a figure's model once more on the reader's machine and lays the curve over the one that was
 * built.
 *
 * In: the figure's record (series, seed, tolerance, adapter, runner, kernels, versions). Out: both curves, and whether
 * they are equal, to the last bit where both were computed by the same module, else within the tolerance. How it is
 * run, `again.js` knows, how it is drawn, `curves.js`, both loaded when asked for. It knows nothing of demos.
 */
import { explain } from "./common/errors.js";
import { fetchJson } from "./common/data.js";
import { h, onTheme } from "./common/dom.js";
import { numeral } from "./common/numbers.js";
import "./runtime.css"; // a page may have replays and no demo

/** @typedef {import("./types.d.ts").ReplayRecord} ReplayRecord */

/**
 * @param {ReplayRecord} record @param {Awaited<ReturnType<typeof import("./run/again.js").replay>>} found
 * @returns {{ fine: boolean, verdict: string }} the same module gives the same bits everywhere; devices differ
 */
function judge({ tolerance, adapter, runner }, { worst, same, kind }) {
  const exact = runner === "processor" && kind === "processor";
  if (same) return { fine: true, verdict: `The curve is equal to the last bit to the one built on ${adapter}.` };
  const apart = `The largest relative difference from the build on ${adapter} is ${numeral(worst)}`;
  if (exact) return { fine: false, verdict: `${apart}, and it should be equal to the last bit.` };
  const fine = worst <= tolerance;
  return { fine, verdict: `${apart}: ${fine ? "within" : "outside"} the tolerance of ${numeral(tolerance)}.` };
}

class FigureReplay extends HTMLElement {
  #said = h("p", { role: "status", className: "replay-said" });
  #canvas = h("canvas", { className: "replay-plot", hidden: true, role: "img" });
  #button = h("button", { type: "button", textContent: "Run this on your machine", onclick: () => this.#run() });
  #record = h("details", { className: "replay-record" }, h("summary", null, "How the figure was made"));
  /** Draws what was computed so far, again when the theme changes. */
  #draw = () => {};
  #stopListening = () => {};

  connectedCallback() {
    if (!this.#button.isConnected)
      this.append(h("div", { className: "replay" }, this.#button, this.#said, this.#canvas, this.#record));
    this.#record.ontoggle = () => this.#showRecord();
    this.#stopListening = onTheme(() => this.#draw());
  }

  disconnectedCallback() {
    this.#stopListening();
  }

  /** @returns {Promise<ReplayRecord>} */
  #fetch() {
    return fetchJson(this.getAttribute("record") ?? "");
  }

  async #showRecord() {
    if (!this.#record.open || this.#record.children.length > 1) return;
    try {
      const [record, { recordList }] = await Promise.all([this.#fetch(), import("./run/curves.js")]);
      this.#record.append(recordList(record));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #run() {
    this.#button.disabled = true;
    this.#said.textContent = "Starting …";
    try {
      const [record, { replay }, { drawCurves }] = await Promise.all([
        this.#fetch(),
        import("./run/again.js"),
        import("./run/curves.js"),
      ]);
      await this.#compare(record, replay, drawCurves);
      this.#button.textContent = "Run it again";
    } catch (error) {
      this.#fail(error);
    }
    this.#button.disabled = false;
  }

  /**
   * @param {ReplayRecord} record @param {typeof import("./run/again.js").replay} replay
   * @param {typeof import("./run/curves.js").drawCurves} drawCurves
   */
  async #compare(record, replay, drawCurves) {
    const { times, series } = record;
    const [built] = Object.values(series);
    const found = await replay(record, (live) => {
      this.#draw = () => drawCurves(this.#canvas, built, live);
      this.#said.textContent = `Step ${numeral(live.length)} of ${numeral(times)} …`;
      this.#draw();
    });
    const { fine, verdict } = judge(record, found);
    this.#said.className = `replay-said ${fine ? "fine" : "bad"}`;
    this.#said.textContent = `${numeral(times)} steps in ${numeral(found.seconds)} s on ${found.on}. ${verdict}`;
    this.#canvas.setAttribute("aria-label", "The built curve, and the one just computed over it");
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#said.className = "replay-said bad";
    this.#said.textContent = explain(error, "The replay");
  }
}

customElements.define("figure-replay", FigureReplay);
