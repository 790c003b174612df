/**
 * A demo's run: its step, the values as last read, and how it goes on where it was on another backend, after one was
 * lost, given back or exchanged. Loaded when a demo first wakes.
 *
 * In: a demo with its plan. Out: frames for the backend, and what it read. Which backend that is, `open-backend.js`
 * knows, and what has to be done on the next one `journal.js`. It knows nothing of devices, settings, links and the
 * panel.
 */
import { DemoError } from "../common/errors.js";
import { demandOne } from "./choice.js";
import { showMenu } from "./compute-menu.js";
import { Journal } from "./journal.js";
import { openBackend, whereabouts } from "./open-backend.js";
import { Pace } from "./pace.js";

export { demandOne }; // whoever has no run yet asks here

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {import("./backend.js").Backend} Backend */
/** @typedef {import("./journal.js").Action} Action */

const LOOK_MS = 250;
/** A checkpoint is read so often at most, and takes one part in so many of the time. */
const KEEP_MS = 1000;
const KEEP_PARTS = 50;
/** Without frames for so long the page slept: what was measured before, or was due meanwhile, counts no more. */
const ASLEEP_MS = 1000;
/** A backend that goes says so; until then what fails on it is waited for. */
const NEWS_MS = 500;
/** Backends that are lost one after the other, with no picture between them. */
const MOST_LOSSES = 4;

const news = () => new Promise((resolve) => setTimeout(resolve, NEWS_MS));

