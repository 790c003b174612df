/**
 * A demo's run: what it has come to, and one frame after the other. Loaded when a demo first wakes.
 *
 * In: a demo with its plan. Out: frames for the backend. Where it computes, `place.js` knows, which also says so in the
 * panel; what was read of it, `looks.js`; how the reader goes back in it, `visits.js`. It knows nothing of devices,
 * settings and links.
 */
import { beginningOf } from "./beginning.js";
import { demandOne } from "./choice.js";
import { Clock } from "./clock.js";
import { Looks } from "./looks.js";
import { Pace } from "./pace.js";
import { Place } from "./place.js";
import { Scrubber } from "./scrubber.js";
import { loadStart, startOf } from "./trained.js";
import { Visits } from "./visits.js";

export { demandOne }; // whoever has no run yet asks here

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {import("./backend.js").Backend} Backend */
/** @typedef {import("./clock.js").Runs} Runs */
/** @typedef {import("./journal.js").Action} Action */

/** Without frames for so long the page slept: what was measured before, or was due meanwhile, counts no more. */
const ASLEEP_MS = 1000;

export class LiveRun {
  /** That the values belong to. @type {import("../types.d.ts").Plan | undefined} */
  plan;
  /** Whether what the views show must be computed again. */
  stale = true;
  clock;
  #place;
  #looks;
  #visits;
  #scrubber;
  #pace = new Pace();
  #stepsAsked = 0;
  /** Frames that the backend has not finished. */
  #pending = 0;
  #finishedAt = 0;
  #framedAt = 0;

