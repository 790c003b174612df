// What is the folding demo's own: the points, the ring that follows the pointer, and the two pictures of one plane.
import { define, field, line, numeral, plot, points, writePoints } from "../runtime/index.js";
import { network } from "./network.js";
import { READS } from "./parts.js";
import { PRESETS } from "./presets.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

/** @param {Demo} demo */
const score = (demo) => ({ right: demo.number("right") || 0, count: demo.input("count")[0] ?? 0 });

/** @param {Demo} demo */
function plane(demo) {
  const placing = () => Number(demo.control("placing") ?? 1);
  const made = plot(demo, {
    title: "The plane",
    x: { label: "x₁", range: [-1, 1] },
    y: { label: "x₂", range: [-1, 1] },
    aspect: 1,
    legend: { "class −1": "--negative", "class +1": "--positive" },
    layers: [
      field({ value: "field", range: 6, contour: true, label: "f =" }),
      points({ xy: "probe", colour: "--ink", size: 19 }),
      points({ xy: "probe", colour: "--paper", size: 14 }),
      points({
        xy: "points",
        kind: "labels",
        size: 4.5,
        edit: { classes: [-1, 1], names: ["−1", "+1"], count: "count", placing },
      }),
    ],
  });
  // The ring goes where the pointer goes, unless the pointer is moving a point.
  made.over.addEventListener("pointermove", (raw) => {
    const event = /** @type {PointerEvent} */ (raw);
    if (event.buttons || !demo.awake || !demo.live) return;
    const [x, y] = made.locate(event).map((value) => Math.min(1, Math.max(-1, value)));
    demo.write("probe_x", [x]);
    demo.write("probe_y", [y]);
  });
  return made;
}

/** @param {Demo} demo */
const hidden = (demo) =>
  plot(demo, {
    title: "As the last hidden layer sees it",
    x: { label: "h₃.₁", range: [-1.2, 1.2] },
    y: { label: "h₃.₂", range: [-1.2, 1.2] },
    aspect: 1,
    legend: { "the cut": "--ink" },
    layers: [
      line({ xy: "rows", run: 41, colour: "--ink-3", width: 0.9 }),
      line({ xy: "columns", run: 41, colour: "--ink-3", width: 0.9 }),
      line({ xy: "cut", run: 5, colour: "--ink", width: 2.5 }),
      points({ xy: "probe_seen", colour: "--ink", size: 19 }),
      points({ xy: "probe_seen", colour: "--paper", size: 14 }),
      points({ xy: "seen", kind: "labels", size: 8 }),
    ],
  });

/** @param {Demo} demo */
const loss = (demo) =>
  plot(demo, {
    title: "Loss",
    x: { label: "step" },
    y: { label: "loss", unit: "nats", log: true },
    aspect: 2.4,
    layers: [line({ history: "loss.history", label: "training loss" })],
  });

define("folding", {
  help: "Press Play and watch the second picture: it is the same plane, as the last hidden layer sees it.",
  more: [
    "Click the plane to place points of your own, drag to move them, drag out to remove.",
    "The ring follows the pointer; point at any weight or unit for its numbers there.",
  ],
  poster: "Play: the plane folds until a straight line cuts it.",
  program: "step",
  show: ["look", "inspect"],
  reads: ["right", ...READS],
  rate: 40,
  controls: {
    preset: {
      label: "Points",
      values: { spiral: "Spiral", xor: "XOR", rings: "Rings", moons: "Moons" },
      value: "spiral",
      change: (value, demo) => writePoints(demo, PRESETS[`${value}`]),
    },
    placing: { label: "New points are", values: { 1: "+1", "-1": "−1" }, value: "1" },
    activation: { label: "Bend", values: { tanh: "tanh", relu: "ReLU", none: "none" } },
    last: { label: "Last hidden layer", values: { 2: "2 units", 3: "3 units" } },
    learning_rate: { label: "Learning rate", min: 0.001, max: 0.3, log: true },
    turn: { label: "Turn (of three units)", min: 0, max: 360, step: 1, unit: "°" },
    probe_x: { label: "Ring, x₁", min: -1, max: 1, step: 0.01 },
    probe_y: { label: "Ring, x₂", min: -1, max: 1, step: 0.01 },
    clear: { label: "Remove all points", press: (demo) => demo.edit("count", [0]) },
  },
  views: (demo) => [plane(demo), hidden(demo), ...network(demo), loss(demo)],
  status: (demo) => {
    const { right, count } = score(demo);
    return { right: `${right} of ${count}` };
  },
  describe: (demo) => {
    const { right, count } = score(demo);
    if (!count) return "There are no points yet. Click the plane, or press N, to place one.";
    const cut =
      demo.control("last") === "3" ? "A flat cut through the hidden space" : "A straight line through the hidden space";
    const state =
      right === count
        ? `${cut} separates all ${count} points.`
        : `${cut} has ${right} of ${count} points on their side.`;
    return demo.step
      ? `After ${numeral(demo.lookedAt)} steps the loss is ${numeral(demo.latest("loss.history"))} nats. ${state}`
      : `Before training: ${state}`;
  },
});
