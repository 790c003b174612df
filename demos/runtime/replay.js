/**
 * `<figure-replay>`: runs a figure's model once more on the reader's machine and lays the curve over the one that was
 * built.
 *
 * In: the figure's record (series, seed, tolerance, adapter, runner, kernels, versions). Out: both curves, and whether
 * they are equal, to the last bit where both were computed by the same module, else within the tolerance. How it is
 * run, `replayed-run.js` knows, how it is drawn, `replayed-curve.js`, both loaded when asked for. It knows nothing of
 * demos.
 */
import { explain } from "./common/errors.js";
import { fetchJson } from "./common/data.js";
import { h } from "./common/dom.js";
import { numeral, quantity } from "./common/numbers.js";
import "./runtime.css"; // a page may have replays and no demo

/** @typedef {import("./types.d.ts").ReplayRecord} ReplayRecord */

/**
 * @param {ReplayRecord} record @param {Awaited<ReturnType<typeof import("./run/replayed-run.js").replay>>} found
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
  #plot = h("div", { className: "replay-beside" });
  #button = h("button", { type: "button", textContent: "Run this on your machine", onclick: () => this.#run() });
  #record = h("details", { className: "replay-record" }, h("summary", null, "How the figure was made"));
  connectedCallback() {
    if (!this.#button.isConnected)
      this.append(h("div", { className: "replay" }, this.#button, this.#said, this.#plot, this.#record));
    this.#record.ontoggle = () => this.#showRecord();
  }

  /** @returns {Promise<ReplayRecord>} */
  #fetch() {
    return fetchJson(this.getAttribute("record") ?? "");
  }

  async #showRecord() {
    if (!this.#record.open || this.#record.children.length > 1) return;
    try {
      const [record, { recordList }] = await Promise.all([this.#fetch(), import("./run/replayed-curve.js")]);
      this.#record.append(recordList(record));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #run() {
    this.#button.disabled = true;
    this.#said.className = "replay-said"; // no verdict yet, also when it runs again
    this.#said.textContent = "Starting …";
    try {
      const [record, { replay }, { ReplayedCurve }] = await Promise.all([
        this.#fetch(),
        import("./run/replayed-run.js"),
        import("./run/replayed-curve.js"),
      ]);
      await this.#compare(record, replay, new ReplayedCurve(this, record, this.#plot));
      this.#button.textContent = "Run it again";
    } catch (error) {
      this.#fail(error);
    }
    this.#button.disabled = false;
  }

  /**
   * @param {ReplayRecord} record @param {typeof import("./run/replayed-run.js").replay} replay
   * @param {import("./run/replayed-curve.js").ReplayedCurve} curve
   */
  async #compare(record, replay, curve) {
    const { times } = record;
    const found = await replay(record, (live) => {
      this.#said.textContent = `Step ${numeral(live.length)} of ${numeral(times)} …`;
      curve.draw(live);
    });
    const { fine, verdict } = judge(record, found);
    this.#said.className = `replay-said ${fine ? "fine" : "bad"}`;
    const where = `${quantity(times, "step")} in ${numeral(found.seconds)} s on ${found.on}`;
    this.#said.textContent = `${where}, the thin line over the curve. ${verdict}`;
    const report = fine ? null : document.querySelector(".colophon .report");
    if (report) this.#said.append(" ", h("a", { href: report.getAttribute("href"), textContent: "Report it" }), ".");
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#said.className = "replay-said bad";
    this.#said.textContent = explain(error, "The replay");
  }
}

customElements.define("figure-replay", FigureReplay);
