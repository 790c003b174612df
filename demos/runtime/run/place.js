/**
 * Where a run computes: which backend it is on, and how it gets to the next one and goes on there, after one was lost,
 * given back or exchanged.
 *
 * In: a demo with its plan, and its run, which is told. Out: a backend that holds the state in the journal, or none.
 * Which backend that is, `open-backend.js` knows, and what has to be done on it `journal.js`. It knows no frames.
 */
import { DemoError } from "../common/errors.js";
import { readWanted, writtenOf } from "./beginning.js";
import { demandOne } from "./choice.js";
import { showMenu } from "./compute-menu.js";
import { Journal } from "./journal.js";
import { newsOf } from "./news.js";
import { openBackend, whereabouts } from "./open-backend.js";
import { loadStart } from "./trained.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("./backend.js").Backend} Backend */
/** @typedef {Record<string, import("../types.d.ts").Numbers>} Values */
/** Of each program. @typedef {ReadonlyMap<string, number>} Steps */
/**
 * What a run is told: there is a backend, with the first values that it gave, after so many steps; or there is none.
 * @typedef {{ step: number, clock: import("./clock.js").Clock, reset: () => void,
 *   arrived: (values: Values, steps: Steps) => void, left: () => void }} Resident
 */

/** So many backends are replaced within so much time, whatever they managed to compute: then the reader is asked. */
const MOST_LOSSES = 4;
const LOSSES_MS = 60_000;
/** A reader who has waited so long is told that it is no fault of his. */
const SLOW_MS = 1000;

export class Place {
  /** The backend was given back, and one is to be taken again when the reader is near. */
  asleep = false;
  /** @type {Backend | undefined} */
  backend;
  journal = new Journal();
  /** Not ready yet. @type {Backend | undefined} */
  #coming;
  /** How often it was built, so that what finishes late sees that it is not wanted any more. */
  #builds = 0;
  /** When backends were lost. @type {number[]} */
  #losses = [];

  /** @param {Demo} demo @param {Resident} run */
  constructor(demo, run) {
    this.demo = demo;
    this.run = run;
  }

