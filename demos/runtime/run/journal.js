/**
 * How far a run has come, enough to go on from there on any backend: a checkpoint, and the log of what was done since.
 *
 * In: actions, and a backend to read a checkpoint from. Out: the same state on another backend. It knows nothing of
 * demos, frames and time; when a checkpoint is wanted, `checkpoints.js` knows.
 */
import { DemoError } from "../common/errors.js";
import { sizeOf } from "../common/data.js";

/** @typedef {import("./backend.js").Backend} Backend */
/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {import("../types.d.ts").Plan} Plan */
/**
 * What was done, enough to do it again exactly.
 * @typedef {["write", string, ArrayLike<number>] | ["run", string, number]} Action
 */

/** A larger state is not read back: its run is repeated from the beginning. */
const LARGEST_BYTES = 64 * 2 ** 20;
/** The log of such a run holds no more actions, nearly: then the older half of it is shortened. */
const MOST_ACTIONS = 10_000;

/** @param {Plan} plan @param {string[]} show @returns {string[]} all that is computed, but what `show` gives anew */
function stateOf({ buffers, programs }, show) {
  const anew = new Set(show.flatMap((each) => programs[each]?.outputs ?? []));
  const kept = buffers.filter(({ name, role }) =>
    role === "output" ? name && !anew.has(name) : role === "parameter" || role === "state",
  );
  const bytes = kept.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  return bytes > LARGEST_BYTES ? [] : kept.flatMap(({ name }) => name ?? []);
}

/**
 * @param {Action[]} actions from a run's beginning on
 * @returns {Action[]} as many runs of each program as there were, in the order of their first ones, after the last
 *   write of each input: not the same run, where inputs changed on the way, but one as long
 */
function shortened(actions) {
  /** @type {Map<string, Action>} */
  const writes = new Map();
  /** @type {Map<string, ["run", string, number]>} */
  const runs = new Map();
  for (const action of actions)
    if (action[0] === "write") writes.set(action[1], action);
    else runs.set(action[1], ["run", action[1], (runs.get(action[1])?.[2] ?? 0) + action[2]]);
  return [...writes.values(), ...runs.values()];
}

export class Journal {
  /** Whether there is anything to go on from. */
  begun = false;
  /** Empty while the log goes back to the beginning. @type {[string, ArrayLike<number>][]} */
  #checkpoint = [];
  /** @type {Action[]} */
  #log = [];
  /** So many of the log the backend has done; so many are part of a checkpoint that is being read. */
  #done = 0;
  #sealed = 0;
  /** @type {string[]} */
  #state = [];
  /** Runs that a backend has not taken over to their end. */
  #running = 0;
  /** @type {Backend | undefined} */
  #backend;

  /** There is nothing to go on from, until the next run begins. */
  forget() {
    this.begun = false;
  }

  /** @param {Plan} plan @param {string[]} show programs @param {Action[]} actions with which a run begins */
  begin(plan, show, actions) {
    this.begun = true;
    this.#state = stateOf(plan, show);
    this.#checkpoint = [];
    this.#log = [...actions];
    this.#done = this.#sealed = 0;
  }

  /** @param {Action} action that the backend is yet to do, or has been given already @param {boolean} [done] */
  add(action, done) {
    if (!this.begun) return; // it will begin with all that was written
    const last = this.#log.at(-1);
    // The log stays short: a slider's way to its place is of no interest.
    const same = done && this.#log.length > this.#sealed && last?.[0] === action[0] && last[1] === action[1];
    if (!same) this.#log.push(action);
    else if (last[0] === "run" && action[0] === "run") last[2] += action[2];
    else this.#log[this.#log.length - 1] = action;
    if (done) this.#done = this.#log.length;
    if (done && !this.#state.length && this.#log.length > MOST_ACTIONS) {
      this.#log.unshift(...shortened(this.#log.splice(0, MOST_ACTIONS / 2)));
      this.#done = this.#log.length;
    }
  }

  /** Whether states can be read: they are not too large. */
  get keeps() {
    return this.#state.length > 0;
  }

  /** @param {Backend} backend gets the checkpoint; `catchUp` does the rest */
  attach(backend) {
    this.#backend = backend;
    this.#done = this.#running = 0;
    for (const [name, values] of this.#checkpoint) backend.write(name, values);
  }

  /** The backend is gone. */
  detach() {
    this.#backend = undefined;
    this.#sealed = 0;
  }

  /** Whether the backend has not been given all of the log. */
  get behind() {
    return this.#backend !== undefined && this.#done < this.#log.length;
  }

  /** @returns {Promise<void>} when the backend has been given all of the log, and what came to it meanwhile */
  async catchUp() {
    const backend = this.#backend;
    while (backend && backend === this.#backend && this.#done < this.#log.length) {
      const action = this.#log[this.#done++];
      try {
        await this.give(backend, action);
      } catch (error) {
        // What a backend that is there refuses is not tried again by the next one.
        const refused = error instanceof DemoError && backend === this.#backend;
        if (refused && this.#log[this.#done - 1] === action) this.#log.splice(--this.#done, 1);
        throw error;
      }
    }
  }

  /** @param {Backend} backend @param {Action} action @returns {Promise<void>} when it has been handed over */
  async give(backend, [verb, name, what]) {
    if (verb === "write") return backend.write(name, what);
    this.#running++;
    try {
      if (!backend.prepared(name)) await backend.prepare(name);
      await backend.run(name, what);
    } finally {
      if (backend === this.#backend) this.#running--;
    }
  }

  /**
   * Reads a checkpoint, all in one turn, and forgets the log before it.
   * @param {[string, ArrayLike<number>][]} written inputs and seed as they are now, copies
   * @returns {Promise<[string, Numbers][] | undefined>} the state in it; there is none where the state is too large, a
   *   run is being handed over, or the backend went
   */
  async keep(written) {
    const [backend, log] = [this.#backend, this.#log];
    if (!backend || !this.#state.length || this.#running || this.#sealed || this.#done < log.length) return;
    const kept = log.length;
    this.#sealed = kept;
    const arrays = await Promise.all(this.#state.map((name) => backend.read(name))).catch(() => []);
    if (backend !== this.#backend || log !== this.#log) return; // it went, or was begun anew
    this.#sealed = 0;
    if (!arrays.length) return;
    const state = arrays.map((values, i) => /** @type {[string, Numbers]} */ ([this.#state[i], values]));
    this.#checkpoint = [...written, ...state];
    log.splice(0, kept);
    this.#done -= kept;
    return state;
  }

  /**
   * The backend goes on from another state, and the run's way there is of no interest any more.
   * @param {[string, ArrayLike<number>][]} written inputs and seed, copies @param {[string, Numbers][]} state as `keep`
   *   gave it
   */
  resume(written, state) {
    this.#checkpoint = [...written, ...state];
    this.#log = [];
    this.#done = this.#sealed = 0;
    for (const [name, values] of this.#checkpoint) this.#backend?.write(name, values);
  }
}
