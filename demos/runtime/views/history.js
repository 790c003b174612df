/**
 * The course of a run on a plot: what `model.record` filled, as a line over its steps, and earlier runs as ghosts.
 *
 * In: the name of a history. Out: a layer, drawn from the curves that the demo keeps, from the first step on.
 */
import { numeral } from "../common/numbers.js";
import { extentOf, nearest } from "./series.js";

/** @typedef {import("../types.d.ts").Curve} Curve */
/** @typedef {import("./plot.js").Layer} Layer */
/** @typedef {import("./plot.js").Plot} Plot */
/** @typedef {import("../demo/demo.js").Demo} Demo */

const GHOST = { colour: "--ink-3", width: 0.9 };

/** @param {Demo} demo @param {string} history @returns {Curve[]} over what its steps cost: that is how far each lies */
function curvesOverCost(demo, history) {
  const cost = demo.costOf(history);
  const curves = demo.curve(history);
  if (!cost) return curves;
  return curves.map((curve) => ({ ...curve, steps: curve.steps.map((step) => step * cost.each) }));
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

/**
 * @param {{ history: string, label?: string, colour?: string, width?: number }} options @returns {Layer}
 */
export function historyLine({ history, label, colour = "--cat-1", width = 1.75 }) {
  return {
    label,
    colour,
    reads: [history],
    extent(plot) {
      return extentOf(plot, curvesOverCost(plot.demo, history), plot.demo.costOf(history)?.each);
    },
    over: ({ demo }) => demo.costOf(history)?.name,
    marks(plot) {
      const curves = curvesOverCost(plot.demo, history);
      const look = (/** @type {Curve} */ { ghost }) => (ghost ? GHOST : { colour, width });
      return curves
        .toReversed() // the newest lies on top
        .flatMap((curve) => curveMarks(plot, curve, look(curve).colour, look(curve).width));
    },
    probe(plot, x) {
      const [curve] = plot.demo.curve(history);
      if (!curve?.count || curve.ghost) return;
      const cost = plot.demo.costOf(history);
      const { each } = cost ?? { each: 1 };
      const i = nearest(curve, each ? (x - Number(plot.x.log)) / each : 0);
      const step = curve.steps[i];
      const spent = cost ? `, ${numeral(step * each)} ${cost.name}` : "";
      const words = `${label ?? history} ${numeral(curve.values[i])} at step ${numeral(step)}${spent}`;
      return Promise.resolve(words);
    },
    table: (plot, make) => make.curvesTable(label ?? history, plot.demo.curve(history)),
  };
}