  /** Where it was, on the backend that is chosen now. @param {boolean} [anew] with the plan that the settings choose */
  async build(anew = !this.journal.begun) {
    const build = ++this.#builds;
    this.#leave();
    this.asleep = false;
    if (anew) this.journal.forget();
    const opened = await this.#patient(this.#open(build));
    if (!opened) return;
    const { backend, sentence } = opened;
    if (build !== this.#builds) return backend.destroy();
    this.#coming = backend;
    /** @type {[Values, Steps]} */
    let found = [{}, new Map()];
    try {
      if (anew) this.run.reset();
      found = await this.#bring(backend);
    } catch (error) {
      await newsOf(error);
      if (build !== this.#builds) return;
      this.#leave();
      throw error;
    }
    if (build !== this.#builds) return; // no `await` between here and the end of the log
    this.#coming = undefined;
    this.backend = backend;
    this.run.arrived(...found);
    showMenu(this.demo);
    if (sentence) this.demo.panel.say(sentence);
  }

  /** @param {number} build @returns {Promise<import("./open-backend.js").Opened | undefined>} none if not wanted */
  async #open(build) {
    const { demo } = this;
    const { experiment } = demo;
    const { show = [] } = demo.definition;
    await demandOne().catch((error) => {
      demo.live = false;
      demo.panel.ready(); // controls do not pretend
      throw error;
    });
    const { module, trial } = experiment.files;
    const plan = await experiment.loadPlan();
    await loadStart(demo);
    if (build !== this.#builds) return;
    const job = { programs: this.run.clock.programs, show, writes: writtenOf(demo) };
    return openBackend({ plan, module, trial, data: experiment.manifest?.data }, job, {
      lost: (sentence) => build === this.#builds && this.#lost(sentence),
      failed: (error) => build === this.#builds && this.backend && demo.fail(error),
    });
  }

  /**
   * @param {Backend} backend
   * @returns {Promise<[Values, Steps]>} when it is in the journal's state: the first values that may be seen, after so
   *   many steps
   */
  async #bring(backend) {
    const { show = [] } = this.demo.definition;
    this.journal.attach(backend);
    await this.journal.catchUp();
    const steps = new Map(this.run.clock.steps);
    await backend.frame({ runs: [], show, draw() {} });
    const values = await readWanted(this.demo, backend);
    while (this.journal.behind) await this.journal.catchUp();
    const { clock } = this.run; // which a reset may have put back meanwhile
    return [
      values,
      new Map([...steps].map(([program, times]) => [program, Math.min(times, clock.steps.get(program) ?? 0)])),
    ];
  }

  /** @template T @param {Promise<T>} opening @returns {Promise<T>} the same; that it takes long is said */
  async #patient(opening) {
    const { panel } = this.demo;
    let said = false;
    const slow = setTimeout(() => {
      said = true;
      panel.say("Starting takes longer than usual …");
    }, SLOW_MS);
    try {
      return await opening;
    } finally {
      clearTimeout(slow);
      if (said) panel.say("");
    }
  }

  /** @param {string} sentence of the backend, which is gone */
  #lost(sentence) {
    const { demo } = this;
    const now = performance.now();
    this.#losses = [...this.#losses.filter((time) => time > now - LOSSES_MS), now];
    const kind = (this.backend ?? this.#coming)?.kind ?? "gpu";
    this.#builds++;
    this.#leave();
    if (!demo.seen) return this.#rest(); // it is built again when there is someone to see it
    demo.panel.say(`${sentence} Rebuilding the run …`);
    const rebuilt = this.#losses.length > MOST_LOSSES ? this.#giveUp(sentence) : this.build();
    const build = this.#builds;
    // Of one that is lost in its turn, the next has the word.
    demo.awaken(rebuilt.then(() => void (build === this.#builds && this.#tell(sentence, kind))));
  }

  /** @param {string} sentence @returns {Promise<void>} */
  async #giveUp(sentence) {
    const times = this.#losses.length;
    this.forgive();
    const next = `Play tries again, from step ${this.run.step} on.`;
    throw new DemoError(`${sentence} That was time ${times} within a minute. ${next}`);
  }

  /** What was lost before counts no more: the reader pressed Play. */
  forgive() {
    this.#losses = [];
  }

  /** @param {string} sentence @param {import("./backend.js").Kind} kind of the one that was lost */
  #tell(sentence, kind) {
    const { backend } = this;
    const moved = backend && backend.kind !== kind;
    this.demo.panel.say(moved ? `${sentence.replace(/\.$/, "")}; the run continues on ${whereabouts(backend)}.` : "");
  }

  #rest() {
    this.asleep = true;
    this.demo.slept();
  }

  #leave() {
    this.backend?.destroy();
    this.#coming?.destroy();
    this.backend = this.#coming = undefined;
    this.journal.detach();
    this.run.left();
  }

  destroy() {
    this.#builds++;
    this.#leave();
  }

  /** Gives the backend back, if all that it knows is known here. @returns {Promise<boolean>} whether there is none */
  async sleep() {
    const { backend } = this;
    if (!backend) return true;
    if (!(await this.#keep()) || backend !== this.backend || this.demo.seen) return false;
    this.destroy();
    this.#rest();
    return true;
  }

  /** To the backend that is chosen now. */
  async move() {
    await this.#keep();
    return this.build();
  }

  #keep() {
    return this.journal.keep(writtenOf(this.demo));
  }

  /** @param {[string, import("../types.d.ts").Numbers][]} state of the same run, that it was in before */
  resume(state) {
    this.journal.resume(writtenOf(this.demo), state);
  }

  /** @param {Backend} backend @param {unknown} error on it: the reader's, unless the backend is gone */
  async failed(backend, error) {
    await newsOf(error);
    if (backend === this.backend) this.demo.fail(error);
  }
}
