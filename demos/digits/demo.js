// What is the digits demo's own: the price of knowing nothing on the loss plot, and held-out images to look at.
import { bars, define, drawing, images, line, percent, plot, quantity, s } from "../runtime/index.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

const DIGITS = [..."0123456789"];
const PIXELS = 64;

/** The held-out image that was taken into the drawing last. */
class HeldOutImage {
  /** Its place among all of them. */
  #place = -1;
  #pixels = "";
  #caption = "";

  /** Takes the next into the drawing. @param {Demo} demo @param {boolean} wrong: the next that the model misreads */
  async next(demo, wrong) {
    const [guesses, labels] = await Promise.all([demo.read("guesses"), demo.read("test_labels")]);
    for (let tried = 0; tried < labels.length; tried++) {
      this.#place = (this.#place + 1) % labels.length;
      const label = labels[this.#place];
      if (wrong && guesses[this.#place] === label) continue;
      const pixels = await demo.read("test_images", PIXELS * this.#place, PIXELS);
      this.#pixels = pixels.join();
      this.#caption = `Held-out image ${this.#place + 1} is a ${label}. `;
      demo.edit("drawing", pixels);
      return;
    }
  }

  /** @param {ArrayLike<number>} drawn @returns {string} what it is, as long as the drawing is still that image */
  caption(drawn) {
    return Array.from(drawn).join() === this.#pixels ? this.#caption : "";
  }
}

/** A dashed line at ln 10. @returns {import("../runtime/views/plot.js").Layer} */
function knowsNothing() {
  const rule = s("path", { class: "knows-nothing" });
  const words = s("text", { class: "knows-nothing-name", "text-anchor": "end" }, "ln 10: knows nothing");
  /** @type {import("../runtime/views/plot.js").Plot | undefined} */
  let on;
  return {
    attach: (plot) => {
      on = plot;
      plot.over.append(rule, words);
    },
    refresh: () => {
      if (!on) return;
      const { clientWidth: width, clientHeight: height } = on.area;
      const share = on.y.share(Math.LN10);
      const y = height * (1 - share);
      for (const each of [rule, words]) each.setAttribute("visibility", share > 1 ? "hidden" : "visible");
      rule.setAttribute("d", `M0 ${y}H${width}`);
      words.setAttribute("x", `${width}`);
      words.setAttribute("y", `${y - 6}`);
    },
  };
}

/** Room for the logits, the same above and below zero. @type {import("../runtime/views/plot.js").Layer} */
const room = {
  extent: ({ demo }) => {
    const most = Math.max(4, ...Array.from(demo.values.logits ?? [], Math.abs));
    return { y: [-most, most] };
  },
};

/** @param {Demo} demo @returns {import("../runtime/types.d.ts").View[]} */
const views = (demo) => [
  images(demo, {
    title: "The weights of each digit",
    value: "affine.weight",
    count: 10,
    shape: [8, 8],
    strides: [1, 10],
    labels: DIGITS,
  }),
  drawing(demo, { title: "Your digit", write: "drawing", shape: [8, 8], brush: 0.7 }),
  images(demo, { title: "Votes", value: "votes", count: 1, shape: [8, 8] }),
  plot(demo, {
    title: "Loss of each batch",
    x: { label: "step" },
    y: { label: "nats" },
    aspect: 2,
    layers: [line({ history: "loss.history" }), knowsNothing()],
  }),
  plot(demo, { title: "Logits", aspect: 2.1, layers: [bars({ value: "logits", labels: DIGITS }), room] }),
  plot(demo, {
    title: "Probabilities",
    y: { range: [0, 1] },
    aspect: 2.1,
    layers: [bars({ value: "probabilities", labels: DIGITS, colour: "--cat-1" })],
  }),
];

/** @param {Demo} demo @param {HeldOutImage} image */
function describe(demo, image) {
  const [train, test] = ["train_accuracy", "test_accuracy"].map((name) => percent(demo.number(name)));
  const shares = `${train} of the training images and ${test} of the held-out ones`;
  const steps = `After ${quantity(demo.lookedAt, "step")} it reads ${shares}.`;
  if (!demo.lookedAt) return `${steps} All weights are zero: every digit is as likely as any other.`;
  const drawn = demo.input("drawing");
  if (!drawn.some((ink) => ink > 0)) return `${steps} The drawing is empty.`;
  const chance = (/** @type {number} */ digit) => demo.number("probabilities", digit);
  const [winner, second] = DIGITS.map(Number).sort((a, b) => chance(b) - chance(a));
  const guess = `${winner} (${percent(chance(winner))}), then a ${second} (${percent(chance(second))})`;
  return `${steps} ${image.caption(drawn)}It takes the drawing for a ${guess}.`;
}

define("digits", () => {
  const image = new HeldOutImage();
  return {
    help: "Press Play, then draw a digit of your own. Which pixels vote for it?",
    more: [
      "Draw the same digit one pixel further left. What does it make of that?",
      "By keyboard, arrows move the pen and Space draws.",
    ],
    poster: "Play: ten weight images form out of nothing.",
    program: "step",
    show: ["evaluate", "look"],
    reads: ["train_accuracy", "test_accuracy", "logits", "probabilities", "shown"],
    controls: {
      learning_rate: { label: "Learning rate", min: 0.01, max: 100, log: true },
      chosen: {
        label: "Votes for",
        values: { 10: "the winner", ...Object.fromEntries(DIGITS.map((digit) => [digit, digit])) },
      },
      held_out: { label: "A held-out image", press: (demo) => image.next(demo, false) },
      misread: { label: "One that it misreads", press: (demo) => image.next(demo, true) },
    },
    views,
    status: (demo) => ({ "held-out accuracy": percent(demo.number("test_accuracy")) }),
    describe: (demo) => describe(demo, image),
  };
});
