/**
 * What the reader changed while a run trained, so that a link with the training can repeat it.
 *
 * In: settings and inputs when they are written, and the run's step then. Out: what settings were when the run began,
 * and their changes, each at its step; or why they cannot be repeated. It knows nothing of links.
 */
import { OWN } from "./presets.js";

/** @typedef {import("../types.d.ts").Setting} Setting */
/** @typedef {import("./demo.js").Demo} Demo */
/** @typedef {{ name: string, step: number, value: Setting }} Change of a setting, before the step that follows */

/** A link holds no more of them. */
export const MOST_CHANGES = 20;
const LATER =
  "The link keeps the settings and data of now, not those of earlier steps: trained from it, it may end elsewhere.";
const MOST_HELD = 1000; // the reader may still go back to before them

export class Changes {
  /** How often something was written that steps read. */
  count = 0;
  /** In the order in which they were made. @type {Change[]} */
  #made = [];
  /** What settings were that were changed since. @type {Map<string, Setting>} */
  #first = new Map();
  /** The run's first step, and the first one before which data was changed that no setting holds. */
  #start = 0;
  #edited = Infinity;
  /** Controls that are being moved, one by the other, and whether the innermost has written what steps read. */
  #moving = 0;
  #wrote = false;

  /** There is a new run. @param {number} step where it begins */
  begin(step) {
    this.#made = [];
    this.#first.clear();
    this.#start = step;
    this.#edited = Infinity;
  }

  /** @param {string} name of a setting @param {Demo} demo @param {() => void} move sets it, and writes what follows */
  by(name, demo, move) {
    const { settings, edited } = demo.experiment;
    const [before, byHand, outer] = [settings.get(name), [...edited], this.#wrote];
    this.#moving++;
    this.#wrote = false;
    try {
      move();
    } finally {
      this.#moving--;
      if (this.#wrote) {
        const lost = before === OWN || settings.get(name) === OWN || byHand.some((each) => !edited.has(each));
        this.#add(name, lost ? undefined : before, demo);
      }
      this.#wrote ||= outer;
    }
  }

  /** @param {string} name of an input @param {Setting | undefined} before, if it is a setting @param {Demo} demo */
  wrote(name, before, demo) {
    if (!demo.activeRun?.isInputOfSteps(name)) return;
    this.count++;
    if (this.#moving) this.#wrote = true;
    else this.#add(name, before, demo);
  }

  /** @param {string} name @param {Setting | undefined} before nothing: it cannot be repeated @param {Demo} demo */
  #add(name, before, { step, experiment }) {
    if (step <= this.#start) return; // with that the run begins
    const value = experiment.settings.get(name);
    this.#made = this.#made.filter((each) => each.name !== name || each.step !== step);
    if (before === undefined || value === undefined || this.#made.length === MOST_HELD) {
      this.#edited = Math.min(this.#edited, step);
      return;
    }
    if (!this.#first.has(name)) this.#first.set(name, before);
    this.#made.push({ name, step, value });
  }

  /**
   * An edit at the very step stays: what is kept there has the new data, though it was trained on the old.
   * @param {number} step where the run goes on: what came after it never was @param {Map<string, Setting>} settings
   */
  cut(step, settings) {
    this.#made = this.upTo(step, settings);
    if (this.#edited > step) this.#edited = Infinity;
  }

  /** @param {number} step @param {Map<string, Setting>} settings as they are there @returns {Change[]} */
  upTo(step, settings) {
    return this.#made.filter(
      (each) => each.step < step || (each.step === step && settings.get(each.name) === each.value),
    );
  }

  /** @param {string} name @returns {Setting | undefined} what it was when the run began, if it was changed since */
  first(name) {
    return this.#first.get(name);
  }

  /** @param {number} step @param {Map<string, Setting>} settings @returns {string} why a link cannot repeat them */
  trouble(step, settings) {
    return this.#edited <= step || this.upTo(step, settings).length > MOST_CHANGES ? LATER : "";
  }
}
