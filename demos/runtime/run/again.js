/**
 * Runs a figure's model once more, and compares. Loaded when the reader asks for it.
 *
 * In: the figure's record and its plan. Out: the curve while it grows, and how far it is from the built one. It knows
 * nothing of the page.
 */
import { fetchJson } from "../common/data.js";
import { openRunner } from "../gpu/open.js";

/** @typedef {import("../types.d.ts").ReplayRecord} ReplayRecord */

const CHUNKS = 12; // reads while it runs, so that the curve is seen to grow

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

/** @param {ReplayRecord} record @param {(live: number[]) => void} grown: so far, the first of its series */
export async function replay(record, grown) {
  const model = { ...record, plan: fetchJson(record.plan) };
  const { runner, adapter } = await openRunner(model, ["init", record.program]);
  try {
    return { adapter, ...(await run(record, runner, grown)) };
  } finally {
    runner.destroy();
  }
}

/**
 * @param {ReplayRecord} record @param {import("../gpu/runner.js").Runner} runner
 * @param {(live: number[]) => void} grown
 */
async function run({ inputs = {}, seed, program, times, series }, runner, grown) {
  for (const [name, value] of Object.entries(inputs)) runner.write(name, [value.values].flat(Infinity).map(Number));
  if (runner.has("seed")) runner.write("seed", [seed]);
  await runner.run("init");
  const names = Object.keys(series);
  const start = performance.now();
  /** @type {ArrayLike<number>[]} */
  let live = [];
  for (let done = 0; done < times; ) {
    const batch = Math.min(times - done, Math.ceil(times / CHUNKS));
    await runner.run(program, batch);
    done += batch;
    live = await Promise.all(names.map((name) => runner.read(name)));
    grown(Array.from(live[0]).slice(0, done));
  }
  const worst = Math.max(...names.map((name, i) => largestDifference(series[name], live[i])));
  return { worst, seconds: (performance.now() - start) / 1000 };
}
