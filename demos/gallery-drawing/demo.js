// What the gallery shows of drawings: a large pad with a shift, a picture from a file, and what a model makes of both.
import { article, bars, define, drawing, fileInput, imageOf, percent, plot, quantity } from "../runtime/index.js";

define("gallery-drawing", {
  help: "Press Play. Then draw a digit, shift it, or take one from a picture of yours.",
  program: "step",
  show: ["look"],
  reads: ["chances"],
  controls: {
    learning_rate: { label: "Learning rate", min: 0.01, max: 5, log: true },
  },
  views: (demo) => [
    drawing(demo, { title: "A digit", write: "drawing", shape: [8, 8], size: "large", shift: true }),
    plot(demo, {
      title: "Which digit it is",
      y: { label: "probability", range: [0, 1] },
      aspect: 1.9,
      layers: [bars({ value: "chances", labels: [..."0123456789"], colour: "--cat-1" })],
    }),
    fileInput(demo, { title: "A digit from a picture", write: "drawing", read: imageOf([8, 8]), accept: "image/*" }),
  ],
  describe: (demo) => {
    const { chances } = demo.values;
    const digit = chances.indexOf(Math.max(...chances));
    if (!demo.lookedAt) return "Untrained, it gives every digit the same probability.";
    const read = `${article(digit)} with a probability of ${percent(chances[digit])}`;
    return `After ${quantity(demo.lookedAt, "step")} the model takes the drawing for ${read}.`;
  },
});
