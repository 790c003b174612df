/**
 * A demo's run where nothing can be computed: the snapshots that the build recorded, one after the other. Loaded when
 * one is shown.
 *
 * In: a demo and its manifest. Out: its step and values, and views drawn on a 2-d canvas. `live-run.js` has the same
 * methods.
 */
import { fetchJson } from "../common/data.js";
import { flatPaint } from "../views/paint-flat.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */

const SNAPSHOT_MS = 250;

export class RecordedRun {
  /** Of the snapshot that is shown. @type {Record<string, import("../types.d.ts").Numbers>} */
  values = {};
  step = 0;
  lookedAt = 0;
  stepsPerSecond = 0;
  /** Index of the snapshot that is shown. */
  snapshot = 0;
  adapter = "";
  stale = false;
  backend = undefined;
  /** @type {import("../types.d.ts").Recording | undefined} */
  recording;
  #shownAt = 0;

  /** @param {Demo} demo */
  constructor(demo) {
    this.demo = demo;
  }

  get awake() {
    return Boolean(this.recording);
  }

  async build() {
    /** @type {import("../types.d.ts").Recording} */
    const recording = await fetchJson(this.demo.experiment.manifest?.recording?.url ?? "");
    this.recording = recording;
    this.adapter = `recorded on ${recording.adapter}, seed ${recording.seed}`;
    this.show(0);
  }

  /** @param {number} snapshot */
  show(snapshot) {
    if (!this.recording) return;
    const { at, outputs } = this.recording;
    this.snapshot = Math.min(snapshot, at.length - 1);
    this.step = this.lookedAt = at[this.snapshot];
    for (const [name, { dtype, frames }] of Object.entries(outputs)) {
      const frame = [frames[this.snapshot]].flat(Infinity).map(Number);
      this.values[name] = dtype === "u32" ? Uint32Array.from(frame) : Float32Array.from(frame);
    }
    this.demo.looked(this);
    this.demo.redraw();
  }

  get #ended() {
    return this.snapshot + 1 >= (this.recording?.at.length ?? 0);
  }

  /** Play was pressed. */
  start() {
    if (this.#ended) this.show(0);
  }

  /** Pause was pressed. */
  stop() {
    if (this.recording) this.demo.looked(this);
  }

  advance() {
    this.show(this.snapshot + 1);
  }

  reset() {
    this.show(0);
  }

  /** Nothing can be written or run: it is over. */
  async perform() {}

  /** @param {number} now */
  frame(now) {
    const { demo } = this;
    if (demo.moving && now - this.#shownAt > SNAPSHOT_MS) {
      this.#shownAt = now;
      if (this.#ended) demo.pause();
      else this.show(this.snapshot + 1);
    }
    demo.draw(flatPaint);
    if (demo.moving) demo.redraw();
  }

  destroy() {}
}
