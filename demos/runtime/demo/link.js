/**
 * A demo's state in the address' fragment, so that a link is an experiment: #demo-id?seed=2&learning_rate=0.3.
 *
 * In: a demo. Out: the fragment, or the demo set as a fragment says; what that does, `demo.js` knows. Nothing of a link
 * is trusted: what is out of bounds is left out.
 */
import { short } from "./experiment.js";

/** @typedef {import("./demo.js").Demo} Demo */

/**
 * @param {Demo} demo @param {boolean} [trained] as far as it is now
 * @returns {string} the fragment that brings another reader here
 */
export function linkOf({ element, experiment, lookedAt }, trained = false) {
  const { seed, settings, initial, edited, inputs } = experiment;
  const parts = seed === 1 ? [] : [`seed=${seed}`];
  for (const [name, value] of settings) {
    if (value === initial.get(name)) continue;
    parts.push(`${name}=${encodeURIComponent(typeof value === "number" ? short(value, 4) : value)}`);
  }
  for (const name of edited) {
    const numbers = Array.from(inputs.get(name) ?? [], (value) => short(value, 3)).join();
    parts.push(`${name}=${numbers.replace(/(,0)+$/, "")}`); // unused rows at the end are zero
  }
  if (trained) parts.push(`step=${lookedAt}`);
  return `#${element.id}${parts.length ? "?" : ""}${parts.join("&")}`;
}

/**
 * @param {string} text @param {import("../types.d.ts").Setting} initial
 * @returns {import("../types.d.ts").Setting} of the same type
 */
const parsed = (text, initial) =>
  typeof initial === "number" ? Number(text || NaN) : typeof initial === "boolean" ? text === "true" : text;

/** @param {Demo} demo @param {URLSearchParams} state of a link; what it does not name goes back to its initial value */
export function obey(demo, state) {
  const { experiment } = demo;
  for (const [name, initial] of experiment.initial) {
    const text = state.get(name);
    const value = text === null ? initial : parsed(text, initial);
    if (experiment.allows(name, value)) demo.set(name, value);
  }
  for (const [name, held] of experiment.inputs) {
    const text = state.get(name);
    if (text === null || experiment.settings.has(name)) continue;
    const numbers = text.split(",").map(Number);
    if (numbers.length > held.length || !numbers.every(Number.isFinite)) continue;
    demo.edit(
      name,
      Array.from(held, (_, i) => numbers[i] ?? 0),
    );
  }
  const seed = Number(state.get("seed") ?? 1);
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) experiment.seed = seed;
  demo.reset();
}
