/**
 * A demo's run where there is no WebGPU: the snapshots that the build recorded, one after the other. Loaded when one is shown.
 *
 * In: a demo and its manifest. Out: the demo's step and values, and views drawn on a 2-d canvas. It computes nothing.
 * `live.js` has the same methods.
 */
import { fetchJson } from "./data.js";
import { flatPaint } from "./paint-flat.js";

/** @typedef {import("./run.js").Demo} Demo */
/** @typedef {import("./types.d.ts").Recording} Recording */

const SNAPSHOT_MS = 250;

export class Run {
  #shownAt = 0;
  stale = false;

  /** @param {Demo} demo */
  constructor(demo) {
    this.demo = demo;
  }

  async build() {
    const { demo } = this;
    const recording = /** @type {Recording} */ (await fetchJson(demo.manifest?.recording?.url ?? ""));
    demo.recording = recording;
    demo.adapter = recording.adapter;
    this.show(0);
  }

  /** @param {number} snapshot */
  show(snapshot) {
    const { demo } = this;
    const { at, outputs } = /** @type {Recording} */ (demo.recording);
    demo.snapshot = Math.min(snapshot, at.length - 1);
    demo.step = demo.lookedAt = at[demo.snapshot];
    for (const [name, { dtype, frames }] of Object.entries(outputs)) {
      const frame = [frames[demo.snapshot]].flat(Infinity).map(Number);
      demo.values[name] = dtype === "u32" ? Uint32Array.from(frame) : Float32Array.from(frame);
    }
    demo.looked();
    demo.redraw();
  }

  get #ended() {
    return this.demo.snapshot + 1 >= (this.demo.recording?.at.length ?? 0);
  }

  /** Play was pressed. */
  start() {
    if (this.demo.recording && this.#ended) this.show(0);
  }

  /** Pause was pressed. */
  stop() {
    if (this.demo.recording) this.demo.looked();
  }

  advance() {
    if (this.demo.recording) this.show(this.demo.snapshot + 1);
  }

  reset() {
    if (this.demo.recording) this.show(0);
  }

  /** Nothing can be written or run: it is over. */
  async perform() {}

  /** @param {number} now */
  frame(now) {
    const { demo } = this;
    if (demo.moving && now - this.#shownAt > SNAPSHOT_MS) {
      this.#shownAt = now;
      if (this.#ended) demo.pause();
      else this.show(demo.snapshot + 1);
    }
    demo.draw(flatPaint);
    if (demo.moving) demo.redraw();
  }

  destroy() {}
}
