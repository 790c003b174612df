// What is the digits demo's own: the price of knowing nothing on the loss plot, and held-out images to look at.
import { article, bars, define, drawing, images, line, percent, plot, quantity, s, verdict } from "../runtime/index.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

const DIGITS = [..."0123456789"];
const PIXELS = 64;
const NOTEWORTHY = 0.005; // shares below this are not named

/** The held-out image that was taken into the drawing last. */
class HeldOutImage {
  /** Its place among all of them. */
  #place = -1;
  #pixels = "";
  #label = 0;

  /** Takes the next into the drawing. @param {Demo} demo @param {boolean} wrong: the next that the model misreads */
  async next(demo, wrong) {
    const [guesses, labels] = await Promise.all([demo.read("guesses"), demo.read("test_labels")]);
    for (let tried = 0; tried < labels.length; tried++) {
      this.#place = (this.#place + 1) % labels.length;
      const label = labels[this.#place];
      if (wrong && guesses[this.#place] === label) continue;
      const pixels = await demo.read("test_images", PIXELS * this.#place, PIXELS);
      this.#pixels = pixels.join();
      this.#label = label;
      demo.edit("drawing", pixels);
      return;
    }
  }

  /** @param {ArrayLike<number>} drawn @returns {number | undefined} what it is, as long as it was not changed */
  truth(drawn) {
    return Array.from(drawn).join() === this.#pixels ? this.#label : undefined;
  }

  /** @param {ArrayLike<number>} drawn @returns {string} the same as a sentence */
  caption(drawn) {
    const label = this.truth(drawn);
    return label === undefined ? "" : `Held-out image ${this.#place + 1} is ${article(label)}. `;
  }
}

/** A dashed line at ln 10, what knowing nothing costs. @returns {import("../runtime/views/plot.js").Layer} */
function knowsNothing() {
  const rule = s("line", { class: "knows-nothing", x2: "100%" });
  const words = s("text", { class: "knows-nothing-name", x: "100%", dy: "-6" }, "ln 10");
  /** @type {import("../runtime/views/plot.js").Plot | undefined} */
  let on;
  return {
    attach: (plot) => {
      on = plot;
      plot.over.append(rule, words);
    },
    refresh: () => {
      if (!on) return;
      const share = on.y.share(Math.LN10);
      for (const each of [rule, words]) each.setAttribute("visibility", share > 1 ? "hidden" : "visible");
      for (const name of ["y1", "y2"]) rule.setAttribute(name, `${100 * (1 - share)}%`);
      words.setAttribute("y", `${100 * (1 - share)}%`);
    },
  };
}

/**
 * Room for the logits, the same above and below zero: up to 1, 2 or 5 times a power of ten, so that both ends of even
 * a low axis have numbers. @type {import("../runtime/views/plot.js").Layer}
 */
const room = {
  extent: ({ demo }) => {
    const most = Math.max(5, ...Array.from(demo.values.logits ?? [], Math.abs).filter(Number.isFinite));
    const power = 10 ** Math.floor(Math.log10(most));
    const end = power * ([1, 2, 5].find((each) => each * power >= most) ?? 10);
    return { y: [-end, end] };
  },
};

/** Of an axis with a bar for each digit. @type {[number, number]} */
const ENDS = [-0.6, 9.6];
const NO_NAMES = DIGITS.map(() => ""); // they stand below the probabilities, for both

/** @param {Demo} demo @param {HeldOutImage} image @returns {import("../runtime/types.d.ts").View[]} */
const views = (demo, image) => [
  drawing(demo, { title: "Your digit", write: "drawing", shape: [8, 8], brush: 0.7, size: "large", shift: true }),
  verdict(demo, {
    title: "It reads",
    value: "probabilities",
    labels: DIGITS,
    truth: () => image.truth(demo.input("drawing")),
    waits: () => (demo.lookedAt ? undefined : "all weights are zero"),
  }),
  images(demo, { title: "Votes", value: "votes", count: 1, shape: [8, 8] }),
  plot(demo, {
    title: "Logits",
    x: { range: ENDS },
    aspect: 6,
    layers: [bars({ value: "logits", labels: NO_NAMES }), room],
  }),
  plot(demo, {
    title: "Probabilities",
    x: { range: ENDS },
    y: { range: [0, 1] },
    aspect: 6,
    layers: [bars({ value: "probabilities", labels: DIGITS, colour: "--cat-1" })],
  }),
  images(demo, {
    title: "The weights of each digit",
    value: "affine.weight",
    count: 10,
    shape: [8, 8],
    strides: [1, 10],
    labels: DIGITS,
  }),
  plot(demo, {
    title: "Loss of each batch",
    x: { label: "step" },
    y: { label: "nats" },
    aspect: 4.5,
    layers: [line({ history: "loss.history" }), knowsNothing()],
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
  const guess = (/** @type {number} */ digit) => `${article(digit)} (${percent(chance(digit))})`;
  const next = chance(second) < NOTEWORTHY ? "" : `, then ${guess(second)}`;
  return `${steps} ${image.caption(drawn)}It takes the drawing for ${guess(winner)}${next}.`;
}

define("digits", () => {
  const image = new HeldOutImage();
  return {
    help: "Press Play, then draw a digit. Which pixels vote for what it reads?",
    poster: "Play: ten images of weights form, all from zero.",
    more: [
      "Shift your digit by one pixel. Is it still read as the same one?",
      "Fill the middle of a 0 with ink.",
      "Set the learning rate to 100: the loss climbs far above ln 10, and comes back.",
      "Look at the votes for a digit that lost. Which pixels spoke against it?",
      "By keyboard, arrows move the pen and Space draws.",
    ],
    program: "step",
    show: ["evaluate", "look"],
    reads: ["train_accuracy", "test_accuracy", "logits", "probabilities", "shown"],
    controls: {
      learning_rate: { label: "Learning rate", min: 0.01, max: 100, log: true },
      chosen: {
        label: "Votes for",
        more: true,
        values: { 10: "the winner", ...Object.fromEntries(DIGITS.map((digit) => [digit, digit])) },
      },
      held_out: { label: "A held-out image", press: (demo) => image.next(demo, false) },
      misread: { label: "One that it misreads", press: (demo) => image.next(demo, true) },
    },
    views: (demo) => views(demo, image),
    status: (demo) => ({ "held-out accuracy": percent(demo.number("test_accuracy")) }),
    describe: (demo) => describe(demo, image),
  };
});
