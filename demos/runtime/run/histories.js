/**
 * The curves of a demo's run, and of those before it: what `demo.curve` gives.
 *
 * In: the rings that were read at each look, and when the run begins anew or goes back. Out: curves. How one is kept,
 * `growing-curve.js` knows.
 */
import { GrowingCurve } from "./growing-curve.js";

/** @typedef {import("../types.d.ts").Curve} Curve */
/** @typedef {import("../types.d.ts").Numbers} Numbers */

/** So many earlier runs are shown. */
const MOST_GHOSTS = 4;

export class Histories {
  /** This run's, by the name of the ring. @type {Map<string, GrowingCurve>} */
  #grown = new Map();
  /** The same up to the step that the reader went back to. @type {Map<string, GrowingCurve> | undefined} */
  #visited;
  /** Of earlier runs, the newest first. @type {Map<string, GrowingCurve>[]} */
  #ghosts = [];

  /** @param {string} history @returns {Curve[]} this run's, then earlier ones', the newest first */
  of(history) {
    const all = [...(this.#visited ? [this.#visited] : []), this.#grown, ...this.#ghosts];
    return all.flatMap((run) => run.get(history) ?? []).filter(({ count, ghost }) => count > 0 || !ghost);
  }

  /** @param {Record<string, Numbers>} values as read @param {(history: string) => number} recorded steps in it */
  look(values, recorded) {
    const run = this.#visited ?? this.#grown;
    for (const [name, ring] of Object.entries(values)) {
      if (!name.endsWith(".history")) continue;
      if (!run.has(name)) run.set(name, new GrowingCurve());
      run.get(name)?.take(ring, recorded(name));
    }
  }

  /** A run begins: the one before is a ghost. Whoever begins twice, with nothing between, wants no ghosts. */
  begin() {
    this.#visited = undefined;
    const empty = [...this.#grown.values()].every(({ count }) => count === 0);
    if (empty) this.#ghosts = [];
    else this.#bury();
    this.#grown = new Map();
  }

  /** @param {(history: string) => number} recorded so many steps where the reader is now: before the run's end */
  visit(recorded) {
    this.#visited = new Map([...this.#grown].map(([name, curve]) => [name, curve.upTo(recorded(name))]));
    for (const curve of this.#grown.values()) curve.ghost = true;
  }

  /** The reader is back at the run's end. */
  leave() {
    this.#visited = undefined;
    for (const curve of this.#grown.values()) curve.ghost = false;
  }

  /** The run goes on from where the reader is: what came after that is a ghost. */
  fork() {
    if (!this.#visited) return;
    const going = this.#visited;
    this.#visited = undefined;
    this.#bury();
    this.#grown = going;
  }

  #bury() {
    for (const curve of this.#grown.values()) curve.ghost = true;
    this.#ghosts = [this.#grown, ...this.#ghosts].slice(0, MOST_GHOSTS);
  }
}
