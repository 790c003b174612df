/**
 * One demo: what its buttons do, and what authors call `demo`; what they only look at is in state.js.
 *
 * In: a definition (demos/NAME/demo.js), a manifest, a panel to report to. Out: what is drawn and said. It knows
 * nothing of the DOM (element.js), of the fragment (link.js) and of where steps come from: live-run.js, loaded later.
 */
import { DemoError, explain } from "../common/errors.js";
import { fetchJson } from "../common/data.js";
import { Experiment } from "./experiment.js";
import { linkOf } from "./link.js";
import { withRace } from "./race.js";
import { speedControl } from "./speed.js";
import { DemoState } from "./state.js";

/** @typedef {import("../types.d.ts").Definition} Definition */
/** @typedef {import("../types.d.ts").Numbers} Numbers */

/** Steps a second: slow enough that the first ones are seen. */
const BEGINNING_RATE = 20;

export class Demo extends DemoState {
  playing = false;
  visible = true;
  /** Whether this browser can compute it, as far as that is known. */
  live = false;
  /** @type {import("../types.d.ts").View[]} */
  views = [];
  /** Settled when there is something to see. @type {Promise<void> | undefined} */
  #waking;
  #gone = false;
  #asked = 0;
  /** How often the reader went to another step of the run. */
  visits = 0;
  /** How many cells were chosen. */
  #choices = 0;
  /** What was looked at before, of this run. */
  #before = 0;

  /** @param {HTMLElement} element @param {Definition} written @param {import("../types.d.ts").Panel} panel */
  constructor(element, written, panel) {
    const definition = withRace(written);
    const { rate = BEGINNING_RATE, controls } = definition;
    super(new Experiment({ ...controls, speed: speedControl(rate) }));
    this.element = element;
    this.definition = definition;
    this.panel = panel;
    /** Steps a second at most. */
    this.rate = rate;
  }

  /** Fetches what a click needs to be answered at once. @param {string} url of the manifest */
  async prepare(url) {
    this.experiment.open(await fetchJson(url));
    await this.experiment.loadPlan();
    if (this.experiment.files.trained) (await import("./start.js")).offerStart(this);
    this.experiment.fillSettings();
    if (!navigator.gpu) await (await import("../run/live-run.js")).demandOne();
    this.live = true;
    this.panel.ready();
  }

  // What the buttons do.

