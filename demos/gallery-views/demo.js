// The views that show tokens and what a model makes of them: map, strip, verdict, formula, graph.
import { define, formula, map, nodes, percent, quantity, tokens, verdict } from "../runtime/index.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/** @typedef {import("../runtime/types.d.ts").View} View */

const LETTERS = [..."abcde"];
const PLACES = [1, 2, 3, 4, 5, 6];

/** @param {Demo} demo */
const text = (demo) => Array.from(demo.input("text"), (letter) => LETTERS[letter]);

/** @param {Demo} demo @returns {{ place: number, other: number }} the two places that are looked at */
const chosen = (demo) => ({ place: demo.input("place")[0] ?? 0, other: demo.input("other")[0] ?? 0 });

/** @param {Demo} demo @param {number} place @param {number} [other] */
function choose(demo, place, other) {
  demo.edit("place", [place]);
  if (other !== undefined) demo.edit("other", [other]);
}

/** @param {Demo} demo @returns {View[]} */
const views = (demo) => [
  // region: map
  map(demo, {
    title: "Attention",
    value: "weights",
    rows: PLACES.map(String),
    columns: text,
    rowName: "place",
    columnName: "letter",
    range: 1,
    choose: (row, column) => choose(demo, row, column),
    chosen: () => [chosen(demo).place, chosen(demo).other],
  }),
  // endregion
  tokens(demo, {
    title: "As this place attends",
    tokens: text,
    value: "attention",
    label: "attention",
    range: 1,
    choose: (other) => choose(demo, chosen(demo).place, other),
    chosen: () => chosen(demo).other,
  }),
  verdict(demo, {
    title: "What stands there",
    value: "answer",
    labels: LETTERS,
    truth: () => demo.input("text")[PLACES.length - 1 - chosen(demo).place],
  }),
  formula(demo, { title: "One weight", lines: weight }),
  nodes(demo, {
    title: "To the place",
    nodes: {
      place: { at: [1.2, 1.5], label: "the place", value: () => chosen(demo).place + 1 },
      ...Object.fromEntries(
        PLACES.map((k) => [`letter ${k}`, { at: [0, 0.6 * (k - 1)], label: `letter ${k}`, value: score(k) }]),
      ),
    },
    arrows: PLACES.map((k) => ({ from: `letter ${k}`, to: "place", value: weigh(k) })),
    range: 1,
    choose: (name) => name !== "place" && choose(demo, chosen(demo).place, Number(name.at(-1)) - 1),
    chosen: () => `letter ${chosen(demo).other + 1}`,
  }),
];

/** @param {number} k a letter, from 1 on @returns {(demo: Demo) => number} its score for the chosen place */
const score = (k) => (demo) => demo.number("scores", chosen(demo).place * PLACES.length + k - 1);

/** @param {number} k a letter, from 1 on @returns {(demo: Demo) => number} its weight for the chosen place */
const weigh = (k) => (demo) => demo.number("attention", k - 1);

/** @param {Demo} demo @returns {import("../runtime/views/formula.js").Part[][]} */
function weight(demo) {
  const [one, total, share] = [0, 1, 2].map((i) => demo.number("terms", i));
  return [
    ["exp(", { name: "score", number: one }, "−", { name: "log of the sum", number: total }, ")"],
    ["=", { name: "weight", number: share }],
  ];
}

/** @param {Demo} demo */
function describe(demo) {
  const { place, other } = chosen(demo);
  const share = percent(demo.number("terms", 2));
  const answers = Array.from(demo.values.answers, (letter) => LETTERS[letter]).join("");
  const letters = text(demo).join("");
  const read = `It reads ${letters} and writes ${answers}`;
  const right = answers === [...letters].reverse().join("") ? ", which is right" : "";
  const seen = `Place ${place + 1} gives ${share} of its attention to letter ${other + 1}`;
  return `After ${quantity(demo.lookedAt, "step")}: ${read}${right}. ${seen}.`;
}

define("gallery-views", {
  help: "Press Play: six letters are turned round. Click a cell of the map, or walk there with the arrow keys.",
  poster: "Play: the attention of each place gathers on one letter.",
  program: "step",
  show: ["look"],
  reads: ["scores", "attention", "answer", "answers", "terms"],
  rate: 20,
  controls: {
    letters: {
      label: "Letters",
      values: { abcdea: "abcdea", aabbcc: "aabbcc", edcbae: "edcbae", ccacbd: "ccacbd" },
      value: "abcdea",
      change: (value, demo) =>
        demo.write(
          "text",
          Array.from(`${value}`, (letter) => LETTERS.indexOf(letter)),
        ),
    },
    learning_rate: { label: "Learning rate", min: 0.0003, max: 0.03, log: true },
  },
  views,
  describe,
});
