/**
 * How many steps a second a run takes, as a number that can be read: it does not jump from look to look.
 *
 * In: how many steps there were at each look. Out: their rate. It knows nothing of what a step is.
 */

/** What lies so far back counts for a third. */
const MEMORY_MS = 2000;

export class StepRate {
  /** Steps a second; 0 while nothing is known. */
  value = 0;
  #time = 0;
  #step = 0;
  #counted = 0;

  /** Nothing that was counted before counts any more. */
  begin() {
    this.value = this.#time = this.#counted = 0;
  }

  /** @param {number} now @param {number} step @param {boolean} counts whether time counts from now on */
  look(now, step, counts) {
    const elapsed = now - this.#time;
    if (this.#time && elapsed > 0) {
      this.#counted += elapsed;
      const share = Math.max(1 - Math.exp(-elapsed / MEMORY_MS), elapsed / this.#counted);
      this.value += share * ((1000 * (step - this.#step)) / elapsed - this.value);
    }
    this.#time = counts ? now : 0;
    this.#step = step;
  }
}
