/**
 * Lines on a plot: a history over its steps, a function at evenly spaced x, a path in the plane.
 *
 * In: names of buffers. Out: layers for `plot`.
 */
import { sizeOf } from "../common/data.js";
import { numeral } from "../common/numbers.js";
import { historyLine } from "./history.js";

/** @typedef {import("./plot.js").Layer} Layer */
/** @typedef {import("./plot.js").Plot} Plot */
/** @typedef {{ label?: string, colour?: string, width?: number }} Look */
/**
 * @typedef {Look & { history?: string, y?: string, xy?: string, x?: [number, number], run?: number, category?: string,
 *   write?: boolean }} LineOptions
 */

export const CATEGORIES = [1, 2, 3, 4, 5, 6, 7].map((k) => `--cat-${k}`);

/** @param {LineOptions} options @returns {Layer} */
export function line(options) {
  const { history, xy, y = "" } = options;
  return history
    ? historyLine({ ...options, history })
    : xy
      ? pathLine({ ...options, xy })
      : curveLine({ ...options, y });
}

/** @param {Look & { y: string, x?: [number, number], category?: string, write?: boolean }} options @returns {Layer} */
function curveLine({ y, x, category, label, colour = "--cat-1", width = 2.5, write }) {
  /** @param {Plot} plot */
  const samples = (plot) => {
    const [from, to] = x ?? [plot.x.value(0), plot.x.value(1)];
    const size = sizeOf(plot.demo.shape(y));
    return { from, step: (to - from) / Math.max(1, size - 1), size };
  };
  return {
    label,
    colour,
    marks(plot) {
      const data = plot.demo.markData(y);
      if (!data) return [];
      const { from, step, size } = samples(plot);
      const kind = category ? plot.demo.markData(category) : undefined;
      const colours = kind ? CATEGORIES : [colour];
      const flags = kind ? 2 : 0;
      return [
        { shape: "segment", data, kind, colours, count: size - 1, size, flags, ...plot.scale, x: [from, step], width },
      ];
    },
    probe(plot, at) {
      const { from, step, size } = samples(plot);
      const i = Math.round((at - from) / step);
      if (!(i >= 0 && i < size)) return;
      return plot.demo.probe(y, i).then((value) => `${label ?? y} ${numeral(value)} at ${numeral(from + i * step)}`);
    },
    table: (plot, make) => make.curveTable(plot, y, label ?? y, samples(plot)),
    attach: write
      ? async (plot) => {
          plot.demo.experiment.limits.set(y, [plot.y.ends]);
          return (await import("./edit-curve.js")).editCurve(plot, y, () => samples(plot));
        }
      : undefined,
  };
}

/** @param {Look & { xy: string, run?: number }} options @returns {Layer} */
function pathLine({ xy, run, label, colour = "--ink-2", width = 1.25 }) {
  return {
    label,
    colour,
    marks(plot) {
      const data = plot.demo.markData(xy);
      const size = sizeOf(plot.demo.shape(xy)) / 2;
      if (!data) return [];
      return [
        { shape: "segment", data, colours: [colour], count: size - 1, size, run, flags: 1, ...plot.scale, width },
      ];
    },
    table: (plot, make) => make.pairTable(plot, xy),
  };
}