  /** @param {Demo} demo */
  constructor(demo) {
    this.demo = demo;
    this.clock = new Clock(demo);
    this.#place = new Place(demo, this);
    this.#looks = new Looks(demo, this, this.#place, this.clock);
    this.#visits = new Visits(demo, this.#looks, this.#place);
    this.#scrubber = new Scrubber(demo, this.#looks, this.#visits);
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

  // What is known of it.

  get step() {
    return this.clock.step;
  }

  /** The last step that it had: further than `step` while the reader looks at an earlier one. */
  get lastStep() {
    return this.#visits.away ? this.#visits.end : this.step;
  }

  get values() {
    return this.#looks.values;
  }

  get lookedAt() {
    return this.#looks.step;
  }

  /** @param {string} name @param {number} first @param {number} [count] @returns {Promise<Numbers>} */
  read(name, first, count) {
    return this.#looks.read(name, first, count);
  }

  /** @param {string} program @returns {number} how often it had run when `values` were read */
  stepsOf(program) {
    return this.#looks.steps.get(program) ?? 0;
  }

  /** @param {string} history @returns {number} how many steps were recorded in it when `values` were read */
  recorded(history) {
    return this.#looks.recorded(history);
  }

  get stepsPerSecond() {
    return this.#looks.rate.value;
  }

  get histories() {
    return this.#looks.histories;
  }

  /** @param {string} name @returns {boolean} whether steps depend on it, and the reader may write it */
  isInputOfSteps(name) {
    const { plan, experiment } = this.demo;
    const read = this.clock.programs.some((each) => plan?.programs[each]?.inputs.includes(name));
    return read && experiment.inputs.has(name);
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

  /** @param {Record<string, Numbers>} values that the backend gave first @param {ReadonlyMap<string, number>} steps */
  arrived(values, steps) {
    const { demo, backend } = this;
    const now = performance.now();
    this.plan = demo.plan;
    this.stale = true;
    this.#looks.arrived(values, now);
    this.#looks.heard(steps);
    this.#wake(now);
    for (const each of Object.keys(demo.plan?.programs ?? {})) backend?.prepare(each).catch(() => {}); // said when run
    this.#scrubber.place();
    this.looked();
  }

  /** There is no backend any more. */
  left() {
    this.#looks.left();
    this.#pending = 0;
    this.#pace = new Pace();
  }

  /** @param {number} now: steps are due from now on, and counted from now on */
  #wake(now) {
    this.#pace.start(now);
    this.#looks.wake(now);
    this.#framedAt = now;
  }

  // What the buttons do.

  start() {
    this.#place.forgive();
    this.#wake(performance.now());
  }

  stop() {
    this.#looks.rest(performance.now()); // the last word
  }

  advance(times = 1) {
    this.#stepsAsked += times;
    this.demo.redraw();
  }

  reset() {
    const { demo, backend } = this;
    if (!demo.plan) return;
    this.#stepsAsked = 0;
    const start = startOf(demo);
    this.clock.begin();
    for (const each of start?.programs ?? []) this.clock.count(each, start?.steps ?? 0);
    demo.experiment.changes.begin(this.step);
    this.#looks.begin();
    this.#visits.begin();
    const actions = beginningOf(demo);
    this.#place.journal.begin(demo.plan, demo.definition.show ?? [], backend ? [] : actions);
    this.#looks.first(Promise.all((backend ? actions : []).map((action) => this.perform(action))));
    demo.panel.say("");
    demo.panel.changed(); // what is said of the run before is true no more
    demo.redraw(true);
  }

  /** From where the settings say now. @returns {Promise<void>} */
  async restart() {
    await loadStart(this.demo);
    this.reset();
  }

  /** @param {number} step of the run: the nearest that is kept is shown @returns {Promise<void>} */
  visit(step) {
    return this.#visits.to(step);
  }

  /**
   * @param {Action} action done, and remembered, now or when there is a backend; what fails is said
   * @returns {Promise<void>}
   */
  async perform(action) {
    const { backend } = this;
    const { journal } = this.#place;
    const [verb, name, what] = action;
    const { checkpoints } = this.#looks;
    if (verb === "run" ? this.clock.steps.has(name) : this.isInputOfSteps(name)) this.#visits.fork();
    if (verb === "write") checkpoints.wrote();
    else checkpoints.ran();
    if (verb === "run") this.clock.count(name, what);
    if (!backend) return journal.add(action);
    try {
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
    const { show = [] } = demo.definition;
    if (!backend) return;
    if (demo.moving && now - this.#framedAt > ASLEEP_MS) this.#wake(now);
    this.#framedAt = now;
    if (this.#pending > 1) return demo.redraw();
    const due = demo.moving ? this.#pace.due(now, demo.rate, this.step) : this.#stepsAsked;
    const held = this.#looks.beginning || this.#visits.going;
    const steps = held ? 0 : this.clock.left(due);
    const work = steps > 0 || stale;
    if (steps) this.#visits.fork();
    if (!held) this.#stepsAsked = 0;
    this.stale = false;
    const runs = this.clock.runs(steps);
    for (const [program, times] of runs) this.clock.count(program, times);
    this.#hand(backend, { runs, show: work ? show : [], draw: (paint) => demo.draw(paint) }, steps);
    if (work) this.#looks.frame(now);
    if (demo.moving) demo.redraw();
  }

  /**
   * @param {Backend} backend @param {import("./backend.js").BackendFrame} frame: what it throws is not computed
   * @param {number} steps
   */
  #hand(backend, frame, steps) {
    const { runs } = frame;
    const start = performance.now();
    try {
      const done = backend.frame(frame);
      for (const [program, times] of runs) if (times) this.#place.journal.add(["run", program, times], true);
      this.#pending++;
      done.then(
        () => backend === this.backend && this.#finished(runs, steps, start),
        (error) => {
          if (backend === this.backend) this.#pending--;
          return this.#place.failed(backend, error);
        },
      );
    } catch (error) {
      for (const [program, times] of runs) this.clock.count(program, -times);
      throw error;
    }
  }

  /** @param {Runs} runs of a frame @param {number} steps @param {number} start when it was handed over */
  #finished(runs, steps, start) {
    const end = performance.now();
    const took = end - Math.max(start, this.#finishedAt);
    this.#pending--;
    if (steps) this.#pace.took(steps, took);
    this.clock.took(runs, took);
    this.#finishedAt = end;
  }

  /** There is something new to be seen. */
  looked() {
    this.demo.looked(this);
    this.#scrubber.show();
  }
}