export class LiveRun {
  /** As last read. @type {Record<string, Numbers>} */
  values = {};
  /** Values belong to `lookedAt`: `step` may have gone on since they were asked for. */
  step = 0;
  lookedAt = 0;
  stepsPerSecond = 0;
  /** Whether what the views show must be computed again. */
  stale = true;
  /** Has given its backend back, and takes one again when the reader is near. */
  asleep = false;
  /** @type {Backend | undefined} */
  backend;
  /** That `values` belong to. @type {import("../types.d.ts").Plan | undefined} */
  plan;
  /** Not ready yet. @type {Backend | undefined} */
  #coming;
  #journal = new Journal();
  /** How often it was built, so that what finishes late sees that it is not wanted any more. */
  #builds = 0;
  #losses = 0;
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
  }

  get awake() {
    return Boolean(this.backend);
  }

  get adapter() {
    return this.backend?.adapter ?? "";
  }

  /** Where it was, on the backend that is chosen now. @param {boolean} [anew] with the plan that the settings choose */
  async build(anew = !this.#journal.begun) {
    const build = ++this.#builds;
    this.#free();
    this.asleep = false;
    if (anew) this.#journal.forget();
    const { backend, sentence } = await this.#open(build);
    if (build !== this.#builds) return backend.destroy();
    this.#coming = backend;
    try {
      if (anew) this.reset();
      await this.#bring(backend);
    } catch (error) {
      await this.#news(build, error);
    }
    if (build !== this.#builds) return; // no word between here and the last of the log
    this.#rise(backend);
    if (sentence) this.demo.panel.say(sentence);
  }

  /** @param {number} build */
  async #open(build) {
    const { demo } = this;
    const { program, show = [] } = demo.definition;
    await demandOne().catch((error) => {
      demo.live = false;
      demo.panel.ready(); // controls do not pretend
      throw error;
    });
    const model = demo.builtModel();
    await model.plan;
    const writes = this.#beginning().flatMap(([verb, name, what]) =>
      verb === "write" ? [/** @type {[string, ArrayLike<number>]} */ ([name, what])] : [],
    );
    const job = { program, show, writes };
    return openBackend(model, job, {
      lost: (sentence) => build === this.#builds && this.#lost(sentence),
      failed: (error) => build === this.#builds && this.awake && demo.fail(error),
    });
  }

  /** To the state in the journal, and to the first values that may be seen. @param {Backend} backend */
  async #bring(backend) {
    const { program, show = [] } = this.demo.definition;
    this.#journal.attach(backend);
    await this.#journal.catchUp();
    const { step } = this;
    await backend.frame({ program, steps: 0, show, draw() {} });
    const values = await this.#read(backend);
    while (this.#journal.behind) await this.#journal.catchUp();
    if (backend !== this.#coming) return;
    this.values = values;
    this.lookedAt = Math.min(step, this.step);
  }

  /** @param {Backend} backend holds what the run is, and its values were read */
  #rise(backend) {
    const { demo } = this;
    this.#coming = undefined;
    this.backend = backend;
    this.plan = demo.plan;
    this.stale = true;
    this.#wake(performance.now());
    this.#keepAt = this.#framedAt + KEEP_MS;
    for (const each of Object.keys(demo.plan?.programs ?? {})) backend.prepare(each).catch(() => {}); // said when run
    demo.looked(this);
    showMenu(demo);
  }

  /** @param {number} now: steps are due from now on, and counted from now on */
  #wake(now) {
    this.#pace.start(now);
    this.#counted = { time: 0, step: 0 };
    this.stepsPerSecond = 0;
    this.#framedAt = this.#wokeAt = now;
  }

  /** @param {number} build @param {unknown} error: of a backend that is gone, which says so, or else the reader's */
  async #news(build, error) {
    if (!(error instanceof DemoError)) await news();
    if (build !== this.#builds) return;
    this.#free();
    throw error;
  }

  /** @param {string} sentence of the backend, which is gone */
  #lost(sentence) {
    const { demo } = this;
    const kind = (this.backend ?? this.#coming)?.kind ?? "gpu";
    this.#builds++;
    this.#free();
    if (!demo.seen) return this.#rest(); // it is built again when there is someone to see it
    demo.panel.say(`${sentence} Rebuilding the run …`);
    const rebuilt = ++this.#losses > MOST_LOSSES ? this.#giveUp(sentence) : this.build();
    const build = this.#builds;
    demo.awaken(rebuilt.then(() => void (build === this.#builds && this.#tell(sentence, kind))));
  }

  /** @param {string} sentence @returns {Promise<void>} */
  async #giveUp(sentence) {
    const times = this.#losses;
    this.#losses = 0;
    throw new DemoError(`${sentence} That was time ${times} in a row. Play tries again, from step ${this.step} on.`);
  }

  /** @param {string} sentence @param {import("./backend.js").Kind} kind of the one that was lost */
  #tell(sentence, kind) {
    const { backend } = this;
    const moved = backend && backend.kind !== kind;
    this.demo.panel.say(moved ? `${sentence.replace(/\.$/, "")}; the run goes on on ${whereabouts(backend)}.` : "");
  }

  #rest() {
    this.asleep = true;
    this.demo.slept();
  }

  #free() {
    this.backend?.destroy();
    this.#coming?.destroy();
    this.backend = this.#coming = undefined;
    this.#journal.detach();
    this.#looking = false;
    this.#pending = 0;
    this.#pace = new Pace();
  }

  destroy() {
    this.#builds++;
    this.#free();
  }

  /** Gives the backend back, if all that it knows is known here. @returns {Promise<boolean>} whether it did */
  async sleep() {
    const { backend } = this;
    if (!backend || !(await this.#keep()) || backend !== this.backend || this.demo.seen) return false;
    this.#builds++;
    this.#free();
    this.#rest();
    return true;
  }

  /** To the backend that is chosen now. */
  async move() {
    await this.#keep();
    return this.build();
  }

  #keep() {
    return this.#journal.keep(this.demo.experiment.inputs);
  }

  // What the buttons do.

  start() {
    this.#losses = 0;
    this.#wake(performance.now());
  }

  stop() {
    if (this.#keepAt < Infinity) this.#keepAt = 0;
    this.#look(performance.now()); // the last word
  }

  advance() {
    this.#stepsAsked++;
    this.demo.redraw();
  }

  /** @returns {Action[]} what a run begins with */
  #beginning() {
    const { plan, experiment } = this.demo;
    const has = (/** @type {string} */ name) => plan?.buffers.some((each) => each.name === name);
    const written = [...experiment.inputs, .../** @type {[string, number[]][]} */ ([["seed", [experiment.seed]]])];
    /** @type {Action[]} */
    const writes = written.filter(([name]) => has(name)).map(([name, values]) => ["write", name, values.slice()]);
    return plan?.programs.init ? [...writes, ["run", "init", 1]] : writes;
  }

  reset() {
    const { demo, backend } = this;
    if (!demo.plan) return;
    this.step = this.lookedAt = this.#stepsAsked = 0;
    this.#counted = { time: 0, step: 0 };
    const actions = this.#beginning();
    this.#journal.begin(demo.plan, demo.definition.program, backend ? [] : actions);
    for (const action of backend ? actions : []) this.perform(action);
    demo.redraw(true);
  }

  /**
   * @param {Action} action done, and remembered, now or when there is a backend; what fails is said
   * @returns {Promise<void>}
   */
  async perform(action) {
    const { backend } = this;
    if (!backend) return this.#journal.add(action);
    try {
      const [verb, name] = action;
      if (verb === "run" && !backend.prepared(name)) await backend.prepare(name);
      if (backend !== this.backend) return this.#journal.add(action);
      this.#journal.add(action, true);
      await this.#journal.give(backend, action);
    } catch (error) {
      await this.#failed(backend, error);
    }
  }

  /** @param {Backend} backend @param {unknown} error on it: the reader's, unless the backend is gone */
  async #failed(backend, error) {
    if (!(error instanceof DemoError)) await news();
    if (backend === this.backend) this.demo.fail(error);
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
      if (steps) this.#journal.add(["run", program, steps], true);
      this.#pending++;
      done.then(
        () => backend === this.backend && this.#finished(steps, start),
        (error) => {
          if (backend === this.backend) this.#pending--;
          return this.#failed(backend, error);
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
      if (!(error instanceof DemoError)) await news();
      if (backend === this.backend) throw error;
    }
    await demo.wake();
    return this.read(name, first, count);
  }

  /** @param {Backend} backend @returns {Promise<Record<string, Numbers>>} what words and numbers need */
  async #read(backend) {
    const { definition, views, experiment } = this.demo;
    const wanted = [...(definition.reads ?? []), "loss.history", ...views.flatMap(({ reads = [] }) => reads)];
    const names = [...new Set(wanted)].filter((name) => backend.has(name) && !experiment.inputs.has(name));
    const arrays = await Promise.all(names.map((name) => backend.read(name)));
    return Object.fromEntries(names.map((name, i) => [name, arrays[i]]));
  }

  /** @param {number} now: reads, without waiting for it, and from time to time a checkpoint in the same turn */
  async #look(now) {
    const { demo, backend, step } = this;
    this.#lookAgain = this.#looking;
    if (this.#looking || !backend) return;
    this.#looking = true;
    this.#lastLook = now;
    if (now > this.#keepAt) this.#keepTimed(now);
    const values = await this.#read(backend).catch(() => undefined); // none when the backend went, or the demo did
    if (backend !== this.backend) return;
    this.#looking = false;
    if (!values) return;
    Object.assign(this.values, values);
    this.lookedAt = step;
    this.#losses = 0;
    const { time, step: before } = this.#counted;
    if (time) this.stepsPerSecond = (1000 * (step - before)) / (now - time);
    this.#counted = { time: demo.moving && now >= this.#wokeAt ? now : 0, step };
    demo.looked(this);
    if (!demo.moving) demo.redraw(); // axes follow what was read
    if (this.#lookAgain) this.#look(performance.now());
  }

  /** @param {number} now */
  async #keepTimed(now) {
    this.#keepAt = Infinity;
    await this.#keep();
    const end = performance.now();
    this.#keepAt = end + Math.max(KEEP_MS, KEEP_PARTS * (end - now));
  }
}
