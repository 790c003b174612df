// What is the race's own: who runs, and the losses on one pair of axes.
import { contestants, define, line, percent, plot } from "../runtime/index.js";

const PERCEPTRON = { program: "perceptron_step", label: "MLP", colour: "--cat-1", parameters: "perceptron." };
const CONVOLUTIONAL = { program: "convolutional_step", label: "CNN", colour: "--cat-2", parameters: "convolutional." };

define("gallery-race", {
  help: "Two models with equally many parameters learn the same digits. Match them by FLOPs instead of steps.",
  poster: "Play: both models train, on the same images at the same step.",
  race: { contestants: [PERCEPTRON, CONVOLUTIONAL] },
  show: ["evaluate"],
  reads: ["perceptron.right", "convolutional.right"],
  rate: 20,
  controls: { learning_rate: { label: "Learning rate", min: 0.0003, max: 0.03, log: true } },
  views: (demo) => [
    plot(demo, {
      title: "Loss of each batch",
      x: { label: "step" },
      y: { label: "loss", unit: "nats", log: true },
      aspect: 2,
      layers: [PERCEPTRON, CONVOLUTIONAL].map(({ program, label, colour }) =>
        line({ history: `${program}.loss.history`, label, colour }),
      ),
    }),
    contestants(demo, { title: "Who runs" }),
  ],
  describe: (demo) => {
    const [first, second] = ["perceptron", "convolutional"].map((name) => percent(demo.number(`${name}.right`)));
    return `Of 360 held-out digits the MLP reads ${first} right, the CNN ${second}.`;
  },
});
