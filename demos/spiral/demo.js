// What is the first page's own: a plane with points, and when the network has learned enough.
import { define, field, numeral, plot, points } from "../runtime/index.js";

const ENOUGH = 600; // steps, after which it rests

define("spiral", {
  help:
    "A network learns to tell blue from orange, here, in your browser. Tap or click to add a point: the one that you " +
    "touched last has a ring.",
  poster: "Press Play to train it.",
  program: "step",
  show: ["look"],
  reads: ["right"],
  rate: 25,
  controls: { placing: { label: "New points are", values: { "-1": "blue", 1: "orange" }, value: "-1" } },
  views: (demo) => [
    plot(demo, {
      title: "What it answers",
      x: { range: [-1, 1], ticks: false },
      y: { range: [-1, 1], ticks: false },
      aspect: 1,
      layers: [
        field({ value: "field", range: 5, contour: true, label: "f =" }),
        points({
          xy: "points",
          kind: "labels",
          size: 4,
          edit: {
            classes: [-1, 1],
            names: ["blue", "orange"],
            count: "count",
            placing: () => Number(demo.control("placing") ?? -1),
          },
        }),
      ],
    }),
  ],
  status: (demo) => ({ right: `${demo.number("right")} of ${demo.input("count")[0]}` }),
  rest: ENOUGH,
  describe: (demo) => {
    const [right, count] = [demo.number("right"), demo.input("count")[0]];
    if (!count) return "There are no points.";
    if (count === 1) return `The point ${right ? "lies" : "does not lie"} on the side of its colour.`;
    const found = right === count ? `All ${numeral(count)}` : `${numeral(right)} of ${numeral(count)}`;
    return `${found} points ${right === 1 ? "lies" : "lie"} on the side of their colour.`;
  },
});
