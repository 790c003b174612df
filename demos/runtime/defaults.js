/**
 * What inputs and settings are before anyone touches them.
 *
 * In: a plan, a manifest, a definition's controls. Out: entries of the maps that a demo holds. It does not know what changes them.
 */
import { sizeOf } from "./data.js";

/** @typedef {import("./types.d.ts").Numbers} Numbers */
/** @typedef {string | number | boolean} Setting */

/** @param {any} values nested lists @returns {number[]} */
const flat = (values) => [values].flat(Infinity).map(Number);

/** @param {Map<string, Numbers>} held: those of another plan stay as they are, where they fit @param {import("./types.d.ts").Plan} plan @param {import("./types.d.ts").Manifest} manifest */
export function fillInputs(held, plan, { inputs = {} }) {
  for (const { name, role, dtype, shape, initial } of plan.buffers ?? []) {
    if (!name || name === "seed" || role !== "input") continue;
    if (!(sizeOf(shape) > 0 && sizeOf(shape) <= 2 ** 25)) continue; // check.js says so when the plan is to run
    const values = inputs[name] ? flat(inputs[name].values) : new Array(sizeOf(shape)).fill(initial ?? 0);
    if (held.get(name)?.length !== values.length)
      held.set(name, dtype === "u32" ? Uint32Array.from(values) : Float32Array.from(values));
  }
}

/** @param {Map<string, Setting>} held: options are there already @param {Record<string, import("./types.d.ts").Control>} controls @param {Map<string, Numbers>} inputs */
export function fillSettings(held, controls, inputs) {
  for (const [name, { value, min, values }] of Object.entries(controls)) {
    const input = inputs.get(name);
    const own = value ?? min ?? Object.keys(values ?? {})[0] ?? false;
    if (!held.has(name)) held.set(name, input ? (min === undefined && !values ? input[0] !== 0 : input[0]) : own);
  }
}
