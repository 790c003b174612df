// What is the perceptron's own: the reader's points, presets, the two curves of the proof, and both margins.
import { define, field, line, numeral, percent, plot, points, quantity, writePoints } from "../runtime/index.js";
import { BEYOND, HOPELESS, MarginSearch, summary } from "./margin.js";
import { NO_POINTS, PRESETS } from "./presets.js";
import { proof, walk } from "./proof.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/** @typedef {import("../runtime/types.d.ts").Control} Control */
/** @typedef {import("../runtime/views/plot.js").Layer} Layer */

/** @type {Record<string, Control>} */
const CONTROLS = {
  preset: {
    label: "Points",
    values: {
      default: "Separable",
      narrow: "Narrow margin",
      xor: "Four corners (XOR)",
      rings: "Ring around a cluster",
    },
    value: "default",
    sets: ["points", "labels", "count"],
    change: (value, demo) => writePoints(demo, PRESETS[`${value}`]),
  },
  placing: { label: "New points are", values: { 1: "+1", "-1": "−1" }, value: "1" },
  clear: {
    label: "Remove all points",
    more: true,
    press: (demo) => {
      for (const [name, values] of Object.entries(NO_POINTS)) demo.edit(name, values);
    },
  },
};

/** @param {Demo} demo @returns {boolean} whether there is a line: at w = 0 there is none, whatever b is */
const hasLine = (demo) => Boolean(demo.values.trail?.slice(-2).some((each) => each !== 0));

/** A line that has no direction would be a dot. @param {Layer} layer @returns {Layer} */
const whereThereIsOne = (layer) => ({
  ...layer,
  marks: (plot) => (hasLine(plot.demo) ? (layer.marks?.(plot) ?? []) : []),
});

/** @param {Demo} demo */
function plane(demo) {
  const placing = () => Number(demo.control("placing") ?? 1);
  return plot(demo, {
    title: "The plane",
    x: { label: "x₁", range: [-1, 1] },
    y: { label: "x₂", range: [-1, 1] },
    aspect: 1,
    legend: { boundary: "--ink", earlier: "--ink-3", "largest margin": "--good" },
    layers: [
      field({ value: "distance", range: 3.2, label: "distance from the boundary" }),
      line({ xy: "band", run: 2, colour: "--good", width: 1 }),
      whereThereIsOne(line({ xy: "ghosts", run: 2, colour: "--ink-3", width: 0.75 })),
      whereThereIsOne(line({ xy: "street", run: 2, colour: "--ink", width: 0.75 })),
      whereThereIsOne(line({ xy: "boundary", run: 2, colour: "--ink", width: 2.5 })),
      points({ xy: "offender", colour: "--ink", size: 24 }),
      points({
        xy: "points",
        kind: "labels",
        edit: { classes: [-1, 1], names: ["−1", "+1"], count: "count", placing },
      }),
    ],
  });
}

/** @param {import("./margin.js").Summary} now @returns {string} how good the line is that the rule has stopped at */
function compared({ own, margin, bound }) {
  if (!Number.isFinite(bound)) return "";
  return ` These weights have a margin of ${numeral(own)}, ${percent(Math.min(1, own / margin))} of the largest.`;
}

/** @param {import("./margin.js").Summary} now @returns {string} */
function promised({ count, radius, margin, most, apart }) {
  if (Number.isNaN(most)) return "The largest margin is being measured.";
  if (!apart) return "No line separates these points: the rule goes on for ever, and there is no bound.";
  if (!Number.isFinite(most)) {
    const none = `No line separates these points with a margin above ${HOPELESS}`;
    return `${none}. If one does with less, the bound is above ${numeral(BEYOND)}.`;
  }
  const whose = count === 1 ? "this point" : `these ${count} points`;
  const limit = `at most ${quantity(most, "mistake")}`;
  return `For ${whose} R is ${numeral(radius)} and the largest margin γ is ${numeral(margin)}: ${limit}.`;
}

/** @param {Demo} demo @param {boolean} anew whether other points have ended a run */
function describe(demo, anew) {
  const now = summary(demo);
  const { mistakes, wrong, count } = now;
  const begun = anew ? "Other points: the count of mistakes begins anew. " : "";
  if (!count) return `${begun}There are no points. Click the plane, or press N, to place one.`;
  const promise = promised(now);
  if (!mistakes) return `${begun || "All weights are zero, so no point counts as right yet. "}${promise}`;
  const all = count === 1 ? "The point is right" : "All points are right";
  const state = wrong
    ? `${quantity(wrong, "point is", "points are")} not right.`
    : `${all}, and the rule has stopped: further steps change nothing.${compared(now)}`;
  return `${quantity(mistakes, "mistake")} so far. ${state} ${promise}`;
}

/** @param {Demo} demo */
function status(demo) {
  const { mistakes, wrong, count, most, apart } = summary(demo);
  const known = Number.isFinite(most) ? { "at most": most } : { bound: apart ? `above ${numeral(BEYOND)}` : "none" };
  const limit = !count ? {} : Number.isNaN(most) ? { "at most": "…" } : known;
  return { mistakes, ...limit, wrong: `${wrong} of ${count}` };
}

const READS = ["mistakes", "wrong", "margin", "radius", "margin_at_least", "margin_at_most", "trail", "bias_trail"];

define("perceptron", () => {
  const search = new MarginSearch();
  return {
    help:
      "Each step corrects the line for the ringed point. Click the plane to place a point, drag it to move it, drag " +
      "it out to remove it.",
    poster: "Play: one mistake after the other is corrected, until there is none.",
    more: [
      "Do the dots ever leave the wedge? It is the proof that the rule must stop.",
      "Drag a point between the green lines. They show the line with the largest margin; where that shrinks, the " +
        "bound jumps.",
      "That margin is the largest for points with the constant 1 added, which need not be the widest street in the " +
        "plane: leave one point of each class, at the same height near the top.",
      "Compare the line that the rule stops at with the green one, and try other seeds.",
      "Choose four corners: nothing separates them, and the weights wander without getting anywhere.",
      "By keyboard, Page Up and Down choose a point, arrows move it, Enter changes its class, N adds and Delete " +
        "removes.",
    ],
    program: "step",
    show: ["look", "measure"],
    reads: READS,
    rate: 3,
    controls: CONTROLS,
    views: (demo) => {
      search.watch(demo);
      return [plane(demo), proof(demo, () => summary(demo)), walk(demo)];
    },
    status,
    describe: (demo) => describe(demo, search.anew),
    update: (demo) => search.update(demo),
    until: (demo) => (demo.input("count")[0] ?? 0) > 0 && demo.number("wrong") === 0,
  };
});
