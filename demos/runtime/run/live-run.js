/**
 * A demo's run while the page computes: its log of actions, its step, the values as last read, and how it comes back
 * after its backend was lost. Loaded when a demo first wakes.
 *
 * In: a demo with its plan, and how a backend is opened (backend.js). Out: frames for the backend, and what it read. It
 * knows nothing of devices, settings, links and the panel. `recorded-run.js` has the same methods.
 */
import { Pace } from "./pace.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("./backend.js").Backend} Backend */
/**
 * What was done since the last reset, enough to do it again exactly.
 * @typedef {["write", string, ArrayLike<number>] | ["run", string, number]} Action
 */

const LOOK_MS = 250;

export class LiveRun {
  /** As last read. @type {Record<string, import("../types.d.ts").Numbers>} */
  values = {};
  /** Values belong to `lookedAt`: `step` may have gone on since they were asked for. */
  step = 0;
  lookedAt = 0;
  stepsPerSecond = 0;
  snapshot = 0;
  /** Whether what the views show must be computed again. */
  stale = true;
  /** @type {Backend | undefined} */
  backend;
  /** @type {Action[]} */
  #log = [];
  /** How often it was built, so that what finishes late sees that it is not wanted any more. */
  #builds = 0;
  #pace = new Pace();
  #stepsAsked = 0;
  /** Frames that the backend has not finished, and when it last finished one. */
  #pending = 0;
  #finishedAt = 0;
  #looking = false;
  #lastLook = 0;
  #lookAgain = false;
  #counted = { time: 0, step: 0 };

  /** @param {Demo} demo @param {import("./backend.js").OpenBackend} open */
  constructor(demo, open) {
    this.demo = demo;
    this.open = open;
  }

  get awake() {
    return Boolean(this.backend);
  }

  get adapter() {
    return this.backend?.adapter ?? "";
  }

  /** With the plan that the demo's settings choose. @param {boolean} [again] the same run as before */
  async build(again) {
    const { demo } = this;
    const { program, show = [] } = demo.definition;
    const build = ++this.#builds;
    this.#free();
    if (!again) this.step = 0;
    const backend = await this.open(demo.builtModel(), ["init", program, ...show], {
      lost: () => build === this.#builds && this.#lost(again || this.awake),
      failed: (error) => build === this.#builds && this.awake && demo.fail(error),
    });
    if (build !== this.#builds) return backend.destroy();
    // The rest meanwhile; what does not compile is said when it is run.
    for (const each of Object.keys(demo.plan?.programs ?? {})) backend.prepare(each).catch(() => {});
    this.backend = backend;
    for (const { reads = [] } of demo.views) for (const name of reads) this.values[name] ??= new Float32Array(0);
    if (again) await this.#replay();
    else this.reset();
  }

  /** Everything since the last reset once more, on a new backend. */
  async #replay() {
    const { backend } = this;
    for (const [verb, name, what] of this.#log) {
      if (!backend || backend !== this.backend) return;
      if (verb === "write") backend.write(name, what);
      else await backend.run(name, what);
    }
    this.demo.redraw(true);
  }

