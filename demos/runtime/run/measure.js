/**
 * Which of two backends takes a plan's steps faster. Loaded when there are two.
 *
 * In: two open backends, and the steps to be taken. Out: yes or no. What they hold afterwards is of no use: the run
 * begins after it.
 */

/** @typedef {import("./backend.js").Backend} Backend */
/**
 * What is to be done on a backend: `programs`, again and again, with what was written before.
 * @typedef {{ programs: string[], show: string[], writes: [string, ArrayLike<number>][] }} Job
 */

/** Above so many milliseconds a step, a GPU is not measured: it is made for that. */
const QUICK_MS = 4;
const SAMPLE_MS = 24;
const MOST_STEPS = 512;

/** @param {Backend} backend @param {Job} job @param {number} steps @returns {Promise<number>} milliseconds */
async function timed(backend, { programs }, steps) {
  const start = performance.now();
  await backend.frame({ runs: programs.map((each) => [each, steps]), show: [], draw() {} });
  return performance.now() - start;
}

/** @param {Backend} backend @param {Job} job: what is done once is done, and what is measured are numbers */
async function warm(backend, job) {
  for (const [name, values] of job.writes) if (backend.has(name)) backend.write(name, values);
  await backend.run("init", 1);
  await timed(backend, job, 1);
}

/** @param {Backend} gpu @param {Backend} processor @param {Job} job @returns {Promise<boolean>} */
export async function processorIsFaster(gpu, processor, job) {
  await warm(processor, job);
  const one = await timed(processor, job, 1);
  if (one > QUICK_MS) return false;
  const steps = Math.min(MOST_STEPS, Math.ceil(SAMPLE_MS / Math.max(one, 0.01)));
  const there = await timed(processor, job, steps);
  await warm(gpu, job);
  // What it takes to hear of an empty frame is not the steps'; in Firefox it may be 100 ms.
  const floor = Math.min(await timed(gpu, job, 0), await timed(gpu, job, 0));
  const few = Math.ceil(steps / 8);
  if ((await timed(gpu, job, few)) - floor > Math.max(there, SAMPLE_MS)) return true; // no submit shall be long
  return (await timed(gpu, job, steps)) - floor > there;
}
