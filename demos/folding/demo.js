// What is the folding demo's own: its points and controls, and what it says.
import { define, line, numeral, plot, quantity, writePoints } from "../runtime/index.js";
import { network } from "./network.js";
import { READS } from "./parts.js";
import { plane } from "./plane.js";
import { PRESETS } from "./presets.js";
import { Shown } from "./shown.js";
import { stage } from "./stage.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

/** @param {Demo} demo */
function score(demo) {
  const [right, taught, rightTests, tests] = ["right", "taught", "right_tests", "tests"].map((each) =>
    demo.number(each),
  );
  return { right, taught, rightTests, tests };
}

/** @param {Demo} demo */
const loss = (demo) =>
  plot(demo, {
    title: "Loss",
    x: { label: "step" },
    y: { label: "loss in nats (grey: earlier runs)", log: true },
    aspect: 4.4,
    layers: [
      line({ history: "loss.history", label: "training", colour: "--cat-3" }),
      line({ history: "test.history", label: "held-out points", colour: "--cat-4" }),
    ],
  });

/** @param {Demo} demo @returns {string} */
function describe(demo) {
  const { right, taught, rightTests, tests } = score(demo);
  if (!taught) return "There are no points yet. Click the plane, or press N, to place one.";
  const cut = demo.control("last") === "3" ? "A flat cut" : "A straight line";
  const held = tests ? ` Of the hollow points, kept for a test, it has ${rightTests} of ${tests} right.` : "";
  const state =
    right === taught && taught > 1
      ? `${cut} through the hidden space separates all ${taught} points.${held}`
      : `${cut} through the hidden space has ${right} of ${quantity(taught, "point")} on the right side.${held}`;
  return demo.step ? `Step ${numeral(demo.lookedAt)}: ${state}` : `Before training: ${state}`;
}

define("folding", {
  help: "Press Play: the sheet folds until a straight cut parts the points. Then drag its slider back to the plane.",
  poster: "Play: the sheet folds until a straight line parts the points.",
  more: [
    "Set the bend to none. Weights alone can stretch, shear and flatten the sheet, never fold it.",
    "Choose a small map: the sheet and the plane are coloured by what that unit gives.",
    "Draw points of your own: click the plane, drag to move a point, drag it out to remove it.",
    "Let some labels be wrong (More settings): the sheet is folded around each, at the cost of the hollow points, " +
      "which are kept for a test.",
    "Take layers and units away until it fails.",
    "The black ring is one point, in the plane and on the sheet. It follows the pointer over the plane.",
    "In the plane, x₁ runs across and x₂ up. In the last layer its units do; before it, the two directions in which " +
      "the sheet is widest.",
  ],
  program: "step",
  show: ["look", "inspect"],
  reads: ["right", "taught", "right_tests", "tests", "targets", ...READS],
  rate: 20,
  controls: {
    preset: {
      label: "Points",
      values: { spiral: "Spiral", xor: "XOR", rings: "Rings", moons: "Moons" },
      value: "spiral",
      sets: ["points", "labels", "count"],
      change: (value, demo) => writePoints(demo, PRESETS[`${value}`]),
    },
    placing: { label: "New points", values: { 1: "+1", "-1": "−1" }, value: "1" },
    activation: { label: "Bend", values: { 0: "tanh", 1: "ReLU", 2: "none" } },
    layers: { label: "Hidden layers", values: { 1: "1", 2: "2", 3: "3" } },
    last: { label: "Units in the last", values: { 2: "2", 3: "3" }, more: true },
    units: { label: "Units in the others", min: 1, max: 8, step: 1, more: true },
    noise: { label: "Wrong labels", min: 0, max: 0.4, step: 0.05, more: true },
    learning_rate: { label: "Learning rate", min: 0.001, max: 0.3, log: true, more: true },
    held_out: { label: "Keep a quarter of the points for a test", more: true },
    turn: { label: "Turn (of three units)", min: 0, max: 360, step: 1, unit: "°", more: true },
    probe_x: { label: "Ring, x₁", min: -1, max: 1, step: 0.01, more: true },
    probe_y: { label: "Ring, x₂", min: -1, max: 1, step: 0.01, more: true },
    clear: { label: "Remove all points", press: (demo) => demo.edit("count", [0]), more: true },
  },
  views: (demo) => {
    const shown = new Shown(demo);
    return [stage(demo, shown), plane(demo, shown), loss(demo), network(demo)];
  },
  status: (demo) => {
    const { right, taught, rightTests, tests } = score(demo);
    // What a step records is the loss before it, on the points as they were then.
    const recorded = demo.lookedAt ? { "loss in that step": demo.latest("loss.history") } : {};
    const held = tests ? `${rightTests} of ${tests}` : undefined;
    return { loss: undefined, ...recorded, right: `${right} of ${taught}`, "held out": held };
  },
  describe,
});
