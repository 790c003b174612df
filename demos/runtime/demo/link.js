/**
 * A demo's state in the address' fragment, so that a link is an experiment: #demo-id?preset=xor&points@6=0.1,0.2.
 *
 * In: a demo. Out: the fragment. Who opens one, read-link.js knows. Of an input it keeps what differs from the preset
 * that was chosen: whole, or from the places that differ, whichever is shorter. With the training, settings are as
 * they were when it began, and then as they were changed: learning_rate@78=100 before the step that follows step 78.
 */
import { OWN } from "./presets.js";
import { short } from "./experiment.js";

/** @typedef {import("./demo.js").Demo} Demo */
/** @typedef {import("../types.d.ts").Numbers} Numbers */

const NEAR = 4; // so many equal numbers between two that differ are shorter than another name

/**
 * @param {Demo} demo @param {boolean} [trained] as far as it is now
 * @returns {string} the fragment that brings another reader here
 */
export function linkOf({ element, experiment, lookedAt }, trained = false) {
  const { seed, settings, initial, edited, inputs, presets, texts, changes } = experiment;
  const repeated = trained && !changes.trouble(lookedAt, settings);
  const parts = seed === 1 ? [] : [`seed=${seed}`];
  for (const [name, setting] of settings) {
    const now = setting === OWN ? (presets.chosen.get(name) ?? setting) : setting;
    const value = (repeated ? changes.first(name) : undefined) ?? now;
    if (value !== initial.get(name)) parts.push(`${name}=${written(value)}`);
  }
  for (const name of edited) {
    const held = inputs.get(name);
    if (!held || settings.has(name)) continue;
    const text = texts.get(name)?.decode(held);
    const base = presets.bases.get(name);
    const part = text === undefined ? shorter(name, held, base) : `${name}=${encodeURIComponent(text)}`;
    if (part) parts.push(part);
  }
  for (const { name, step, value } of repeated ? changes.upTo(lookedAt, settings) : [])
    parts.push(`${name}@${step}=${written(value)}`);
  if (trained && lookedAt) parts.push(`step=${lookedAt}`);
  return `#${element.id}${parts.length ? "?" : ""}${parts.join("&")}`;
}

/** @param {import("../types.d.ts").Setting} value @returns {string} of a number enough digits for the same f32 */
function written(value) {
  if (typeof value !== "number") return encodeURIComponent(value);
  let digits = 4;
  while (digits < 9 && Math.fround(short(value, digits)) !== Math.fround(value)) digits++;
  return `${short(value, digits)}`;
}

/** @param {string} name @param {Numbers} held @param {Numbers} [base] @returns {string} "" where nothing differs */
function shorter(name, held, base = held.slice().fill(NaN)) {
  const numbers = Array.from(held, (value) => `${short(value, 3)}`);
  const whole = `${name}=${numbers.join().replace(/(,0)+$/, "")}`; // unused rows at the end are zero
  /** @type {[number, number][]} */
  const runs = [];
  for (const [i, value] of held.entries()) {
    const last = runs.at(-1);
    if (value === base[i]) continue;
    if (last && i - last[1] <= NEAR) last[1] = i + 1;
    else runs.push([i, i + 1]);
  }
  const parts = runs.map(([from, to]) => `${name}@${from}=${numbers.slice(from, to).join()}`).join("&");
  return parts.length < whole.length ? parts : whole;
}
