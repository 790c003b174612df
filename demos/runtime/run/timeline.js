/**
 * States of a run, at steps that lie ever further apart, within a budget of memory: what a reader can go back to.
 *
 * In: states as they were read. Out: those that are kept. It knows nothing of backends, and not what a state holds.
 */

/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** How often each program ran. @typedef {ReadonlyMap<string, number>} Steps */
/**
 * A run after so many steps of each of its programs, of which `step` are those of the one that is furthest: what the
 * reader had set up for them, and all that a checkpoint holds.
 * @typedef {{ step: number, steps: Steps, setup: import("./setup.js").Setup, state: [string, Numbers][] }} Kept
 */

const BUDGET_BYTES = 32 * 2 ** 20;
const MOST_STATES = 200;
/** A budget that holds fewer is not used: such a model's states are too large. */
const FEWEST_STATES = 4;
/** A state lies at least so much of its step behind the one before it. */
const DENSEST = 1 / 10;

/** @param {Kept} kept @returns {number} */
const bytesOf = ({ setup, state }) => [...setup.inputs, ...state].reduce((sum, [, { length }]) => sum + 4 * length, 0);

/** @param {Steps} a @param {Steps} b @returns {boolean} whether both are the same place of a run */
export const isSamePlace = (a, b) => a.size === b.size && [...a].every(([program, times]) => b.get(program) === times);

export class Timeline {
  /** In the order of their steps, no two of the same. @type {Kept[]} */
  kept = [];
  /** Whether states of this model can be kept. */
  possible = true;
  #apart = DENSEST;

  /** There is a new run. */
  begin() {
    this.kept = [];
    this.possible = true;
    this.#apart = DENSEST;
  }

  /** @param {number} step where the run is now @returns {boolean} whether its state there is to be kept */
  wants(step) {
    const last = this.kept.at(-1);
    return this.possible && (!last || step >= last.step + this.#spacing(last.step));
  }

  /** @param {number} step */
  #spacing(step) {
    return Math.max(1, Math.ceil(step * this.#apart));
  }

  /** @param {Kept} state where the run is: of the same step as the last, it takes its place; an earlier one is kept */
  add(state) {
    const last = this.kept.at(-1);
    if (last && state.step < last.step) return;
    const most = Math.min(MOST_STATES, Math.floor(BUDGET_BYTES / Math.max(1, bytesOf(state))));
    this.possible = most >= FEWEST_STATES;
    if (!this.possible) {
      this.kept = [];
      return;
    }
    if (last?.step === state.step) this.kept.pop();
    this.kept.push(state);
    while (this.kept.length > most) this.#thin();
  }

  /** @param {Steps} steps where the run is @returns {Kept | undefined} its state there, if it is the last */
  lastAt(steps) {
    const last = this.kept.at(-1);
    return last && isSamePlace(last.steps, steps) ? last : undefined;
  }

  /** Every second state of those that lie closest goes; the first and the last stay. */
  #thin() {
    this.#apart *= 1.5;
    const last = this.kept.length - 1;
    let before = -Infinity;
    this.kept = this.kept.filter(({ step }, i) => {
      if (i && i < last && step < before + this.#spacing(before)) return false;
      before = step;
      return true;
    });
  }

  /** @param {number} step @returns {Kept | undefined} the one that lies nearest */
  nearest(step) {
    /** @type {Kept | undefined} */
    let found;
    for (const each of this.kept) if (!found || Math.abs(each.step - step) <= Math.abs(found.step - step)) found = each;
    return found;
  }

  /** @param {number} step: what came after it never was */
  cut(step) {
    this.kept = this.kept.filter((each) => each.step <= step);
  }
}
