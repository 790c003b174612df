/**
 * When a run's state is read, to go on from there on another backend, and for the timeline.
 *
 * In: a demo whose run has a backend, and its journal, which reads. Out: a timeline of states, each with what the
 * reader had set up for the steps that follow. It runs nothing, and reads nothing for words.
 */
import { DemoError } from "../common/errors.js";
import { numeral } from "../common/numbers.js";
import { writtenOf } from "./beginning.js";
import { Divergence } from "./divergence.js";
import { setupOf } from "./setup.js";
import { isSamePlace, Timeline } from "./timeline.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("./setup.js").Setup} Setup */
/** @typedef {import("./timeline.js").Steps} Steps */

/** A checkpoint is read so often at most, and takes one part in so many of the time. */
const KEEP_MS = 1000;
const KEEP_PARTS = 50;
/** Where a state is wanted for the timeline, which is often the case in the beginning, it takes more of it. */
const TIMELINE_PARTS = 2;
/** A state that is wanted at once is asked for so often, while others are under way, and for so long. */
const TRY_MS = 20;
const LONGEST_WAIT_MS = 30_000;

export class Checkpoints {
  timeline = new Timeline();
  #divergence = new Divergence();
  /** Under way. @type {{ steps: Steps, setup: Setup, runs: number } | undefined} */
  #reading;
  /** From when on a checkpoint may be read, for the journal and for the timeline. */
  #journalAt = 0;
  #timelineAt = 0;
  /** Whether the reader's setup is another than when a state was last asked for. */
  #written = false;
  /** How many runs there were beside the clock's, now and when the last state was kept: they, too, change the state. */
  #runs = 0;
  #runsKept = 0;

  /**
   * @param {Demo} demo @param {Pick<import("./live-run.js").LiveRun, "isInputOfSteps">} run
   * @param {Pick<import("./place.js").Place, "journal">} place
   * @param {Pick<import("./clock.js").Clock, "step" | "steps">} clock
   */
  constructor(demo, run, place, clock) {
    this.demo = demo;
    this.run = run;
    this.place = place;
    this.clock = clock;
  }

  /** There is a new run. */
  begin() {
    this.put();
    this.timeline.begin();
    this.#divergence.begin();
  }

  /** The run is where its clock says, wherever it was before: what is under way belongs to no step of it. */
  put() {
    this.#reading = undefined;
    this.#written = false;
  }

  /** @param {number} now: there is a backend */
  arrived(now) {
    this.#journalAt = now + KEEP_MS;
    this.keepFirst();
  }

  /** There is no backend any more. */
  left() {
    this.#reading = undefined;
  }

  /** What the run is before any step. */
  keepFirst() {
    if (!this.timeline.kept.length && this.timeline.possible) this.#keep(performance.now());
  }

  /** The run rests, and so what it has come to is kept. */
  rest() {
    this.#journalAt = 0;
  }

  /** @param {number} now @returns {boolean} whether a state is to be read */
  isDue(now) {
    if (this.#reading) return false;
    return now > this.#journalAt || (now > this.#timelineAt && this.timeline.wants(this.clock.step));
  }

  /** @param {number} now */
  look(now) {
    if (this.isDue(now)) this.#keep(now);
  }

  /** An input was written. */
  wrote() {
    this.#written = true;
  }

  /** A program is about to run, beside the clock's. */
  ran() {
    this.settle();
    this.#runs++;
  }

  /** Steps are about to be taken from here: what was written since the state here was kept is part of it. */
  settle() {
    if (!this.#written) return;
    this.#written = false;
    const reading = this.#reading && isSamePlace(this.#reading.steps, this.clock.steps) ? this.#reading : undefined;
    for (const each of [this.timeline.lastAt(this.clock.steps), reading]) if (each) each.setup = this.#setup();
  }

  #setup() {
    return setupOf(this.demo, (name) => this.run.isInputOfSteps(name));
  }

  /** @param {number} now */
  async #keep(now) {
    this.settle();
    const reading = { steps: new Map(this.clock.steps), setup: this.#setup(), runs: this.#runs };
    this.#reading = reading;
    const state = await this.place.journal.keep(writtenOf(this.demo));
    if (reading !== this.#reading) return;
    this.#reading = undefined;
    const end = performance.now();
    this.#journalAt = end + Math.max(KEEP_MS, KEEP_PARTS * (end - now));
    this.#timelineAt = end + TIMELINE_PARTS * (end - now);
    if (!state) return;
    const { steps, setup, runs } = reading;
    this.#runsKept = runs;
    const step = Math.max(...steps.values());
    this.timeline.add({ step, steps, setup, state });
    this.#divergence.look(this.demo, state, step);
  }

  get #isKeptHere() {
    return this.timeline.lastAt(this.clock.steps) !== undefined && this.#runsKept === this.#runs;
  }

  /** @returns {Promise<void>} when the state where the run is now is kept, if it can be; it does not go on meanwhile */
  async keepNow() {
    const end = performance.now() + LONGEST_WAIT_MS;
    while (this.timeline.possible && this.place.journal.keeps && !this.#isKeptHere) {
      if (performance.now() > end) {
        const step = numeral(this.clock.step);
        const wait = `was not read within ${LONGEST_WAIT_MS / 1000} seconds`;
        throw new DemoError(`The state of step ${step} ${wait}, and would be lost: the run stays there. Try again.`);
      }
      if (!this.#reading) this.#keep(performance.now());
      await new Promise((resolve) => setTimeout(resolve, TRY_MS));
    }
    this.settle();
  }
}
