// What is the curve demo's own: curves to start from, the bends, and what a broken line has to say about itself.
import { define, field, line, numeral, plot } from "../runtime/index.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

const RELU = 0;
const NONE = 3;
const UNITS = 32;

/** The manifest's own curve is "wave". @type {Record<string, (x: number) => number>} */
const CURVES = {
  step: (x) => (x < 0 ? -0.6 : 0.6),
  corner: (x) => 0.7 - 1.4 * Math.abs(x + 0.2),
  faster: (x) => 0.8 * Math.sin(1.5 * Math.PI * (x + 1) ** 2),
  teeth: (x) => (4 / Math.PI) * Math.asin(Math.sin(5 * x)) * 0.35,
  flat: () => 0,
};

/** @param {Demo} demo @param {string} name */
function start(demo, name) {
  const size = demo.shape("target")[0] ?? 0;
  const curve = CURVES[name];
  const chosen = curve
    ? Array.from({ length: size }, (_, i) => curve((2 * i) / (size - 1) - 1))
    : demo.experiment.given("target");
  if (chosen) demo.write("target", chosen);
}

/** @param {Demo} demo @returns {number} the most pieces that layers of this size can make */
function bound(demo) {
  const [depth, width] = `${demo.control("size") ?? "1x32"}`.split("x").map(Number);
  return (width + 1) ** depth;
}

/** @param {Demo} demo @returns {number} how far the fit leaves the straight line between its ends */
function sag({ values: { fit } }) {
  const [low, high] = [fit[0], fit[fit.length - 1]];
  return Math.max(...Array.from(fit, (y, i) => Math.abs(y - low - ((high - low) * i) / (fit.length - 1))));
}

define("curve", {
  help:
    "Draw a curve and press Play. Colours change where a hidden unit switches; the ticks below show where, a row for " +
    "each layer.",
  more: [
    "While it trains, set the bend to none.",
    "By keyboard, left and right choose a place of the curve, up and down move it.",
  ],
  poster: "Play: a broken line finds the curve.",
  program: "step",
  show: ["look"],
  reads: ["fit", "knots", "idle"],
  controls: {
    activation: { label: "Bend", values: { 0: "ReLU", 1: "tanh", 2: "GELU", 3: "none" } },
    size: { label: "Layers × units", values: { "1x32": "1 × 32", "2x16": "2 × 16", "4x8": "4 × 8" } },
    preset: {
      label: "Curve",
      values: {
        wave: "Wave",
        step: "Step",
        corner: "Corner",
        faster: "Faster and faster",
        teeth: "Teeth",
        flat: "Flat, to draw on",
      },
      value: "wave",
      change: (value, demo) => start(demo, `${value}`),
    },
    learning_rate: { label: "Learning rate", min: 0.0003, max: 0.3, log: true },
  },
  views: (demo) => [
    plot(demo, {
      title: "The curve and its fit",
      x: { label: "x", range: [-1, 1] },
      y: { label: "y", range: [-1.6, 1.1] },
      aspect: 2,
      legend: { "fit, a colour for each piece": "--cat-1", "where a unit switches": "--ink-2" },
      layers: [
        line({ y: "target", label: "your curve", colour: "--line", width: 7, write: true }),
        line({ xy: "ticks", run: 2, colour: "--ink-2", width: 1.5 }),
        line({ y: "fit", category: "piece", width: 3 }),
      ],
    }),
    plot(demo, {
      title: "What each hidden unit gives",
      x: { label: "x", range: [-1, 1] },
      y: { label: "unit, the first layer below", range: [0, UNITS] },
      aspect: 1.35,
      legend: { negative: "--negative", positive: "--positive" },
      layers: [field({ value: "units", range: 1, smooth: false, label: "share of its largest output" })],
    }),
    plot(demo, {
      title: "Error",
      x: { label: "step" },
      y: { label: "mean squared error", log: true },
      aspect: 1.35,
      layers: [line({ history: "loss.history", label: "training error" })],
    }),
  ],
  status: (demo) => {
    const kind = Number(demo.control("activation"));
    return kind === RELU
      ? { pieces: `${demo.number("knots") + 1} of at most ${numeral(bound(demo))}` }
      : kind === NONE
        ? { "off a straight line by": sag(demo) }
        : {};
  },
  describe: (demo) => {
    const kind = Number(demo.control("activation"));
    const error = demo.step
      ? `After ${numeral(demo.lookedAt)} steps the mean squared error is ${numeral(demo.latest("loss.history"))}.`
      : "Not trained yet.";
    if (kind === NONE)
      return `${error} Without a bend the fit is a straight line: it leaves one by no more than ${numeral(sag(demo))}.`;
    if (kind !== RELU) return `${error} This bend is smooth, so there are no pieces to count.`;
    const [pieces, idle] = [demo.number("knots") + 1, demo.number("idle")];
    const fit = `The fit has ${pieces} straight ${pieces === 1 ? "piece" : "pieces"}`;
    const most = `layers of this size could make up to ${numeral(bound(demo))}`;
    return `${error} ${fit}; ${most}. ${idle} of ${UNITS} units switch nowhere between −1 and 1.`;
  },
});
