/**
 * Lines on a plot: a history over its steps, a function at evenly spaced x, a path in the plane.
 *
 * In: names of buffers. Out: layers for `plot`.
 */
import { sizeOf } from "../common/data.js";
import { numeral } from "../common/numbers.js";

/** @typedef {import("./plot.js").Layer} Layer */
/** @typedef {import("./plot.js").Plot} Plot */
/** @typedef {{ label?: string, colour?: string, width?: number }} Look */
/**
 * @typedef {Look & { history?: string, y?: string, xy?: string, x?: [number, number], run?: number, category?: string,
 *   write?: boolean }} LineOptions
 */

export const CATEGORIES = [1, 2, 3, 4, 5, 6, 7].map((k) => `--cat-${k}`);

/**
 * @param {Plot} plot @param {string} name of a ring
 * @returns {{ first: number, count: number, size: number }} what it holds
 */
function filled({ demo }, name) {
  const size = sizeOf(demo.shape(name));
  return { first: Math.max(0, demo.step - size), count: Math.min(demo.step, size), size };
}

/** @param {LineOptions} options @returns {Layer} */
export function line(options) {
  const { history, xy, y = "" } = options;
  return history
    ? historyLine({ ...options, history })
    : xy
      ? pathLine({ ...options, xy })
      : curveLine({ ...options, y });
}

/** @param {Look & { history: string }} options @returns {Layer} */
function historyLine({ history, label, colour = "--cat-1", width = 1.75 }) {
  return {
    label,
    colour,
    reads: [history],
    extent: (plot) => historyExtent(plot, history),
    marks(plot) {
      const data = plot.demo.markData(history);
      const { first, count, size } = filled(plot, history);
      if (!data || count < 1) return [];
      const place = { first: first % size, size, ...plot.scale, x: [first + Number(plot.x.log), 1] };
      const mark = { data, colours: [colour], flags: 0, ...place };
      if (count === 1) return [{ ...mark, shape: "disc", count, width: 2 * width }]; // no line has one point
      return [{ ...mark, shape: "segment", count: count - 1, width }];
    },
    probe(plot, x) {
      const { first, count, size } = filled(plot, history);
      const step = Math.round(x) - Number(plot.x.log);
      if (step < first || step >= first + count) return;
      const words = (/** @type {number} */ value) => `${label ?? history} ${numeral(value)} at step ${numeral(step)}`;
      return plot.demo.probe(history, step % size).then(words);
    },
    table: (plot, make) => make.historyTable(plot, history, label ?? history, filled(plot, history)),
  };
}

/** @param {Plot} plot @param {string} history @returns {ReturnType<NonNullable<Layer["extent"]>>} */
function historyExtent(plot, history) {
  const { demo, x, y } = plot;
  const { first, count, size } = filled(plot, history);
  const known = demo.values[history]?.subarray(0, Math.min(size, demo.lookedAt)) ?? [];
  const values = Array.from(known).filter((value) => Number.isFinite(value) && (!y.log || value > 0));
  // Room to grow into, so that the line moves and not the axis.
  return {
    x: [x.log ? 1 : first, Math.max(first + count, 20) * (demo.playing ? 1.15 : 1)],
    y: values.length ? [y.log ? Math.min(...values) : Math.min(0, ...values), Math.max(...values)] : undefined,
  };
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
