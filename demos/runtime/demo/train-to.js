/**
 * Trains a demo to the step of a link, as fast as it can, and shows it there. Loaded with such a link.
 *
 * In: a demo that is awake, at its start, and changes of settings on the way. Out: steps, in portions that leave the
 * page time to answer. It gives up when the reader does something else, and after a bound of time, which it says.
 */
import { numeral } from "../common/numbers.js";

/** @typedef {import("./demo.js").Demo} Demo */
/** @typedef {import("./changes.js").Change} Change */

const MOST_MS = 20_000;
const PORTION_MS = 80; // a portion takes about so long
const LARGEST = 2048;
/** A portion counts no longer than that: a hidden tab gets no frames, and that is not the model's fault. */
const COUNTED_MS = 2000;

/** @param {Demo} demo @param {string} by @returns {boolean} whether it is a race that is matched so */
const isMatched = (demo, by) => Boolean(demo.definition.race) && demo.control("matched") === by;

/**
 * @param {Demo} demo @param {number} goal @param {Change[]} changes in the order of their steps
 * @returns {Promise<string>} a sentence where it did not come there, or not as it was sent
 */
export async function trainTo(demo, goal, changes) {
  const { experiment, panel, activeRun, visits } = demo;
  const asked = `The link asks for step ${numeral(goal)}`;
  if (demo.step > goal) return `${asked}, but what the build trained starts at step ${numeral(demo.step)}.`;
  const left = [...changes];
  let [times, spent] = [1, 0];
  while (demo.step < goal && spent < MOST_MS && !demo.ended) {
    const next = Math.min(goal, left[0]?.step ?? goal);
    const due = Math.max(1, Math.min(times, Math.floor((next - demo.step) / stepsOfOne(demo))));
    const began = performance.now();
    const { count } = experiment.changes;
    panel.say(`Training to step ${numeral(goal)}, as the link asks …`);
    const came = await arrived(demo, due);
    if (experiment.changes.count !== count && demo.awake)
      return `${asked}. Something was changed on the way, at about step ${numeral(demo.step)}; Play goes on from here.`;
    if (!came || demo.visits !== visits) {
      if (demo.awake && demo.activeRun === activeRun) panel.say(""); // else why has been said
      return "";
    }
    if (!change(demo, left)) return `${asked}. A change on the way began the run anew; Play goes on from here.`;
    const took = performance.now() - began;
    spent += Math.min(took, COUNTED_MS);
    times = Math.round(Math.min(LARGEST, 2 * due, Math.max(1, (due * PORTION_MS) / took)));
  }
  panel.say("");
  return ending(demo, goal, asked);
}

/** @param {Demo} demo @param {number} goal @param {string} asked @returns {string} what is not as it was sent */
function ending(demo, goal, asked) {
  const here = `this is step ${numeral(demo.step)}`;
  if (demo.ended && demo.step < goal) return `${asked}, but the run has come to its end: ${here}.`;
  if (demo.step < goal) return `${asked}. After ${MOST_MS / 1000} seconds ${here}; Play goes on from here.`;
  if (demo.step > goal) return `${asked}. Matched by FLOPs, a frame holds several steps: ${here}.`;
  const differs = isMatched(demo, "seconds");
  return differs ? "Matched by seconds, a race depends on the machine: it is not the one that was sent." : "";
}

/** @param {Demo} demo @param {Change[]} left: those that are due are made, and taken out @returns {boolean} it stays */
function change(demo, left) {
  const { step } = demo;
  while (left.length && left[0].step <= step) {
    const { name, value } = /** @type {Change} */ (left.shift());
    demo.experiment.quietly(() => demo.set(name, value));
  }
  return demo.step === step;
}

/** @param {Demo} demo @returns {number} how far the furthest of a race comes with one step of the dearest */
function stepsOfOne(demo) {
  const clock = demo.activeRun?.clock;
  if (!clock || !isMatched(demo, "flops")) return 1;
  const costs = clock.programs.map((each) => clock.flops(each));
  return Math.max(...costs) / Math.min(...costs);
}

/** @param {Iterable<number>} numbers */
const sum = (numbers) => [...numbers].reduce((total, each) => total + each, 0);

/** @param {Demo} demo @param {number} due steps @returns {Promise<boolean>} whether they were seen, undisturbed */
async function arrived(demo, due) {
  const { activeRun } = demo;
  if (!activeRun) return false;
  const { clock } = activeRun;
  const taken = () => sum(clock.steps.values());
  const seen = () => sum(clock.programs.map((each) => demo.steps(each)));
  const each = stepsOfOne(demo);
  const [before, most] = [taken(), demo.step + Math.floor(due * each) + Number(each > 1)];
  let last = before;
  activeRun.advance(due);
  while (!demo.ended && (taken() === before || seen() !== taken())) {
    await new Promise((resolve) => setTimeout(resolve, 8));
    const gone = demo.activeRun !== activeRun || !demo.element.isConnected;
    if (gone || demo.playing || taken() < last || demo.step > most || !demo.awake) return false;
    last = taken();
  }
  return true;
}
