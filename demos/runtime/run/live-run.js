/**
 * A demo's run: its step, the values as last read, and one frame after the other. Loaded when a demo first wakes.
 *
 * In: a demo with its plan. Out: frames for the backend, and what it read. Where it computes, `place.js` knows, which
 * also says so in the panel. It knows nothing of devices, settings and links.
 */
import { beginningOf, readWanted, writtenOf } from "./beginning.js";
import { demandOne } from "./choice.js";
import { newsOf } from "./news.js";
import { Pace } from "./pace.js";
import { Place } from "./place.js";

export { demandOne }; // whoever has no run yet asks here

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {import("./backend.js").Backend} Backend */
/** @typedef {import("./journal.js").Action} Action */

const LOOK_MS = 250;
/** Without frames for so long the page slept: what was measured before, or was due meanwhile, counts no more. */
const ASLEEP_MS = 1000;
/** A checkpoint is read so often at most, and takes one part in so many of the time. */
const KEEP_MS = 1000;
const KEEP_PARTS = 50;

export class LiveRun {
  /** As last read. @type {Record<string, Numbers>} */
  values = {};
  /** That `values` belong to. @type {import("../types.d.ts").Plan | undefined} */
  plan;
  /** Values belong to `lookedAt`: `step` may have gone on since they were asked for. */
  step = 0;
  lookedAt = 0;
  stepsPerSecond = 0;
  /** Whether what the views show must be computed again. */
  stale = true;
  #place;
  #pace = new Pace();
  #stepsAsked = 0;
  /** Frames that the backend has not finished, when it last finished one, and when the last one was asked for. */
  #pending = 0;
  #finishedAt = 0;
  #framedAt = 0;
  #wokeAt = 0;
  #looking = false;
  #lastLook = 0;
  #lookAgain = false;
  #counted = { time: 0, step: 0 };
  #keepAt = 0;

  /** @param {Demo} demo */
  constructor(demo) {
    this.demo = demo;
    this.#place = new Place(demo, this);
  }

  get backend() {
    return this.#place.backend;
  }

  get asleep() {
    return this.#place.asleep;
  }

  get awake() {
    return Boolean(this.backend);
  }

  get adapter() {
    return this.backend?.adapter ?? "";
  }

  // Where it computes.

  /** @param {boolean} [anew] with the plan that the settings choose: else it goes on where it was */
  build(anew) {
    return this.#place.build(anew);
  }

  move() {
    return this.#place.move();
  }

  sleep() {
    return this.#place.sleep();
  }

  destroy() {
    this.#place.destroy();
  }

  /** @param {Record<string, Numbers>} values that the backend gave first @param {number} step that they belong to */
  arrived(values, step) {
    const { demo, backend } = this;
    this.values = values;
    this.lookedAt = step;
    this.plan = demo.plan;
    this.stale = true;
    this.#wake(performance.now());
    this.#keepAt = this.#framedAt + KEEP_MS;
    for (const each of Object.keys(demo.plan?.programs ?? {})) backend?.prepare(each).catch(() => {}); // said when run
    demo.looked(this);
  }

  /** There is no backend any more. */
  left() {
    this.#looking = false;
    this.#pending = 0;
    this.#pace = new Pace();
  }

