/**
 * The course of a run on a plot: what `model.record` filled, as a line over its steps, and earlier runs as ghosts.
 *
 * In: the name of a history. Out: a layer. Where the demo keeps curves they are drawn from these, from the first step
 * on; else from the ring in the plan, as far back as it goes.
 */
import { sizeOf } from "../common/data.js";
import { numeral } from "../common/numbers.js";
import { extentOf, nearest } from "./series.js";

/** @typedef {import("../types.d.ts").Curve} Curve */
/** @typedef {import("./plot.js").Layer} Layer */
/** @typedef {import("./plot.js").Plot} Plot */
/** @typedef {import("../demo/demo.js").Demo} Demo */

const GHOST = { colour: "--ink-3", width: 0.9 };

/**
 * @param {Demo} demo @param {string} name of a ring
 * @returns {{ first: number, count: number, size: number }} what it holds
 */
function filled(demo, name) {
  const size = sizeOf(demo.shape(name));
  return { first: Math.max(0, demo.step - size), count: Math.min(demo.step, size), size };
}

/**
 * @param {Demo & { curve?: (history: string) => Curve[] }} demo @param {string} history
 * @returns {Curve[] | undefined} the newest first, then its ghosts; undefined where none are kept
 */
const keptCurves = (demo, history) => demo.curve?.(history);

/** @param {Demo & { costOf?: Demo["costOf"] }} demo @param {string} history */
const costOf = (demo, history) => demo.costOf?.(history) ?? { each: 1, name: "step" };

/** @param {Demo} demo @param {string} history @returns {Curve[]} over what its steps cost: that is how far each lies */
function curvesOverCost(demo, history) {
  const { each, name } = costOf(demo, history);
  const curves = curvesOf(demo, history);
  if (name === "step") return curves;
  return curves.map((curve) => ({ ...curve, steps: curve.steps.map((step) => step * each) }));
}

/** @param {Demo} demo @param {string} history @returns {Curve[]} as last read */
export function curvesOf(demo, history) {
  const kept = keptCurves(demo, history);
  if (kept) return kept;
  const ring = demo.values[history] ?? [];
  const count = Math.min(ring.length, demo.lookedAt);
  const first = demo.lookedAt - count;
  const steps = Float32Array.from({ length: count }, (_, i) => first + i);
  const values = steps.map((step) => ring[step % ring.length]);
  return count ? [{ steps, values, count, ghost: false }] : [];
}

/** @param {Plot} plot @param {Curve} curve @returns {Float32Array} steps and values by turns */
function pairsOf({ x }, { steps, values, count }) {
  const pairs = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    pairs[2 * i] = steps[i] + Number(x.log); // a logarithmic axis counts from one
    pairs[2 * i + 1] = values[i];
  }
  return pairs;
}

/**
 * @param {Plot} plot @param {Curve} curve @param {string} colour @param {number} width
 * @returns {import("./surface.js").Mark[]}
 */
export function curveMarks(plot, curve, colour, width) {
  const { count } = curve;
  if (!count) return [];
  /** @type {import("../types.d.ts").MarkData} */
  const data = { shape: [count, 2], dtype: "f32", array: pairsOf(plot, curve) };
  const mark = { data, colours: [colour], flags: 1, size: count, ...plot.scale };
  // No line has one point.
  if (count === 1) return [{ ...mark, shape: "disc", count, width: 2 * width }];
  return [{ ...mark, shape: "segment", count: count - 1, width }];
}

/** @param {Plot} plot @param {string} history @param {string} colour @param {number} width */
function ringMarks(plot, history, colour, width) {
  const data = plot.demo.markData(history);
  const { first, count, size } = filled(plot.demo, history);
  if (!data || count < 1) return [];
  const place = { first: first % size, size, ...plot.scale, x: [first + Number(plot.x.log), 1] };
  const mark = { data, colours: [colour], flags: 0, ...place };
  if (count === 1) return [{ ...mark, shape: /** @type {const} */ ("disc"), count, width: 2 * width }];
  return [{ ...mark, shape: /** @type {const} */ ("segment"), count: count - 1, width }];
}

/**
 * @param {{ history: string, label?: string, colour?: string, width?: number }} options @returns {Layer}
 */
export function historyLine({ history, label, colour = "--cat-1", width = 1.75 }) {
  return {
    label,
    colour,
    reads: [history],
    extent(plot) {
      const { demo } = plot;
      const reach = keptCurves(demo, history) ? 0 : demo.step;
      return extentOf(plot, curvesOverCost(demo, history), reach, costOf(demo, history).each);
    },
    over({ demo }) {
      const { name } = costOf(demo, history);
      return name === "step" ? undefined : name;
    },
    marks(plot) {
      if (!keptCurves(plot.demo, history)) return ringMarks(plot, history, colour, width);
      const curves = curvesOverCost(plot.demo, history);
      const look = (/** @type {Curve} */ { ghost }) => (ghost ? GHOST : { colour, width });
      return curves
        .toReversed() // the newest lies on top
        .flatMap((curve) => curveMarks(plot, curve, look(curve).colour, look(curve).width));
    },
    probe(plot, x) {
      const [curve] = curvesOf(plot.demo, history);
      if (!curve?.count || curve.ghost) return;
      const { each, name } = costOf(plot.demo, history);
      const i = nearest(curve, each ? (x - Number(plot.x.log)) / each : 0);
      const step = curve.steps[i];
      const cost = name === "step" ? "" : `, ${numeral(step * each)} ${name}`;
      const words = `${label ?? history} ${numeral(curve.values[i])} at step ${numeral(step)}${cost}`;
      return Promise.resolve(words);
    },
    table: (plot, make) => make.curvesTable(label ?? history, curvesOf(plot.demo, history)),
  };
}
