/**
 * What a run of a demo begins with, and what is read of it for words and numbers.
 *
 * In: a demo with its plan. Out: actions, and values. It keeps nothing.
 */

import { startOf } from "./trained.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("./journal.js").Action} Action */

/** @param {Demo} demo @returns {[string, ArrayLike<number>][]} copies of its inputs and seed, as its plan has them */
export function writtenOf({ plan, experiment }) {
  const has = (/** @type {string} */ name) => plan?.buffers.some((each) => each.name === name);
  const written = [...experiment.inputs, .../** @type {[string, number[]][]} */ ([["seed", [experiment.seed]]])];
  return written.filter(([name]) => has(name)).map(([name, values]) => [name, values.slice()]);
}

/** @param {[string, ArrayLike<number>][]} written @returns {Action[]} */
const writesOf = (written) => written.map(([name, values]) => ["write", name, values]);

/** @param {Demo} demo @returns {Action[]} its inputs and its seed, then `init`, then what was trained, if that */
export function beginningOf(demo) {
  return [...writesOf(writtenOf(demo)), ["run", "init", 1], ...writesOf(startOf(demo)?.state ?? [])];
}

/**
 * @param {Demo} demo @param {import("./backend.js").Backend} backend
 * @returns {Promise<Record<string, import("../types.d.ts").Numbers>>} rejects when the backend went, or the demo did
 */
export async function readWanted({ definition, views, experiment }, backend) {
  const wanted = [...(definition.reads ?? []), "loss.history", ...views.flatMap(({ reads = [] }) => reads)];
  const names = [...new Set(wanted)].filter((name) => backend.has(name) && !experiment.inputs.has(name));
  const arrays = await Promise.all(names.map((name) => backend.read(name)));
  return Object.fromEntries(names.map((name, i) => [name, arrays[i]]));
}
