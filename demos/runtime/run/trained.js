/**
 * States that the build trained, for readers who want to start from there. Fetched when one is asked for.
 *
 * In: a demo, whose manifest says where they lie. Out: numbers by name. What a start is, `live-run.js` knows.
 */
import { DemoError } from "../common/errors.js";
import { ARRAYS, sizeOf } from "../common/data.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {[string, Numbers][]} State */

/** By URL. @type {Map<string, State>} */
const fetched = new Map();

/** @param {Demo} demo @returns {import("../types.d.ts").Trained | undefined} of the present plan, where it is wanted */
const wanted = ({ experiment }) =>
  experiment.settings.get("start") === "trained" ? experiment.files.trained : undefined;

/** @param {Demo} demo @returns {Promise<void>} when `startOf` knows where the demo is to start */
export async function loadStart(demo) {
  const trained = wanted(demo);
  if (!trained || fetched.has(trained.url)) return;
  const response = await fetch(trained.url);
  if (!response.ok) throw new DemoError(`${trained.url} was not loaded (${response.status}).`);
  const bytes = await response.arrayBuffer();
  /** @type {State} */
  const state = [];
  let at = 0;
  for (const { name, dtype, shape } of trained.numbers) {
    const size = sizeOf(shape);
    if (at + 4 * size > bytes.byteLength) throw new DemoError(`${trained.url} ends before ${name} does.`);
    state.push([name, new ARRAYS[dtype](bytes, at, size)]);
    at += 4 * size;
  }
  fetched.set(trained.url, state);
}

/**
 * @param {Demo} demo
 * @returns {{ programs: string[], steps: number, state: State } | undefined} where it starts; none: untrained
 */
export function startOf(demo) {
  const trained = wanted(demo);
  const state = trained && fetched.get(trained.url);
  return trained && state && { programs: trained.programs, steps: trained.steps, state };
}
