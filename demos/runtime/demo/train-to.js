/**
 * Trains a demo to the step of a link, as fast as it can, and shows it there. Loaded with such a link.
 *
 * In: a demo that is awake, at its start. Out: steps, in portions that leave the page time to answer. It gives up when
 * the reader does something else, and after a bound of time, which it says.
 */
import { numeral } from "../common/numbers.js";

/** @typedef {import("./demo.js").Demo} Demo */

const MOST_MS = 20_000;
const PORTION_MS = 80; // a portion takes about so long
const LARGEST = 2048;
/** A portion counts no longer than that: a hidden tab gets no frames, and that is not the model's fault. */
const COUNTED_MS = 2000;

/**
 * @param {Demo} demo @param {number} goal
 * @returns {Promise<string>} a sentence where it took too long
 */
export async function trainTo(demo, goal) {
  let [times, spent] = [1, 0];
  while (demo.step < goal && spent < MOST_MS) {
    const next = Math.min(goal, demo.step + times);
    const began = performance.now();
    demo.activeRun?.advance(next - demo.step);
    demo.panel.say(`Training to step ${numeral(goal)}, as the link asks …`);
    if (!(await arrived(demo, next))) return "";
    const took = performance.now() - began;
    spent += Math.min(took, COUNTED_MS);
    times = Math.round(Math.min(LARGEST, 2 * times, Math.max(1, (times * PORTION_MS) / took)));
  }
  demo.panel.say("");
  if (demo.step >= goal) return "";
  const reached = `After ${MOST_MS / 1000} seconds this is step ${numeral(demo.step)}`;
  return `The link asks for step ${numeral(goal)}. ${reached}; Play goes on from here.`;
}

/** @param {Demo} demo @param {number} step @returns {Promise<boolean>} whether it came there, undisturbed */
async function arrived(demo, step) {
  const { activeRun } = demo;
  let last = 0;
  while (demo.lookedAt < step) {
    await new Promise((resolve) => setTimeout(resolve, 8));
    const gone = demo.activeRun !== activeRun || !demo.element.isConnected;
    if (gone || demo.playing || demo.step < last || demo.step > step || !demo.awake) return false;
    last = demo.step;
  }
  return demo.step === step;
}
