/**
 * `<figure-replay>`: runs a figure's model once more on the reader's GPU and lays the curve over the one that was built.
 *
 * In: the figure's record (series, seed, tolerance, adapter, kernels, versions) and its plan. Out: both curves, the largest
 * relative difference, and whether it is within the tolerance. It knows nothing of demos.
 */
import { fetchData, fetchJson } from "./data.js";
import { DemoError, openDevice } from "./device.js";
import { h, numeral, onTheme, token } from "./dom.js";
import { createRunner } from "./plan.js";
import "./runtime.css"; // a page may have replays and no demo

/** @typedef {import("./types.d.ts").ReplayRecord} ReplayRecord */

const CHUNKS = 12; // reads while it runs, so that the curve is seen to grow

/**
 * @param {ArrayLike<number>} built @param {ArrayLike<number>} live
 * @returns {number} the largest |live - built| / max(|built|, 1 % of the largest |built|): a value near zero is no measure of itself
 */
export function largestDifference(built, live) {
  const floor = 0.01 * Math.max(1e-30, ...Array.from(built, Math.abs));
  return Math.max(...Array.from(built, (value, i) => {
    const difference = Math.abs(live[i] - value) / Math.max(Math.abs(value), floor);
    return Number.isFinite(difference) ? difference : Infinity;
  }));
}

class FigureReplay extends HTMLElement {
  #said = h("p", { role: "status", className: "replay-said" });
  #canvas = h("canvas", { className: "replay-plot", hidden: true, role: "img" });
  #button = h("button", { type: "button", textContent: "Run this on your GPU", onclick: () => this.#run() });
  #record = h("details", { className: "replay-record" }, h("summary", null, "How the figure was made"));
  #curves = { built: /** @type {number[]} */ ([]), live: /** @type {ArrayLike<number>} */ ([]) };
  #deaf = () => {};

  connectedCallback() {
    if (!this.#button.isConnected) this.append(h("div", { className: "replay" }, this.#button, this.#said, this.#canvas, this.#record));
    this.#record.ontoggle = () => this.#explain();
    this.#deaf = onTheme(() => this.#draw());
  }

  disconnectedCallback() {
    this.#deaf();
  }

  /** @returns {Promise<ReplayRecord>} */
  #fetch() {
    return fetchJson(this.getAttribute("record") ?? "");
  }

  async #explain() {
    if (!this.#record.open || this.#record.children.length > 1) return;
    try {
      const { adapter, seed, times, program, versions, kernels } = await this.#fetch();
      const rows = [["run", `${program}, ${times} times, seed ${seed}`], ["adapter", adapter], ...Object.entries(versions), ...Object.entries(kernels)];
      this.#record.append(h("dl", null, ...rows.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)])));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #run() {
    this.#button.disabled = true;
    this.#said.textContent = "Compiling …";
    try {
      const record = await this.#fetch();
      const plan = await fetchJson(record.plan);
      const { device, adapter } = await openDevice();
      const runner = await createRunner(device, plan, (source, dtype) => fetchData(record.data?.[source], dtype));
      try {
        await this.#compare(record, runner, adapter);
      } finally {
        runner.destroy();
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#button.disabled = false;
    this.#button.textContent = "Run it again";
  }

  /** @param {ReplayRecord} record @param {import("./plan.js").Runner} runner @param {string} adapter */
  async #compare({ inputs = {}, seed, program, times, series, tolerance, adapter: before }, runner, adapter) {
    for (const [name, value] of Object.entries(inputs)) runner.write(name, [value?.values ?? value].flat(Infinity));
    if (runner.has("seed")) runner.write("seed", [seed]);
    await runner.run("init");
    const names = Object.keys(series);
    const start = performance.now();
    /** @type {ArrayLike<number>[]} */
    let live = [];
    for (let done = 0; done < times; ) {
      const batch = Math.min(times - done, Math.ceil(times / CHUNKS));
      await runner.run(program, batch);
      done += batch;
      live = await Promise.all(names.map((name) => runner.read(name)));
      this.#curves = { built: series[names[0]], live: Array.from(live[0]).slice(0, done) };
      this.#said.textContent = `Step ${numeral(done)} of ${numeral(times)} …`;
      this.#draw();
    }
    const worst = Math.max(...names.map((name, i) => largestDifference(series[name], live[i])));
    const fine = worst <= tolerance;
    this.#said.className = `replay-said ${fine ? "fine" : "bad"}`;
    this.#said.textContent = `${numeral(times)} steps in ${numeral((performance.now() - start) / 1000)} s on ${adapter}. The largest relative difference from the build on ${before} is ${numeral(worst)}: ${fine ? "within" : "outside"} the tolerance of ${numeral(tolerance)}.`;
    this.#canvas.setAttribute("aria-label", "The built curve, and the one just computed over it");
  }

  #draw() {
    const { built, live } = this.#curves;
    if (!built.length) return;
    const canvas = this.#canvas;
    canvas.hidden = false;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * devicePixelRatio));
    Object.assign(canvas, { width, height });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const [low, high] = [Math.min(0, ...built), Math.max(...built)];
    // The built curve is a broad band, the live one a thin line in it: agreement is seen as a line that stays inside.
    for (const [values, colour, wide] of /** @type {[ArrayLike<number>, string, number][]} */ ([[built, "--line", 7], [live, "--cat-1", 1.75]])) {
      context.strokeStyle = token(colour);
      context.lineWidth = wide * devicePixelRatio;
      context.lineJoin = context.lineCap = "round";
      context.beginPath();
      for (let i = 0; i < values.length; i++) context.lineTo((width * (i + 0.5)) / built.length, height - (0.05 + (0.9 * (values[i] - low)) / (high - low || 1)) * height);
      context.stroke();
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    if (!(error instanceof DemoError)) console.error(error);
    this.#said.className = "replay-said bad";
    this.#said.textContent = error instanceof DemoError ? error.message : `The replay stopped: ${/** @type {Error} */ (error).message}`;
  }
}

customElements.define("figure-replay", FigureReplay);
