/**
 * A plan's buffers by their names, as whoever runs it is asked for them.
 *
 * In: a plan that has been checked. Out: its buffers, and which bytes of one are meant. Where a buffer lies, a runner
 * knows.
 */
import { DemoError } from "./errors.js";
import { sizeOf } from "./data.js";

/** @typedef {import("../types.d.ts").PlanBuffer} PlanBuffer */

export class NamedBuffers {
  /** @type {Map<string, PlanBuffer>} */
  #byName = new Map();

  /** @param {import("../types.d.ts").Plan} plan */
  constructor(plan) {
    this.plan = plan;
    for (const each of plan.buffers) if (each.name) this.#byName.set(each.name, each);
  }

  /** @param {string} name */
  has(name) {
    return this.#byName.has(name);
  }

  /** @param {string} name @returns {PlanBuffer} */
  find(name) {
    const found = this.#byName.get(name);
    if (!found) throw new DemoError(`The plan ${this.plan.name} has no buffer called ${name}.`);
    return found;
  }

  /**
   * @param {string} name @param {number} first entry @param {number} [count] by default all from there
   * @returns {{ from: number, size: number }} in bytes
   */
  part(name, first, count) {
    const all = 4 * sizeOf(this.find(name).shape);
    const from = 4 * first;
    const size = count === undefined ? all - from : 4 * count;
    if (!(first >= 0 && size > 0 && from + size <= all))
      throw new DemoError(`${name} has no entries from ${first} on.`);
    return { from, size };
  }
}
