/**
 * A curve that grows with a run, for as long as that takes, in a fixed number of points: its beginning is kept, and of
 * what came after it, for each few steps, the lowest and the highest value.
 *
 * In: a ring as it was read, and how many steps were recorded in it. Out: a `Curve`. It knows nothing of runs.
 */

/** @typedef {import("../types.d.ts").Curve} Curve */
/** @typedef {import("../types.d.ts").Numbers} Numbers */

const MOST_POINTS = 2048;
/** So many steps from the beginning on are kept as they are. */
const BEGINNING = 256;
/** So many points at most are left when points are left out, so that this is rarely done. */
const LEFT = 1536;

/** @implements {Curve} */
export class GrowingCurve {
  steps = new Float32Array(MOST_POINTS);
  values = new Float32Array(MOST_POINTS);
  count = 0;
  ghost = false;
  /** The first step that has not been seen. */
  next = 0;
  /** Of so many steps that lie together two are left. */
  #together = 1;

  /**
   * @param {Numbers} ring the value of step k at k mod its length
   * @param {number} end so many steps were recorded: what the ring has lost of them is no number, which is a gap
   */
  take(ring, end) {
    const first = Math.max(this.next, end - ring.length);
    if (first > this.next) this.#add(this.next, NaN);
    for (let step = first; step < end; step++) this.#add(step, ring[step % ring.length]);
    this.next = Math.max(this.next, end);
  }

  /** @param {number} end @returns {GrowingCurve} the first so many steps of it, to grow on from there */
  upTo(end) {
    const part = new GrowingCurve();
    while (part.count < this.count && this.steps[part.count] < end) part.count++;
    part.steps.set(this.steps.subarray(0, part.count));
    part.values.set(this.values.subarray(0, part.count));
    part.next = Math.min(end, this.next);
    part.#together = this.#together;
    return part;
  }

  /** @param {number} step @param {number} value */
  #add(step, value) {
    if (this.count === MOST_POINTS) this.#thin();
    this.steps[this.count] = step;
    this.values[this.count++] = value;
  }

  #thin() {
    for (; this.count > LEFT; this.#together *= 2) this.#leaveOut();
    this.#together /= 2;
  }

  #leaveOut() {
    let first = 0;
    while (this.steps[first] < BEGINNING) first++;
    let left = first;
    for (let last = first; first < this.count; first = last) {
      const place = Math.floor(this.steps[first] / this.#together);
      while (last < this.count && Math.floor(this.steps[last] / this.#together) === place) last++;
      for (const i of this.#extremes(first, last)) {
        this.steps[left] = this.steps[i];
        this.values[left++] = this.values[i];
      }
    }
    this.count = left;
  }

  /** @param {number} first @param {number} last @returns {number[]} where the lowest and the highest lie, in order */
  #extremes(first, last) {
    let [low, high] = [first, first];
    for (let i = first + 1; i < last; i++) {
      // What is no number gives way to what is one.
      if (!(this.values[i] >= this.values[low])) low = Number.isNaN(this.values[i]) ? low : i;
      if (!(this.values[i] <= this.values[high])) high = Number.isNaN(this.values[i]) ? high : i;
    }
    return low === high ? [low] : low < high ? [low, high] : [high, low];
  }
}
