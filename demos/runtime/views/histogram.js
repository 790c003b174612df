/**
 * How the numbers of a tensor are spread: how many of them lie in each of so many bins.
 *
 * In: the name of a buffer. Out: a layer for `plot`, whose x axis has the values and whose y axis the counts. It counts
 * what was last read.
 */
import { numeral } from "../common/numbers.js";

/** @typedef {import("./plot.js").Layer} Layer */
/** @typedef {import("./plot.js").Plot} Plot */
/**
 * @typedef {{ value: string, bins?: number, range?: [number, number], label?: string,
 *   colour?: string }} HistogramOptions
 */
/**
 * @typedef {{ low: number, width: number, counts: Float32Array, outside: number }} Bins `outside` are those that are no
 *   numbers, or lie beyond the range
 */

/**
 * @param {ArrayLike<number>} values @param {number} bins @param {[number, number]} [range] by default from the least to
 *   the largest
 * @returns {Bins}
 */
export function binned(values, bins, range) {
  let [low, high] = range ?? [Infinity, -Infinity];
  for (let i = 0; !range && i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (!(high >= low)) [low, high] = [0, 1];
  const width = (high - low || Math.abs(low) || 1) / bins; // all are equal: one bin holds them
  const counts = new Float32Array(bins);
  let outside = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value >= low && value <= high) counts[Math.min(bins - 1, Math.floor((value - low) / width))]++;
    else outside++;
  }
  return { low, width, counts, outside };
}

/** @param {HistogramOptions} options @returns {Layer} */
export function histogram({ value, bins = 30, range, label, colour = "--cat-1" }) {
  /** @type {ArrayLike<number> | undefined} */
  let counted;
  let found = binned([], bins, range);
  /** @param {Plot} plot */
  const of = ({ demo }) => {
    const values = demo.values[value] ?? demo.markData(value)?.array ?? [];
    if (values !== counted) found = binned(values, bins, range);
    counted = values;
    return found;
  };
  /** @param {number} i */
  const edges = (i) => `${numeral(found.low + i * found.width)} to ${numeral(found.low + (i + 1) * found.width)}`;
  return {
    label,
    colour,
    reads: [value],
    extent(plot) {
      const { low, width, counts } = of(plot);
      return { x: [low, low + bins * width], y: [0, Math.max(1, ...counts)] };
    },
    marks(plot) {
      const { low, width, counts } = of(plot);
      /** @type {import("../types.d.ts").MarkData} */
      const data = { shape: [bins], dtype: "f32", array: counts };
      const place = { window: plot.window, base: 0, width: 0.9 * width, x: [low + width / 2, width] };
      return [{ shape: "bar", data, colours: [colour], count: bins, flags: 0, ...place }];
    },
    probe(plot, x) {
      const { low, width, counts } = of(plot);
      const i = Math.floor((x - low) / width);
      if (!(i >= 0 && i < bins)) return;
      return Promise.resolve(`${label ?? value}: ${numeral(counts[i])} from ${edges(i)}`);
    },
    async table(plot) {
      const { counts, outside } = of(plot);
      const rows = Array.from(counts, (count, i) => [edges(i), numeral(count)]);
      return { head: [label ?? value, "how many"], rows: [...rows, ["elsewhere", numeral(outside)]] };
    },
  };
}
