// What is the curve demo's own: curves to start from, the bends, and what a broken line has to say about itself.
import { define, field, line, numeral, plot, quantity } from "../runtime/index.js";
import { Jumps } from "./jumps.js";
import { leastLine } from "./least.js";
import { piecesOf } from "./pieces.js";

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

/**
 * Of what is shown: the fit as it is now, against the curve as it is now. What steps record is older than both.
 * @param {Demo} demo @returns {number} the mean squared error, at the places where the curve is sampled
 */
function errorOf(demo) {
  const target = Array.from(demo.input("target"));
  const fit = demo.values.fit ?? [];
  const every = (fit.length - 1) / (target.length - 1);
  return target.reduce((sum, y, i) => sum + (fit[i * every] - y) ** 2, 0) / target.length;
}

/** @param {Demo} demo @returns {number} how far the fit leaves the straight line between its ends */
function sag({ values: { fit } }) {
  const [low, high] = [fit[0], fit[fit.length - 1]];
  return Math.max(...Array.from(fit, (y, i) => Math.abs(y - low - ((high - low) * i) / (fit.length - 1))));
}

/** @param {Demo} demo @returns {string} how many pieces the fit has, and how many units are lost to it */
function pieces(demo) {
  const [count, dead] = [piecesOf(demo.values), demo.number("dead")];
  const fit = `The fit has ${quantity(count, "straight piece")} of at most ${numeral(bound(demo))}.`;
  if (!dead) return fit;
  const lost =
    dead === 1
      ? "is dead (a blue row): 0 at every sample, so no gradient reaches it."
      : "are dead (blue rows): 0 at every sample, so no gradient reaches them.";
  return `${fit} ${dead} of ${UNITS} units ${lost}`;
}

/** @param {Demo} demo @returns {string} what this bend makes of it */
function shape(demo) {
  const kind = Number(demo.control("activation"));
  if (kind === RELU) return pieces(demo);
  return kind === NONE
    ? `Without a bend the fit is a straight line: it differs from one by at most ${numeral(sag(demo))}.`
    : "This bend is smooth, so there are no pieces to count.";
}

/** @param {Demo} demo @param {Jumps} jumps @returns {string} how well it fits, and what Adam or the bend did to it */
function describe(demo, jumps) {
  if (!demo.step) return `Not trained yet. ${shape(demo)}`;
  const now = `After ${quantity(demo.lookedAt, "step")} the mean squared error is ${numeral(errorOf(demo))}.`;
  const jump = jumps.latest(demo);
  if (jump === undefined) return `${now} ${shape(demo)}`;
  const why = "Adam divides by the recent size of the gradients, so that after small ones a step can go too far";
  return `${now} It jumped at step ${numeral(jump)}: ${why}.`;
}

/** @param {Demo} demo */
function status(demo) {
  const kind = Number(demo.control("activation"));
  const loss = errorOf(demo);
  if (kind === NONE) return { loss, "off a straight line by": sag(demo) };
  if (kind !== RELU) return { loss };
  const dead = demo.number("dead");
  return { loss, pieces: piecesOf(demo.values), ...(dead ? { dead: `${dead} of ${UNITS}` } : {}) };
}

/** @param {Demo} demo */
const views = (demo) => [
  plot(demo, {
    title: "The curve and its fit",
    x: { label: "x", range: [-1, 1] },
    y: { label: "y", range: [-1.6, 1.1] },
    aspect: 1.5,
    legend: { "fit (its colour changes where a ReLU switches)": "--cat-1", "where a unit's input is 0": "--ink-2" },
    layers: [
      line({ y: "target", label: "your curve", colour: "--line", width: 7, write: true }),
      line({ xy: "ticks", run: 2, colour: "--ink-2", width: 1.5 }),
      line({ y: "fit", category: "piece", width: 3 }),
    ],
  }),
  plot(demo, {
    title: "What each hidden unit gives",
    x: { label: "x", range: [-1, 1] },
    y: { label: "unit; layer 1 is at the bottom", range: [0, UNITS] },
    aspect: 2.3,
    legend: { positive: "--positive", "negative (ReLU: dead)": "--negative" },
    layers: [field({ value: "units", range: 1, smooth: false, label: "share of its largest output, −1 if dead" })],
  }),
  plot(demo, {
    title: "Error",
    x: { label: "step" },
    y: { label: "mean squared error (grey: earlier runs)", log: true },
    aspect: 3,
    layers: [leastLine(), line({ history: "loss.history", label: "every step", width: 1 })],
  }),
];

define("curve", () => {
  const jumps = new Jumps();
  return {
    help: "Draw a curve into the plot, with mouse or finger, and press Play. While it trains, set the bend to none.",
    more: [
      "By keyboard, left and right choose a place of the curve, up and down move it.",
      "Ticks show where the input of a hidden unit is 0, a row for each layer: a ReLU switches there, and the fit " +
        "changes its colour. Which of them move while it trains?",
      "Draw a step. Where does the fit put its steepest piece?",
      "Set the learning rate to 0.3 and press Reset. Which units give nothing anywhere?",
      "Let it train for some thousand steps. Now and then the error jumps; the words say why.",
      "Eight units in each of four layers could make 6,561 pieces. How many do they make?",
    ],
    poster: "Play: the broken line moves onto the curve.",
    program: "step",
    show: ["look"],
    reads: ["fit", "piece", "dead"],
    rate: 20,
    controls: {
      activation: { label: "Bend", values: { 0: "ReLU", 1: "tanh", 2: "GELU", 3: "none" } },
      size: { label: "Layers × units", values: { "1x32": "1 × 32", "2x16": "2 × 16", "4x8": "4 × 8" } },
      preset: {
        label: "Curve",
        values: { wave: "Wave", step: "Step", corner: "Corner", faster: "Faster", teeth: "Teeth", flat: "Flat" },
        value: "wave",
        sets: ["target"],
        change: (value, demo) => start(demo, `${value}`),
      },
      learning_rate: { label: "Learning rate", min: 0.0003, max: 0.3, log: true },
    },
    views,
    status,
    describe: (demo) => describe(demo, jumps),
  };
});
