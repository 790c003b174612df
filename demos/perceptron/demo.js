// What is the perceptron's own: the reader's points, presets, the two curves of the proof, and the margin.
import { define, field, line, numeral, plot, points, writePoints } from "../runtime/index.js";
import { HOPELESS, MarginSearch, summary } from "./margin.js";
import { NO_POINTS, PRESETS } from "./presets.js";
import { proof, walk } from "./proof.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/** @typedef {import("../runtime/types.d.ts").Control} Control */

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

/** @param {Demo} demo */
function plane(demo) {
  const placing = () => Number(demo.control("placing") ?? 1);
  return plot(demo, {
    title: "The plane",
    x: { range: [-1, 1] },
    y: { range: [-1, 1] },
    aspect: 1,
    legend: { boundary: "--ink", earlier: "--ink-3", "best separator, with its margin": "--good" },
    layers: [
      field({ value: "distance", range: 3.2, label: "distance from the boundary" }),
      line({ xy: "band", run: 2, colour: "--good", width: 1 }),
      line({ xy: "ghosts", run: 2, colour: "--ink-3", width: 0.75 }),
      line({ xy: "boundary", run: 2, colour: "--ink", width: 2.5 }),
      points({ xy: "offender", colour: "--ink", size: 24 }),
      points({
        xy: "points",
        kind: "labels",
        edit: { classes: [-1, 1], names: ["−1", "+1"], count: "count", placing },
      }),
    ],
  });
}

/** @param {Demo} demo */
function describe(demo) {
  const { mistakes, wrong, count, radius, margin, bound } = summary(demo);
  if (!count) return "There are no points yet. Click the plane, or press N, to place one.";
  const unset = mistakes ? "" : "All weights are zero, so that no point counts as right yet. ";
  const sides = wrong
    ? `${wrong} of ${count} points are on the wrong side`
    : `all ${count} points are on their side, and the rule has stopped`;
  const state = `${unset}${numeral(mistakes)} ${mistakes === 1 ? "mistake" : "mistakes"} so far; ${sides}.`;
  if (Number.isNaN(bound)) return `${state} The margin is being measured.`;
  if (Number.isFinite(bound)) {
    const most = `so there can be at most ${numeral(Math.floor(bound))} mistakes`;
    return `${state} R is ${numeral(radius)} and the best margin γ is ${numeral(margin)}, ${most}.`;
  }
  const none = `No line with a margin above ${HOPELESS} separates these points`;
  return `${state} ${none}: I know no bound, and if there is no line at all, the rule goes on for ever.`;
}

/** @param {Demo} demo */
function status(demo) {
  const { mistakes, wrong, count, bound } = summary(demo);
  const most = Number.isNaN(bound) ? "…" : Number.isFinite(bound) ? Math.floor(bound) : "none";
  return { mistakes, wrong: `${wrong} of ${count}`, bound: most };
}

const READS = ["mistakes", "wrong", "length", "radius", "margin_at_least", "margin_at_most", "weights", "bias"];

define("perceptron", () => {
  const search = new MarginSearch();
  return {
    help: "The ring marks the point that is corrected next. Do the dots ever leave the wedge?",
    more: [
      "Click the plane to place a point, drag it to move it, drag it out to remove it.",
      "By keyboard, arrows move a point, Enter changes its class, N adds one and Delete removes one.",
    ],
    poster: "Play: one mistake after the other is corrected.",
    program: "step",
    show: ["look", "measure"],
    reads: [...READS, "trail", "bias_trail"],
    rate: 3,
    controls: CONTROLS,
    views: (demo) => [plane(demo), proof(demo, () => summary(demo)), walk(demo)],
    status,
    describe,
    update: (demo) => search.update(demo),
    until: (demo) => demo.number("wrong") === 0,
  };
});
