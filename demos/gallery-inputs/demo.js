// What the gallery shows of inputs: points with presets, a curve, and a text with examples.
import {
  define,
  field,
  line,
  percent,
  plot,
  points,
  pointSet,
  quantity,
  textInput,
  writePoints,
} from "../runtime/index.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

const VOCABULARY = " abcdefghijklmnopqrstuvwxyz"; // as in model.py
const ROOM = 16;
const LENGTH = 32;

/** The manifest's own points are "apart". @type {Record<string, Record<string, number[]>>} */
const ARRANGED = {
  corners: pointSet(
    [
      [0.6, 0.6, -1],
      [-0.6, -0.6, -1],
      [0.6, -0.6, 1],
      [-0.6, 0.6, 1],
    ],
    ROOM,
  ),
  none: pointSet([], ROOM),
};

/** @param {Demo} demo */
const plane = (demo) =>
  plot(demo, {
    title: "Points",
    x: { label: "x₁", range: [-1, 1] },
    y: { label: "x₂", range: [-1, 1] },
    aspect: 1,
    layers: [
      field({ value: "field", range: 1, contour: true, label: "class" }),
      points({
        xy: "points",
        kind: "labels",
        edit: {
          classes: [-1, 1],
          names: ["−1", "+1"],
          count: "count",
          placing: () => Number(demo.control("placing")),
        },
      }),
    ],
  });

/** @param {Demo} demo */
const curve = (demo) =>
  plot(demo, {
    title: "A curve",
    x: { label: "x", range: [-1, 1] },
    y: { label: "y", range: [-1, 1] },
    aspect: 2.2,
    layers: [line({ y: "target", write: true, colour: "--line", width: 7 }), line({ y: "fit", width: 3 })],
  });

/** @param {ArrayLike<number>} shares @returns {number} the index of the largest */
const winner = (shares) => Array.from(shares).reduce((best, share, i, all) => (share > all[best] ? i : best), 0);

define("gallery-inputs", {
  help: "Press Play. Then place points, draw the curve, and write.",
  program: "step",
  show: ["look"],
  reads: ["letters"],
  controls: {
    arrangement: {
      label: "Points",
      values: { apart: "Apart", corners: "Four corners", none: "None" },
      sets: ["points", "labels", "count"],
      change: (value, demo) => writePoints(demo, ARRANGED[`${value}`]),
    },
    placing: { label: "New points are", values: { 1: "+1", "-1": "−1" }, value: "1" },
    learning_rate: { label: "Learning rate", min: 0.001, max: 0.1, log: true },
  },
  views: (demo) => [
    plane(demo),
    curve(demo),
    textInput(demo, {
      title: "A text",
      write: "text",
      vocabulary: VOCABULARY,
      length: LENGTH,
      examples: ["banana bandana", "abcabcabcabc"],
    }),
  ],
  describe: (demo) => {
    const { letters } = demo.values;
    const letter = winner(letters);
    const next = letter ? `“${VOCABULARY[letter]}”` : "a space";
    const sure = percent(letters[letter]);
    const after = quantity(demo.lookedAt, "step");
    return `After ${after} the model gives ${next} as the next letter a probability of ${sure}.`;
  },
});
