/**
 * What is computed of curves: how far they reach, which point is nearest, how runs of one model are spread.
 *
 * In: curves, as a run keeps them. Out: numbers and curves. It draws nothing.
 */

/** @typedef {import("../types.d.ts").Curve} Curve */

/** Steps that an axis has room for at least. */
const SHORTEST = 20;

/** @param {Curve} curve @param {number} step @returns {number} the place in it that is nearest to a step */
export function nearest({ steps, count }, step) {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] < step) low = middle + 1;
    else high = middle;
  }
  return low > 0 && step - steps[low - 1] < steps[low] - step ? low - 1 : low;
}

/**
 * @param {{ demo: { playing: boolean }, x: { log: boolean }, y: { log: boolean } }} plot @param {Curve[]} curves
 * @param {number} [each] how far a step reaches on the axis
 * @returns {{ x?: [number, number], y?: [number, number] }} nothing where there is no point yet; with room to grow
 *   into, so that the line moves and not the axis
 */
export function extentOf({ demo, x, y }, curves, each = 1) {
  if (!curves.some(({ count }) => count)) return {};
  let [first, last, low, high] = [Infinity, SHORTEST * each, Infinity, -Infinity];
  for (const { steps, values, count } of curves) {
    if (count) [first, last] = [Math.min(first, steps[0]), Math.max(last, steps[count - 1])];
    for (let i = 0; i < count; i++) {
      if (!Number.isFinite(values[i]) || (y.log && values[i] <= 0)) continue;
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
  }
  return {
    x: [x.log ? Math.max(1, first) : Math.min(first, last), last * (demo.playing ? 1.15 : 1)],
    y: high >= low ? [y.log ? low : Math.min(0, low), high] : undefined,
  };
}

/**
 * @param {Curve[]} runs
 * @returns {{ low: Curve, median: Curve, high: Curve }} at the steps of the first; where none is a number, none
 */
export function spread(runs) {
  const { steps, count } = runs[0];
  const [low, median, high] = [0, 1, 2].map(() => ({ steps, values: new Float32Array(count), count, ghost: false }));
  for (let i = 0; i < count; i++) {
    const found = runs
      .map((run) => run.values[nearest(run, steps[i])])
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    const middle = found.length >> 1;
    low.values[i] = found[0] ?? NaN;
    high.values[i] = found.at(-1) ?? NaN;
    median.values[i] = found.length % 2 ? found[middle] : (found[middle - 1] + found[middle]) / 2;
  }
  return { low, median, high };
}
