/**
 * How many steps a frame holds: as many as the backend manages in good time, or as the demo's rate allows.
 *
 * In: the time of each frame, and how long its steps took. Out: a number of steps. It knows nothing of backends and of
 * the demo.
 */
const FRAME_MS = 30;
/**
 * The first steps of a run are seen one by one, on the fastest machine: so many a second, and so many more for each
 * step that was taken; in a few seconds there are thousands, and then as many as are wanted.
 */
const FIRST_RATE = 4;
const RATE_GROWTH = 2;
const MOST_EASED_STEPS = 5000;
/** What a demo with a rate makes up for when frames are slow; more would be a burst. */
const CATCH_UP_MS = 500;

export class Pace {
  #times = 1;
  #floor = Infinity;
  #dueAt = 0;
  #credit = 1;

  /** @param {number} now: Play was pressed, and the first step is due at once */
  start(now) {
    this.#dueAt = now;
    this.#credit = 1;
  }

  /**
   * @param {number} now @param {number} wanted steps a second @param {number} step that the run has come to
   * @returns {number} steps for this frame
   */
  due(now, wanted, step) {
    const rate = step < MOST_EASED_STEPS ? Math.min(wanted, FIRST_RATE + RATE_GROWTH * step) : wanted;
    const earned = (rate * Math.max(0, now - this.#dueAt)) / 1000;
    this.#dueAt = now;
    if (rate === Infinity) return this.#times;
    this.#credit = Math.min(this.#credit + earned, Math.max(1, (rate * CATCH_UP_MS) / 1000));
    const steps = Math.min(this.#times, Math.floor(this.#credit));
    this.#credit -= steps;
    return steps;
  }

  /**
   * @param {number} steps @param {number} elapsed: spends 30 ms a frame beyond the least that a frame of one step took.
   * That floor holds the drawing, and in Firefox the up to 100 ms by which it reports completion late.
   */
  took(steps, elapsed) {
    if (steps === 1) this.#floor = Math.min(this.#floor, elapsed);
    const aim = this.#floor + Math.max(FRAME_MS, this.#floor / 2); // where drawing is slow, training gets its share
    if (elapsed < 0.9 * aim && steps === this.#times) this.#times = Math.min(4096, Math.ceil(this.#times * 1.5));
    else if (elapsed > 1.5 * aim) this.#times = Math.max(1, Math.floor(this.#times * 0.6));
  }
}