  /** @returns {Promise<void>} when there is something to see, or what went wrong has been said */
  async wake() {
    const waking = this.#waking ?? this.awaken(this.#build());
    await waking; // another one may have taken its place
    if (this.#waking && waking !== this.#waking) await this.wake();
  }

  /** @param {boolean} [anew] */
  async #build(anew) {
    if (!this.activeRun) {
      const { LiveRun } = await import("../run/live-run.js");
      if (this.#gone) return;
      this.activeRun ??= new LiveRun(this);
    }
    await this.activeRun.build(anew);
  }

  /** The reader is back. */
  appear() {
    if (this.activeRun?.asleep) this.wake();
    else this.redraw();
  }

  reset() {
    this.activeRun?.reset();
  }

  /** Frees everything; the element has left the page. */
  destroy() {
    this.#gone = true;
    this.playing = false;
    this.activeRun?.destroy();
    cancelAnimationFrame(this.#asked);
    for (const view of this.views) view.destroy?.();
  }

  async play() {
    if (this.playing) return;
    this.playing = true;
    this.panel.changed();
    await this.wake();
    if (this.ended || (!this.awake && !this.activeRun?.asleep)) return this.pause();
    this.activeRun?.start();
    this.redraw();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.panel.changed();
    this.activeRun?.stop();
    this.redraw();
  }

  async advance() {
    this.pause();
    await this.wake();
    if (!this.ended) this.activeRun?.advance();
  }

  /** @param {number} step of the run, as near as it is kept: what was then is shown, and the run goes on from there */
  async visit(step) {
    this.visits++;
    this.pause();
    this.panel.say(""); // what was said of the way is said no more
    await this.activeRun?.visit(step);
  }

  /** A control was moved, or a link set it. @param {string} name @param {import("../types.d.ts").Setting} value */
  set(name, value) {
    const { settings } = this.experiment;
    if (`${settings.get(name)}` === `${value}`) return;
    if (!this.experiment.allows(name, value)) return this.fail(new DemoError(`${name} cannot be ${value}.`));
    this.experiment.changes.by(name, this, () => this.#move(name, value));
  }

  /** @param {string} name @param {import("../types.d.ts").Setting} value that its control may have */
  #move(name, value) {
    const { settings, options, inputs, presets } = this.experiment;
    if (options[name]) {
      settings.set(name, `${value}`); // another plan: at once where one runs, else by the first that asks
      if (this.activeRun) this.awaken(this.#build(true));
      else
        this.experiment.loadPlan().then(
          () => this.#tellGiven(),
          (error) => this.fail(error),
        );
    } else if (!inputs.has(name)) settings.set(name, value);
    else if (!this.write(name, [Number(value)])) return;
    presets.choose(name, value, this);
    this.panel.moved();
  }

  // What demo authors call, besides what they look at.

  /** @param {string} name @param {ArrayLike<number>} values @returns {boolean} whether they were taken */
  write(name, values) {
    if (!this.live) return false;
    const { settings, changes } = this.experiment;
    const before = settings.get(name);
    try {
      const held = this.experiment.write(name, this.bufferOf(name), values);
      this.activeRun?.perform(["write", name, held]);
      changes.wrote(name, before, this);
    } catch (error) {
      this.fail(error);
      return false;
    }
    this.redraw(true);
    return true;
  }

  /** @param {string} name @param {ArrayLike<number>} values made by hand: seen at once, and in the link */
  edit(name, values) {
    if (!this.write(name, values)) return;
    this.experiment.edited.add(name);
    this.panel.moved();
    if (!this.awake) this.wake();
  }

  /** @param {string} program @returns {Promise<void>} when it is handed over */
  async run(program, times = 1) {
    const running = this.activeRun?.perform(["run", program, times]);
    this.redraw(true);
    await running;
  }

  /** @param {string} name @param {number} [first] @param {number} [count] @returns {Promise<Numbers>} */
  async read(name, first = 0, count) {
    await this.wake();
    return this.activeRun?.read(name, first, count) ?? this.input(name);
  }

  /** @param {string} name @param {number} index */
  async probe(name, index) {
    return (await this.read(name, index, 1))[0];
  }

  /** Shows from what a number is computed. @param {string} name of what a view shows @param {number} index in it */
  async inspect(name, index) {
    const choice = ++this.#choices; // two imports at once may come in either order
    const { inspect } = await import("../inspect/inspector.js");
    if (choice === this.#choices) await inspect(this, name, index);
  }

  link = (trained = false) => linkOf(this, trained);

  // What a run calls.

  get seen() {
    return this.visible && !document.hidden;
  }

  get moving() {
    return this.playing && this.seen;
  }

  /** Its run has no backend any more, and is to be woken when the reader is back. */
  slept() {
    this.#waking = undefined;
  }

  /** @param {Promise<void>} building @returns {Promise<void>} when that has come to its end, good or bad */
  awaken(building) {
    /** @type {Promise<any>} */
    const waking = building.then(
      () => {
        if (this.awake) this.panel.awake();
        this.#tellGiven();
      },
      (error) => {
        if (waking !== this.#waking) return; // another one has taken its place
        this.#waking = undefined; // so that Play tries again
        this.fail(error);
      },
    );
    this.#waking = waking;
    this.panel.changed(true);
    return waking;
  }

  /** What another plan could not take is as that gives it. */
  #tellGiven() {
    const names = this.experiment.givenBack.splice(0);
    if (!names.length) return;
    this.panel.say(`This model could not take what was set before for ${names.join(", ")}: it is as it was given.`);
    this.panel.moved();
  }

  /** @param {boolean} [stale] whether what the views show must be computed again */
  redraw(stale = false) {
    if (!this.activeRun) return;
    this.activeRun.stale ||= stale;
    if (this.#asked || !this.awake) return;
    this.#asked = requestAnimationFrame((now) => {
      this.#asked = 0;
      try {
        this.activeRun?.frame(now);
      } catch (error) {
        this.fail(error);
      }
    });
  }

  /** @param {import("../views/surface.js").Paint} paint of this frame */
  draw(paint) {
    for (const view of this.views) view.draw?.({ paint });
  }

  /** @param {import("../run/live-run.js").LiveRun} run has read its values */
  looked(run) {
    try {
      this.definition.update?.(this);
      for (const view of this.views) view.update?.();
      run.clock.looked();
      this.panel.looked(run);
      const rests = this.#rests();
      if (this.playing && (this.ended || rests)) this.pause();
    } catch (error) {
      this.fail(error);
    }
  }

  /** @returns {boolean} whether the run has just come to where Play rests */
  #rests() {
    const { rest = Infinity } = this.definition;
    const before = this.#before;
    this.#before = this.lookedAt;
    return before < rest && this.lookedAt >= rest;
  }

  /** @param {unknown} error: a sentence for the reader; a bug also goes to the console */
  fail(error) {
    this.pause();
    this.panel.say(explain(error, "This demo"), true);
  }
}
