/**
 * A demo's run on the reader's GPU: its frames (steps, what shows, drawing), its reads, and how it comes back after a lost
 * device. Loaded when a demo first wakes.
 *
 * In: a demo with its plan. Out: the demo's step and values, and views drawn from the plan's buffers. It knows nothing of
 * settings, links and the panel. `recorded.js` has the same methods.
 */
import { DemoError } from "./adapter.js";
import { listen } from "./device.js";
import { Pace } from "./pace.js";
import { gpuPaint } from "./paint-gpu.js";
import { openRunner } from "./runner.js";

/** @typedef {import("./run.js").Demo} Demo */
/** What happened since the last reset, enough to do it again exactly. @typedef {["write", string, ArrayLike<number>] | ["run", string, number]} Event */

const LOOK_MS = 250;

export class Run {
  /** Whether what the views show must be computed again. */
  stale = true;
  /** @type {Event[]} */
  #log = [];
  /** Counts builds, so that one that finishes late sees that it is not wanted any more. */
  #era = 0;
  #pace = new Pace();
  #owed = 0;
  #inFlight = 0;
  #done = 0;
  #looking = false;
  #lastLook = 0;
  #lookAgain = false;
  #counted = { time: 0, step: 0 };
  #deaf = () => {};

  /** @param {Demo} demo */
  constructor(demo) {
    this.demo = demo;
    this.#deaf = listen({
      lost: () => this.#lost(),
      failed: (sentence) => demo.runner && demo.fail(new DemoError(sentence)),
    });
  }

  /** On the page's device, with the plan that the demo's settings choose. @param {boolean} [again] the same run as before */
  async build(again) {
    const { demo } = this;
    const era = ++this.#era;
    this.#free();
    const { program, show = [] } = demo.definition;
    const { runner, adapter } = await openRunner(demo.loadPlan(), demo.manifest?.data, ["init", program, ...show]);
    if (era !== this.#era) return runner.destroy();
    // The rest meanwhile; what does not compile is said when it is run.
    for (const each of Object.keys(runner.plan.programs)) runner.prepare(each).catch(() => {});
    demo.runner = runner;
    demo.adapter = adapter;
    for (const { reads = [] } of demo.views) for (const name of reads) demo.values[name] ??= new Float32Array(0);
    if (again) await this.#replay();
    else demo.reset();
  }

  /** Everything since the last reset once more, on a new device. */
  async #replay() {
    const { runner } = this.demo;
    const era = this.#era;
    for (const [verb, name, what] of this.#log) {
      if (era !== this.#era) return;
      if (verb === "write") runner?.write(name, /** @type {ArrayLike<number>} */ (what));
      else await runner?.run(name, /** @type {number} */ (what));
    }
    this.demo.redraw(true);
  }

  #lost() {
    const { demo } = this;
    if (!demo.runner) return;
    this.#free();
    demo.panel.say("The GPU was lost. Rebuilding the run …");
    const rebuilt = this.build(true);
    const era = this.#era;
    const last = (/** @type {() => void} */ say) => era === this.#era && say(); // of one lost in its turn, the next has the word
    demo.waking = rebuilt.then(
      () => void last(() => demo.panel.say("")),
      (error) => void last(() => demo.fail(error)),
    );
  }

  #free() {
    this.demo.runner?.destroy();
    this.demo.runner = undefined;
    this.#inFlight = 0;
    this.#pace = new Pace();
  }

  destroy() {
    this.#era++;
    this.#deaf();
    this.#free();
  }

  // What the buttons do.

  start() {
    this.#pace.start(performance.now());
  }

  stop() {
    this.#look(performance.now()); // the last word
  }

  advance() {
    this.#owed++;
    this.demo.redraw();
  }

  reset() {
    const { runner, inputs, seed, plan } = this.demo;
    this.#owed = 0;
    this.#counted = { time: 0, step: 0 };
    this.#log = [];
    if (!runner) return;
    for (const [name, values] of inputs) this.perform(["write", name, values.slice()]);
    if (runner.has("seed")) this.perform(["write", "seed", [seed]]);
    if (plan?.programs.init) this.perform(["run", "init", 1]);
    this.demo.redraw(true);
  }

  /** @param {Event} event: done, and remembered, now or when it is compiled @returns {Promise<void>} */
  perform(event) {
    const { runner } = this.demo;
    if (!runner) return Promise.resolve();
    const [verb, name, what] = event;
    if (verb === "run" && !runner.prepared(name))
      return runner.prepare(name).then(() => (runner === this.demo.runner ? this.perform(event) : undefined));
    this.#remember(event);
    if (verb === "run") return runner.run(name, what);
    runner.write(name, what);
    return Promise.resolve();
  }

  /** @param {Event} event: the log stays short, for a slider's way to its place is of no interest */
  #remember(event) {
    const last = this.#log.at(-1);
    if (last?.[0] !== event[0] || last[1] !== event[1]) this.#log.push(event);
    else if (last[0] === "run" && event[0] === "run") last[2] += event[2];
    else this.#log[this.#log.length - 1] = event;
  }

  // The loop.

  /** @param {number} now: steps, what shows, and the drawing: one encoder, one submit */
  frame(now) {
    const { demo } = this;
    const { runner, definition } = demo;
    if (!runner) return;
    if (this.#inFlight > 1) return demo.redraw();
    const steps = demo.moving ? this.#pace.due(now, demo.rate) : this.#owed;
    const work = steps || this.stale;
    this.#owed = 0;
    const { device } = runner;
    const encoder = device.createCommandEncoder();
    if (work) {
      const pass = encoder.beginComputePass();
      runner.encode(pass, definition.program, steps);
      for (const program of definition.show ?? []) runner.encode(pass, program);
      pass.end();
    }
    if (steps) this.#remember(["run", definition.program, steps]);
    demo.step += steps;
    this.stale = false;
    demo.draw(gpuPaint(device, encoder));
    this.#submit(runner, encoder, steps);
    if (work && (!demo.moving || now - this.#lastLook > LOOK_MS)) this.#look(now);
    if (demo.moving) demo.redraw();
  }

  /** @param {import("./plan.js").Runner} runner @param {GPUCommandEncoder} encoder @param {number} steps */
  #submit(runner, encoder, steps) {
    const start = performance.now();
    const { queue } = runner.device;
    queue.submit([encoder.finish()]);
    this.#inFlight++;
    queue.onSubmittedWorkDone().then(
      () => {
        if (runner !== this.demo.runner) return;
        const end = performance.now();
        this.#inFlight--;
        if (steps) this.#pace.took(steps, end - Math.max(start, this.#done));
        this.#done = end;
      },
      () => {},
    ); // the device went: #lost hears of it
  }

  /** @param {number} now: reads what words and numbers need, without waiting for it */
  async #look(now) {
    const { demo } = this;
    const { runner, step, definition, views, inputs } = demo;
    this.#lookAgain = this.#looking;
    if (this.#looking || !runner) return;
    this.#looking = true;
    this.#lastLook = now;
    const names = [
      ...new Set([...(definition.reads ?? []), "loss.history", ...views.flatMap(({ reads = [] }) => reads)]),
    ].filter((name) => runner.has(name) && !inputs.has(name));
    const arrays = await Promise.all(names.map((name) => runner.read(name))).catch(() => undefined); // the device went, or the demo did
    this.#looking = false;
    if (!arrays || runner !== demo.runner) return;
    names.forEach((name, i) => (demo.values[name] = arrays[i]));
    demo.lookedAt = step;
    const { time, step: before } = this.#counted;
    if (time) demo.stepsPerSecond = (1000 * (step - before)) / (now - time);
    this.#counted = { time: demo.moving ? now : 0, step };
    try {
      demo.looked();
    } catch (error) {
      demo.fail(error);
    }
    if (!demo.moving) demo.redraw(); // axes follow what was read
    if (this.#lookAgain) this.#look(performance.now());
  }
}