  /** @param {boolean} [again] whether there is a run to be brought back: else it is begun */
  #lost(again) {
    const { panel } = this.demo;
    this.#free();
    panel.say("The GPU was lost. Rebuilding the run …");
    const rebuilt = this.build(again);
    const build = this.#builds;
    // Of one that is lost in its turn, the next has the word.
    this.demo.awaken(rebuilt.then(() => void (build === this.#builds && panel.say(""))));
  }

  #free() {
    this.backend?.destroy();
    this.backend = undefined;
    this.#pending = 0;
    this.#pace = new Pace();
  }

  destroy() {
    this.#builds++;
    this.#free();
  }

  // What the buttons do.

  start() {
    this.#pace.start(performance.now());
  }

  stop() {
    this.#look(performance.now()); // the last word
  }

  /** There are no snapshots to be shown. */
  show() {}

  advance() {
    this.#stepsAsked++;
    this.demo.redraw();
  }

  reset() {
    const { plan, experiment } = this.demo;
    const { inputs, seed } = experiment;
    this.step = this.lookedAt = this.#stepsAsked = 0;
    this.#counted = { time: 0, step: 0 };
    this.#log = [];
    if (!this.backend) return;
    for (const [name, values] of inputs) this.perform(["write", name, values.slice()]);
    if (this.backend.has("seed")) this.perform(["write", "seed", [seed]]);
    if (plan?.programs.init) this.perform(["run", "init", 1]);
    this.demo.redraw(true);
  }

  /**
   * @param {Action} action done, and remembered, now or when it is compiled; what fails is said
   * @returns {Promise<void>}
   */
  perform(action) {
    return this.#perform(action).catch((error) => this.demo.fail(error));
  }

  /** @param {Action} action */
  async #perform(action) {
    const { backend } = this;
    const [verb, name, what] = action;
    if (verb === "run" && backend && !backend.prepared(name)) await backend.prepare(name);
    if (!backend || backend !== this.backend) return;
    this.#remember(action);
    if (verb === "run") return backend.run(name, what);
    backend.write(name, what);
  }

  /** @param {Action} action the log stays short, for a slider's way to its place is of no interest */
  #remember(action) {
    const last = this.#log.at(-1);
    if (last?.[0] !== action[0] || last[1] !== action[1]) this.#log.push(action);
    else if (last[0] === "run" && action[0] === "run") last[2] += action[2];
    else this.#log[this.#log.length - 1] = action;
  }

  // The loop.

  /** @param {number} now: steps, what shows, and the drawing, all in one frame of the backend */
  frame(now) {
    const { demo, backend, stale } = this;
    const { program, show = [] } = demo.definition;
    if (!backend) return;
    if (this.#pending > 1) return demo.redraw();
    const steps = demo.moving ? this.#pace.due(now, demo.rate) : this.#stepsAsked;
    const work = steps > 0 || stale;
    this.#stepsAsked = 0;
    if (steps) this.#remember(["run", program, steps]);
    this.step += steps;
    this.stale = false;
    const start = performance.now();
    const done = backend.frame({ program, steps, show: work ? show : [], draw: (paint) => demo.draw(paint) });
    this.#pending++;
    done.then(
      () => backend === this.backend && this.#finished(steps, start),
      () => {}, // the backend went, and says so itself
    );
    if (work && (!demo.moving || now - this.#lastLook > LOOK_MS)) this.#look(now);
    if (demo.moving) demo.redraw();
  }

  /** @param {number} steps of a frame @param {number} start when it was handed over */
  #finished(steps, start) {
    const end = performance.now();
    this.#pending--;
    if (steps) this.#pace.took(steps, end - Math.max(start, this.#finishedAt));
    this.#finishedAt = end;
  }

  /** @param {number} now: reads what words and numbers need, without waiting for it */
  async #look(now) {
    const { demo, backend, step } = this;
    const { definition, views, experiment } = demo;
    this.#lookAgain = this.#looking;
    if (this.#looking || !backend) return;
    this.#looking = true;
    this.#lastLook = now;
    const wanted = [...(definition.reads ?? []), "loss.history", ...views.flatMap(({ reads = [] }) => reads)];
    const names = [...new Set(wanted)].filter((name) => backend.has(name) && !experiment.inputs.has(name));
    // None when the backend went, or the demo did.
    const arrays = await Promise.all(names.map((name) => backend.read(name))).catch(() => undefined);
    this.#looking = false;
    if (!arrays || backend !== this.backend) return;
    for (const [i, name] of names.entries()) this.values[name] = arrays[i];
    this.lookedAt = step;
    const { time, step: before } = this.#counted;
    if (time) this.stepsPerSecond = (1000 * (step - before)) / (now - time);
    this.#counted = { time: demo.moving ? now : 0, step };
    demo.looked(this);
    if (!demo.moving) demo.redraw(); // axes follow what was read
    if (this.#lookAgain) this.#look(performance.now());
  }
}
