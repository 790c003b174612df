// What the gallery shows of controls: one of each kind, on a line that is fitted to points.
import { define, fixed, line, plot, points, quantity } from "../runtime/index.js";

define("gallery-controls", {
  help: "Press Play: the line moves to the points. Then change anything below, while it trains.",
  program: "step",
  show: ["look"],
  reads: ["slope"],
  controls: {
    learning_rate: { label: "Learning rate", min: 0.001, max: 1, log: true },
    noise: { label: "Noise", min: 0, max: 0.5 },
    optimiser: { label: "Optimiser", values: { SGD: "SGD", Adam: "Adam" } },
    falling: { label: "The points fall" },
    calm: { label: "No noise", press: (demo) => demo.set("noise", 0) },
  },
  views: (demo) => [
    plot(demo, {
      title: "The line and its points",
      x: { label: "x", range: [-1, 1] },
      y: { label: "y", range: [-1.5, 1.5] },
      layers: [
        points({ xy: "points", label: "points", colour: "--ink-2", size: 5 }),
        line({ y: "line", label: "the line", width: 3 }),
      ],
    }),
    plot(demo, {
      title: "Error",
      x: { label: "step" },
      y: { label: "mean squared error", log: true },
      layers: [line({ history: "loss.history", label: "training error" })],
    }),
  ],
  status: (demo) => ({ slope: fixed(demo.number("slope")) }),
  describe: (demo) =>
    `After ${quantity(demo.lookedAt, "step")} the line rises by ${fixed(demo.number("slope"))} for each 1 of x.`,
});