  /** @param {number} now: steps are due from now on, and counted from now on */
  #wake(now) {
    this.#pace.start(now);
    this.#counted = { time: 0, step: 0 };
    this.stepsPerSecond = 0;
    this.#framedAt = this.#wokeAt = now;
  }

  // What the buttons do.

  start() {
    this.#place.forgive();
    this.#wake(performance.now());
  }

  stop() {
    if (this.#keepAt < Infinity) this.#keepAt = 0;
    this.#look(performance.now()); // the last word
  }

  advance(times = 1) {
    this.#stepsAsked += times;
    this.demo.redraw();
  }

  reset() {
    const { demo, backend } = this;
    if (!demo.plan) return;
    this.step = this.lookedAt = this.#stepsAsked = 0;
    this.#counted = { time: 0, step: 0 };
    const actions = beginningOf(demo);
    this.#place.journal.begin(demo.plan, demo.definition.show ?? [], backend ? [] : actions);
    for (const action of backend ? actions : []) this.perform(action);
    demo.panel.say("");
    demo.panel.changed(); // what is said of the run before is true no more
    demo.redraw(true);
  }

  /**
   * @param {Action} action done, and remembered, now or when there is a backend; what fails is said
   * @returns {Promise<void>}
   */
  async perform(action) {
    const { backend } = this;
    const { journal } = this.#place;
    if (!backend) return journal.add(action);
    try {
      const [verb, name] = action;
      if (verb === "run" && !backend.prepared(name)) await backend.prepare(name);
      if (backend !== this.backend) return journal.add(action);
      journal.add(action, true);
      await journal.give(backend, action);
    } catch (error) {
      await this.#place.failed(backend, error);
    }
  }

  // The loop.

  /** @param {number} now: steps, what shows, and the drawing, all in one frame of the backend */
  frame(now) {
    const { demo, backend, stale } = this;
    const { program, show = [] } = demo.definition;
    if (!backend) return;
    if (demo.moving && now - this.#framedAt > ASLEEP_MS) this.#wake(now);
    this.#framedAt = now;
    if (this.#pending > 1) return demo.redraw();
    const steps = demo.moving ? this.#pace.due(now, demo.rate) : this.#stepsAsked;
    const work = steps > 0 || stale;
    this.#stepsAsked = 0;
    this.step += steps;
    this.stale = false;
    this.#hand(backend, { program, steps, show: work ? show : [], draw: (paint) => demo.draw(paint) });
    if (work && (!demo.moving || now - this.#lastLook > LOOK_MS)) this.#look(now);
    if (demo.moving) demo.redraw();
  }

  /** @param {Backend} backend @param {import("./backend.js").BackendFrame} frame: what it throws is not computed */
  #hand(backend, frame) {
    const { program, steps } = frame;
    const start = performance.now();
    try {
      const done = backend.frame(frame);
      if (steps) this.#place.journal.add(["run", program, steps], true);
      this.#pending++;
      done.then(
        () => backend === this.backend && this.#finished(steps, start),
        (error) => {
          if (backend === this.backend) this.#pending--;
          return this.#place.failed(backend, error);
        },
      );
    } catch (error) {
      this.step -= steps;
      throw error;
    }
  }

  /** @param {number} steps of a frame @param {number} start when it was handed over */
  #finished(steps, start) {
    const end = performance.now();
    this.#pending--;
    if (steps) this.#pace.took(steps, end - Math.max(start, this.#finishedAt));
    this.#finishedAt = end;
  }

  /**
   * @param {string} name @param {number} first @param {number} [count]
   * @returns {Promise<Numbers>} from the backend that there is when it can answer; as last read where there is none
   */
  async read(name, first, count) {
    const { backend, demo } = this;
    if (!backend?.has(name))
      return (demo.markData(name)?.array ?? new Float32Array(0)).slice(first, count && first + count);
    try {
      return await backend.read(name, first, count);
    } catch (error) {
      await newsOf(error);
      if (backend === this.backend) throw error;
    }
    await demo.wake();
    return this.read(name, first, count);
  }

  /** @param {number} now: reads, without waiting for it, and from time to time a checkpoint in the same turn */
  async #look(now) {
    const { demo, backend, step } = this;
    this.#lookAgain = this.#looking;
    if (this.#looking || !backend) return;
    this.#looking = true;
    this.#lastLook = now;
    if (now > this.#keepAt) this.#keep(now);
    const values = await readWanted(demo, backend).catch(() => undefined);
    if (backend !== this.backend) return;
    this.#looking = false;
    if (!values) return;
    Object.assign(this.values, values);
    this.lookedAt = step;
    const { time, step: before } = this.#counted;
    if (time) this.stepsPerSecond = (1000 * (step - before)) / (now - time);
    this.#counted = { time: demo.moving && now >= this.#wokeAt ? now : 0, step };
    demo.looked(this);
    if (!demo.moving) demo.redraw(); // axes follow what was read
    if (this.#lookAgain) this.#look(performance.now());
  }

  /** @param {number} now */
  async #keep(now) {
    this.#keepAt = Infinity;
    await this.#place.journal.keep(writtenOf(this.demo));
    const end = performance.now();
    this.#keepAt = end + Math.max(KEEP_MS, KEEP_PARTS * (end - now));
  }
}
