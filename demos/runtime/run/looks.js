/**
 * What was read of a run, for words and curves: values, and how fast it is.
 *
 * In: a demo whose run has a backend. Out: numbers, each of one step. It runs nothing. When whole states are read,
 * `checkpoints.js` knows; it is told when there is time.
 */
import { readWanted } from "./beginning.js";
import { Checkpoints } from "./checkpoints.js";
import { Histories } from "./histories.js";
import { newsOf } from "./news.js";
import { StepRate } from "./step-rate.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {import("./clock.js").Clock} Clock */
/** @typedef {import("./place.js").Place} Place */

const LOOK_MS = 250;

export class Looks {
  /** As last read. @type {Record<string, Numbers>} */
  values = {};
  /** That `values` belong to: the run may have gone on since they were asked for. */
  step = 0;
  /** How often each program had run then. @type {ReadonlyMap<string, number>} */
  steps;
  histories = new Histories();
  rate = new StepRate();
  /** Settled when the run can begin. @type {Promise<unknown> | undefined} */
  beginning;
  #looking = false;
  #last = 0;
  #again = false;
  /** How often the run was put elsewhere: what was asked for before that belongs to no step of it. */
  #moves = 0;
  #wokeAt = 0;

  /** @param {Demo} demo @param {import("./live-run.js").LiveRun} run @param {Place} place @param {Clock} clock */
  constructor(demo, run, place, clock) {
    this.demo = demo;
    this.run = run;
    this.place = place;
    this.clock = clock;
    this.steps = new Map(clock.steps);
    this.checkpoints = new Checkpoints(demo, run, place, clock);
  }

  /** There is a new run. */
  begin() {
    this.put();
    this.step = this.clock.step;
    this.steps = new Map(this.clock.steps);
    this.histories.begin();
    this.checkpoints.begin();
    this.rate.begin();
  }

  /** The run is where its clock says, wherever it was before: what was asked for is of no use. */
  put() {
    this.#moves++;
    this.checkpoints.put();
  }

  /** @param {Promise<unknown>} given: with that the run begins, and what it then is, before any step, is kept */
  async first(given) {
    this.beginning = given;
    await given;
    if (this.beginning !== given) return;
    this.beginning = undefined;
    this.checkpoints.keepFirst();
    this.demo.redraw();
  }

  /** @param {number} now: what is counted, is counted from now on */
  wake(now) {
    this.rate.begin();
    this.#wokeAt = now;
  }

  /** There is a backend, and first values. @param {Record<string, Numbers>} values @param {number} now */
  arrived(values, now) {
    this.values = values;
    this.checkpoints.arrived(now);
  }

  /** There is no backend any more. */
  left() {
    this.#looking = false;
    this.clock.forget();
    this.checkpoints.left();
  }

  /** @param {number} now: the run rests */
  rest(now) {
    this.checkpoints.rest();
    this.look(now);
  }

  /** @param {number} now of a frame that had work, which is read from time to time */
  frame(now) {
    const last = !this.clock.left(1); // none comes after it
    if (!this.demo.moving || last || now - this.#last > LOOK_MS) this.look(now);
    else this.checkpoints.look(now);
  }

  /**
   * Reads, and where it is due a checkpoint in the same turn.
   * @param {number} now @returns {Promise<void>}
   */
  async look(now) {
    const { demo, clock } = this;
    const { backend } = this.run;
    this.#again = this.#looking;
    if (this.#looking || !backend) return;
    this.#looking = true;
    this.#last = now;
    const [moves, steps] = [this.#moves, new Map(clock.steps)];
    this.checkpoints.look(now);
    const values = await readWanted(demo, backend).catch(() => undefined);
    if (backend !== this.run.backend) return;
    this.#looking = false;
    if (moves !== this.#moves) return this.look(performance.now());
    if (!values) return;
    Object.assign(this.values, values);
    this.heard(steps);
    this.rate.look(now, this.step, demo.moving && now >= this.#wokeAt);
    this.run.looked();
    if (!demo.moving) demo.redraw(); // axes follow what was read
    if (this.#again) this.look(performance.now());
  }

  /** @param {ReadonlyMap<string, number>} steps of each program that `values` belong to */
  heard(steps) {
    this.steps = steps;
    this.step = Math.max(...steps.values());
    this.histories.look(this.values, (history) => this.recorded(history));
  }

  /**
   * @param {string} history @param {ReadonlyMap<string, number>} [steps] of each program, by default as they were read
   * @returns {number} how many steps were recorded in it
   */
  recorded(history, steps = this.steps) {
    const own = this.clock.programs.find((program) => history.startsWith(`${program}.`));
    return own === undefined ? Math.max(...steps.values()) : (steps.get(own) ?? 0);
  }

  /**
   * @param {string} name @param {number} first @param {number} [count]
   * @returns {Promise<Numbers>} from the backend that there is when it can answer; as last read where there is none
   */
  async read(name, first, count) {
    const { demo } = this;
    const { backend } = this.run;
    if (!backend?.has(name))
      return (demo.markData(name)?.array ?? new Float32Array(0)).slice(first, count && first + count);
    try {
      return await backend.read(name, first, count);
    } catch (error) {
      await newsOf(error);
      if (backend === this.run.backend) throw error;
    }
    await demo.wake();
    return this.read(name, first, count);
  }
}
