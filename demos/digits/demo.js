// What is the digits demo's own: the price of knowing nothing on the loss plot, and held-out images to look at.
import { bars, define, drawing, images, line, numeral, plot, s } from "../runtime/index.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

const DIGITS = [..."0123456789"];
const PIXELS = 64;
const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;

let place = -1;
let taken = ""; // the pixels of the held-out image that was shown last, and what it is
let caption = "";

/** Puts the next held-out image into the drawing; with `wrong`, the next that the model misreads. @param {Demo} demo @param {boolean} wrong */
async function take(demo, wrong) {
  const [guesses, labels] = await Promise.all([demo.read("guesses"), demo.read("test_labels")]);
  for (let tried = 0; tried < labels.length; tried++) {
    place = (place + 1) % labels.length;
    if (wrong && guesses[place] === labels[place]) continue;
    const pixels = await demo.read("test_images", PIXELS * place, PIXELS);
    taken = pixels.join();
    caption = `Held-out image ${place + 1} is a ${labels[place]}.`;
    demo.edit("drawing", pixels);
    return;
  }
}

/** A dashed line at ln 10. @returns {import("../runtime/plot.js").Layer} */
function knowsNothing() {
  const rule = s("path", { class: "knows-nothing" });
  const words = s("text", { class: "knows-nothing-name", "text-anchor": "end" }, "ln 10: knows nothing");
  /** @type {import("../runtime/plot.js").Plot | undefined} */
  let on;
  return {
    attach: (plot) => (on = plot).over.append(rule, words),
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

/** Room for the logits, the same above and below zero. @type {import("../runtime/plot.js").Layer} */
const room = {
  extent: ({ demo }) => {
    const most = Math.max(4, ...Array.from(demo.values.logits ?? [], Math.abs));
    return { y: [-most, most] };
  },
};

define("digits", {
  help: "Press Play: ten weight images form out of nothing. Then draw a digit and see which pixels vote. What does it make of a digit drawn one pixel further left? By keyboard, arrows move the pen and Space draws.",
  program: "step",
  show: ["evaluate", "look"],
  reads: ["train_accuracy", "test_accuracy", "logits", "probabilities", "shown"],
  controls: {
    learning_rate: { label: "Learning rate", min: 0.01, max: 100, log: true },
    chosen: {
      label: "Votes for",
      values: { 10: "the winner", ...Object.fromEntries(DIGITS.map((digit) => [digit, digit])) },
    },
    held_out: { label: "A held-out image", press: (demo) => take(demo, false) },
    misread: { label: "One that it misreads", press: (demo) => take(demo, true) },
  },
  views: (demo) => [
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
  ],
  status: (demo) => ({ "held-out accuracy": percent(demo.values.test_accuracy[0]) }),
  describe: (demo) => {
    const { train_accuracy: train, test_accuracy: test, probabilities } = demo.values;
    const order = DIGITS.map(Number).sort((a, b) => probabilities[b] - probabilities[a]);
    const [winner, second] = order;
    const drawn = demo.input("drawing");
    const sees = drawn.some((ink) => ink > 0)
      ? `${drawn.join() === taken ? `${caption} ` : ""}It takes the drawing for a ${winner} (${percent(probabilities[winner])}), then a ${second} (${percent(probabilities[second])}).`
      : "The drawing is empty.";
    return `After ${numeral(demo.step)} steps it reads ${percent(train[0])} of the training images and ${percent(test[0])} of the held-out ones. ${demo.step ? sees : "All weights are zero: every digit is as likely as any other."}`;
  },
});
