/**
 * Runs a figure's model once more, and compares. Loaded when the reader asks for it.
 *
 * In: the figure's record and its plan. Out: the curve while it grows, and how far it is from the built one. It knows
 * nothing of the page.
 */
import { DemoError } from "../common/errors.js";
import { fetchJson } from "../common/data.js";
import { demandOne } from "./choice.js";
import { newsOf } from "./news.js";
import { openBackend, whereabouts } from "./open-backend.js";

/** @typedef {import("../types.d.ts").ReplayRecord} ReplayRecord */
/** @typedef {import("./backend.js").Backend} Backend */
/** `same`: equal to the last bit. @typedef {{ worst: number, same: boolean, seconds: number }} Comparison */

const CHUNKS = 12; // reads while it runs, so that the curve is seen to grow
const MOST_TRIES = 3;

/**
 * @param {ArrayLike<number>} built @param {ArrayLike<number>} live
 * @returns {number} the largest |live - built| / max(|built|, 1 % of the largest |built|): a value near zero is no
 *   measure of itself
 */
function largestDifference(built, live) {
  const floor = 0.01 * Math.max(1e-30, ...Array.from(built, Math.abs));
  return Math.max(
    ...Array.from(built, (value, i) => {
      const difference = Math.abs(live[i] - value) / Math.max(Math.abs(value), floor);
      return Number.isFinite(difference) ? difference : Infinity;
    }),
  );
}

/**
 * @param {ReplayRecord} record @param {(live: number[]) => void} grown: so far, the first of its series
 * @returns {Promise<Comparison & { kind: import("./backend.js").Kind, on: string }>} begun again when a backend is lost
 */
export async function replay(record, grown) {
  await demandOne();
  for (let tries = 1; ; tries++) {
    let lost = false;
    /** @type {(error: Error) => void} */
    let stop = () => {};
    /** @type {Promise<never>} */
    const stopped = new Promise((_, reject) => {
      stop = reject;
    });
    /** @param {string} sentence */
    const hear = (sentence) => {
      lost = true;
      stop(new DemoError(sentence));
    };
    try {
      return await Promise.race([once(record, { lost: hear, failed: stop }, grown), stopped]);
    } catch (error) {
      await newsOf(error);
      if (!lost || tries === MOST_TRIES) throw error;
    }
  }
}

/**
 * @param {ReplayRecord} record @param {import("./backend.js").BackendListener} listener
 * @param {(live: number[]) => void} grown
 */
async function once(record, listener, grown) {
  const { inputs = {}, seed, program, module, trial, data } = record;
  const plan = await fetchJson(record.plan);
  /** @type {[string, ArrayLike<number>][]} */
  const writes = Object.entries(inputs).map(([name, { values }]) => [name, [values].flat(Infinity).map(Number)]);
  writes.push(["seed", [seed]]);
  const { backend } = await openBackend(
    { plan, module, trial, data },
    { programs: [program], show: [], writes },
    listener,
  );
  try {
    for (const [name, values] of writes) if (backend.has(name)) backend.write(name, values);
    await backend.run("init", 1);
    const comparison = await compare(record, backend, grown);
    return { ...comparison, kind: backend.kind, on: whereabouts(backend) };
  } finally {
    backend.destroy();
  }
}

/**
 * @param {ReplayRecord} record @param {Backend} backend @param {(live: number[]) => void} grown
 * @returns {Promise<Comparison>}
 */
async function compare({ program, times, series }, backend, grown) {
  const names = Object.keys(series);
  const start = performance.now();
  /** @type {ArrayLike<number>[]} */
  let live = [];
  for (let done = 0; done < times; ) {
    const batch = Math.min(times - done, Math.ceil(times / CHUNKS));
    await backend.run(program, batch);
    done += batch;
    live = await Promise.all(names.map((name) => backend.read(name)));
    grown(Array.from(live[0]).slice(0, done));
  }
  const worst = Math.max(...names.map((name, i) => largestDifference(series[name], live[i])));
  const equal = (/** @type {string} */ name, /** @type {number} */ i) =>
    series[name].every((value, step) => Object.is(Math.fround(value), live[i][step]));
  return { worst, same: names.every(equal), seconds: (performance.now() - start) / 1000 };
}
