/**
 * Where the error last jumped up by itself: Adam's spikes.
 *
 * In: a demo with a `loss.history`, as last read. Out: a step. A jump that the reader made, by another curve, bend or
 * rate, is none of Adam's.
 */

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

const RECENT = 500; // steps: what was longer ago is no news
const JUMP = 3; // times the least error since

export class Jumps {
  /** What the reader has set, and since which step. */
  #key = "";
  #since = 0;

  /** @param {Demo} demo @returns {number | undefined} the step to which the error was highest in the latest jump */
  latest(demo) {
    const steps = demo.lookedAt;
    this.#note(demo, steps);
    const history = demo.values["loss.history"] ?? [];
    const first = Math.max(this.#since, steps - RECENT, steps - history.length);
    let least = Infinity;
    let found;
    let height = 0;
    for (let step = first; step < steps; step++) {
      const loss = history[step % history.length];
      if (loss > JUMP * least && loss >= height) [found, height] = [step, loss];
      if (loss <= JUMP * least) height = 0;
      least = Math.min(least, loss);
    }
    return found;
  }

  /** @param {Demo} demo @param {number} steps */
  #note(demo, steps) {
    const settings = ["activation", "learning_rate", "size"].map((name) => demo.control(name));
    const key = [...settings, ...demo.input("target")].join();
    if (key !== this.#key || steps < this.#since) this.#since = steps;
    this.#key = key;
  }
}
