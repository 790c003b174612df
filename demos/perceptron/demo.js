// What is the perceptron's own: the reader's points, presets, the two curves of the proof, and how long to look for the margin.
import { define, field, line, numeral, plot, points } from "../runtime/index.js";
import { proof, slots, walk } from "./proof.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

const PRESETS = {
  default: undefined, // the manifest's
  narrow: slots(
    [
      [-0.75, -0.62],
      [-0.4, -0.3],
      [-0.05, 0.0],
      [0.3, 0.34],
      [0.7, 0.72],
      [0.55, -0.5],
    ],
    [
      [-0.72, -0.44],
      [-0.36, -0.1],
      [-0.02, 0.22],
      [0.28, 0.56],
      [0.6, 0.88],
      [-0.6, 0.55],
    ],
  ),
  xor: slots(
    [
      [0.7, 0.7],
      [-0.7, -0.7],
    ],
    [
      [0.7, -0.7],
      [-0.7, 0.7],
    ],
  ),
  rings: slots(
    [
      [0.15, 0.05],
      [-0.1, 0.18],
      [-0.18, -0.12],
      [0.08, -0.2],
      [0.24, -0.08],
    ],
    Array.from({ length: 9 }, (_, k) => [
      +(0.72 * Math.cos(0.7 * k)).toFixed(2),
      +(0.72 * Math.sin(0.7 * k)).toFixed(2),
    ]),
  ),
};
const HOPELESS = 0.004; // a margin below this is called none: the bound would be beyond 60,000
const CLOSE = 1.002; // the ends of the bracket agree to a fifth of a per cent

const ROUNDS = 60; // of 300 narrowings each; beyond that single precision has no more to give

let known = "";
let before = 0;
let rounds = 0;

/** @param {Demo} demo @param {string} name */
const first = (demo, name) => demo.values[name]?.[0] ?? NaN;

/** @param {Demo} demo @param {keyof typeof PRESETS} name */
function place(demo, name) {
  const given = demo.manifest?.inputs;
  const chosen =
    PRESETS[name] ??
    (given && {
      points: given.points.values.flat(),
      labels: given.labels.values.flat(),
      count: [given.count.values].flat(),
    });
  if (!chosen) return;
  for (const [input, values] of Object.entries(chosen)) demo.write(input, values);
}

/** Start again when the points have changed, for the bound counts mistakes on one set of points; and narrow the bracket. @param {Demo} demo */
function attend(demo) {
  if (!demo.live) return;
  const points = ["points", "labels", "count"].map((name) => demo.input(name).join()).join(";");
  const changed = points !== known;
  if (changed && known && demo.step) demo.reset();
  if (changed || demo.step < before) rounds = 0; // a reset forgets how far the narrowing had come
  known = points;
  before = demo.step;
  const [least, most] = [first(demo, "margin_at_least"), first(demo, "margin_at_most")];
  const done = most < HOPELESS || most < least * CLOSE;
  if (rounds && (done || rounds > ROUNDS)) return;
  rounds++;
  demo.run("tighten", 300);
}

/**
 * What the numbers say. `bound` is NaN while the margin is still being measured, infinite where there is none.
 * @param {Demo} demo @returns {import("./proof.js").Account}
 */
function account(demo) {
  const [radius, margin, most] = ["radius", "margin_at_least", "margin_at_most"].map((name) => first(demo, name));
  const bound = most < HOPELESS ? Infinity : most < margin * 1.03 ? (radius / margin) ** 2 : NaN;
  return {
    mistakes: first(demo, "mistakes"),
    wrong: first(demo, "wrong"),
    count: demo.input("count")[0] ?? 0,
    radius,
    margin,
    bound,
  };
}

define("perceptron", {
  help: "Click the plane to place a point, drag it to move it, drag it out to remove it; by keyboard, arrows move a point, Enter changes its class, N adds and Delete removes. The ring marks the mistake that is mended next. Do the dots ever leave the wedge?",
  program: "step",
  show: ["look", "measure"],
  reads: [
    "mistakes",
    "wrong",
    "length",
    "radius",
    "margin_at_least",
    "margin_at_most",
    "trail",
    "bias_trail",
    "weights",
    "bias",
  ],
  rate: 3,
  controls: {
    preset: {
      label: "Points",
      values: {
        default: "Separable",
        narrow: "Narrow margin",
        xor: "Four corners (XOR)",
        rings: "Ring around a cluster",
      },
      value: "default",
      change: (value, demo) => place(demo, value),
    },
    placing: { label: "New points are", values: { 1: "+1", "-1": "−1" }, value: "1" },
    speed: {
      label: "Mistakes a second",
      min: 1,
      max: 60,
      log: true,
      value: 3,
      change: (value, demo) => (demo.rate = value),
    },
    clear: {
      label: "Remove all points",
      press: (demo) => Object.entries(slots([], [])).forEach(([name, values]) => demo.edit(name, values)),
    },
  },
  views: (demo) => [
    plot(demo, {
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
          edit: {
            classes: [-1, 1],
            names: ["−1", "+1"],
            count: "count",
            placing: () => Number(demo.control("placing") ?? 1),
          },
        }),
      ],
    }),
    proof(demo, () => account(demo)),
    walk(demo),
  ],
  status: (demo) => {
    const { mistakes, wrong, count, bound } = account(demo);
    return {
      mistakes,
      wrong: `${wrong} of ${count}`,
      bound: Number.isNaN(bound) ? "…" : Number.isFinite(bound) ? Math.floor(bound) : "none",
    };
  },
  describe: (demo) => {
    const { mistakes, wrong, count, radius, margin, bound } = account(demo);
    if (!count) return "There are no points yet. Click the plane, or press N, to place one.";
    const unset = mistakes ? "" : "All weights are zero, so that no point counts as right yet. ";
    const state = `${unset}${numeral(mistakes)} ${mistakes === 1 ? "mistake" : "mistakes"} so far; ${wrong ? `${wrong} of ${count} points are on the wrong side` : `all ${count} points are on their side, and the rule has stopped`}.`;
    if (Number.isNaN(bound)) return `${state} The margin is being measured.`;
    return Number.isFinite(bound)
      ? `${state} R is ${numeral(radius)} and the best margin γ is ${numeral(margin)}, so there can be at most ${numeral(Math.floor(bound))} mistakes.`
      : `${state} No line with a margin above ${HOPELESS} separates these points: I know no bound, and if there is no line at all, the rule goes on for ever.`;
  },
  update: attend,
  until: (demo) => first(demo, "wrong") === 0,
});
