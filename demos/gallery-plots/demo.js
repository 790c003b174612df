// Layers of plots that no other demo has: a field whose cells are chosen, seeds as a band, a histogram; and images.
import { band, cells, define, histogram, images, line, numeral, percent, plot, quantity } from "../runtime/index.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

const [SPREADS, RATES] = [12, 18];
const SEEDS = [0, 1, 2, 3, 4];
const HISTORIES = SEEDS.map((k) => `loss_${k}.history`);
/** @type {[number, number]} */
const SPREAD = [0.1, 3];
/** @type {[number, number]} */
const RATE = [0.01, 3];

/** @param {[number, number]} ends @param {number} i @param {number} count @returns {number} the middle of a cell */
const middle = ([low, high], i, count) => low * (high / low) ** ((i + 0.5) / count);

/** @param {Demo} demo @returns {[number, number]} */
const chosen = (demo) => [demo.input("row")[0] ?? 0, demo.input("column")[0] ?? 0];

/** @param {number} row @param {number} column */
const named = (row, column) =>
  `spread ${numeral(middle(SPREAD, row, SPREADS))}, rate ${numeral(middle(RATE, column, RATES))}`;

/** @param {Demo} demo @param {number} row @param {number} column: its curves are those of a run of its own */
function choose(demo, row, column) {
  demo.edit("row", [row]);
  demo.edit("column", [column]);
  demo.reset();
}

// region: field
/** @param {Demo} demo */
const field = (demo) =>
  plot(demo, {
    title: "Logarithm of the loss",
    x: { label: "learning rate", range: RATE, log: true },
    y: { label: "spread of the first weights", range: SPREAD, log: true },
    aspect: 1.2,
    legend: { learned: "--negative", diverged: "--positive" },
    layers: [
      cells({
        value: "field",
        label: "log₁₀ of the loss",
        range: 3,
        name: named,
        choose: (row, column) => choose(demo, row, column),
        chosen: () => chosen(demo),
      }),
    ],
  });
// endregion

define("gallery-plots", {
  help: "Press Play: a thousand models train. Click a cell, or walk there with the arrow keys, for its five seeds.",
  poster: "Play: cells turn blue where models learn.",
  program: "step",
  show: ["look"],
  diverges: true,
  reads: ["diverged"],
  rate: 20,
  views: (demo) => [
    field(demo),
    plot(demo, {
      title: "Loss of the chosen cell",
      x: { label: "step" },
      y: { label: "loss", log: true },
      aspect: 1.2,
      layers: [
        band({ histories: HISTORIES, label: "five seeds" }),
        line({ history: HISTORIES[0], label: "the first", colour: "--cat-2", width: 1.25 }),
      ],
    }),
    plot(demo, {
      title: "What they give; 1 is right",
      x: { label: "product", range: [-1, 3] },
      y: { label: "models" },
      aspect: 1.2,
      layers: [histogram({ value: "products", bins: 32, range: [-1, 3] })],
    }),
    images(demo, {
      title: "Each seed's field",
      value: "each",
      count: SEEDS.length,
      shape: [SPREADS, RATES],
      labels: SEEDS.map((k) => `${k + 1}`),
      columns: 3,
      range: 3,
    }),
  ],
  status: (demo) => ({ diverged: percent(demo.number("diverged")) }),
  describe: (demo) => {
    const found = SEEDS.map((k) => demo.latest(HISTORIES[k])).filter(Number.isFinite);
    const losses =
      demo.step && found.length ? `from ${numeral(Math.min(...found))} to ${numeral(Math.max(...found))}` : "";
    const cell = named(...chosen(demo));
    const state = losses ? `the losses of its seeds go ${losses}` : "no seed has a loss yet";
    const diverged = `${percent(demo.number("diverged"))} have diverged`;
    return `After ${quantity(demo.lookedAt, "step")} ${diverged}. At ${cell}, ${state}.`;
  },
});
