/**
 * Sets a demo as a link says, with all that the link does not name as it was at first. Loaded with the first link.
 *
 * In: a demo and the state of a link, which nothing trusts. Out: settings, inputs, seed, a run at its start, or at the
 * link's step. What the plan, the controls or the views do not allow is left out, and a sentence says so.
 */
import { checkNumbers, sizeOf } from "../common/data.js";
import { numeral } from "../common/numbers.js";
import { MOST_CHANGES } from "./changes.js";
import { OWN } from "./presets.js";

/** @typedef {import("./demo.js").Demo} Demo */
/** @typedef {import("./experiment.js").Experiment} Experiment */
/** @typedef {import("../types.d.ts").Setting} Setting */
/** @typedef {{ values?: number[], wrong?: string }} Found of an input: its numbers, or what is wrong with them */

const AT = /^(.*)@(\d{1,9})$/; // "points@6": from the seventh number on
const MOST = 2 ** 32;

/** @param {string} text of a link, as far as a sentence has room for it */
const quoted = (text) => (text.length > 20 ? `${text.slice(0, 20)}…` : text);

/**
 * @param {string} text @param {Setting | undefined} initial
 * @returns {Setting} of the same type
 */
function parsed(text, initial) {
  if (typeof initial === "number") return Number(text || NaN);
  if (typeof initial !== "boolean") return text;
  return text === "true" || (text === "false" ? false : NaN);
}

/**
 * @param {URLSearchParams} state @param {string} name @param {number} otherwise where the link does not name it
 * @returns {number} NaN where it is no u32
 */
function wholeOf(state, name, otherwise) {
  const value = Number((state.get(name) ?? `${otherwise}`) || NaN);
  return Number.isInteger(value) && value >= 0 && value < MOST ? value : NaN;
}

/**
 * @param {Demo} demo @param {URLSearchParams} state
 * @returns {Promise<string[]>} what was left out, when the rest is set and the run is at its start
 */
export async function obey(demo, state) {
  const { experiment } = demo;
  const refused = unknownIn(experiment, state);
  const names = [...experiment.initial.keys()];
  const isOption = (/** @type {string} */ name) => Object.hasOwn(experiment.options, name);
  experiment.quietly(() => setControls(demo, names.filter(isOption), state, refused));
  await experiment.loadPlan(); // whose shapes and bounds count
  for (const name of ["seed", "step"])
    if (Number.isNaN(wholeOf(state, name, 0)))
      refused.push(`${name} is a whole number from 0 to ${MOST - 1}, not ${quoted(`${state.get(name)}`)}`);
  experiment.quietly(() => {
    const others = names.filter((name) => !isOption(name));
    setControls(demo, others, state, refused);
    setInputs(demo, state, refused);
    const seed = wholeOf(state, "seed", 1);
    experiment.seed = Number.isNaN(seed) ? 1 : seed;
    demo.pause();
    demo.reset();
  });
  return refused;
}

/**
 * What the link says is seen, untrained, or trained to its step.
 * @param {Demo} demo @param {URLSearchParams} state @param {string[]} refused
 */
export async function show(demo, state, refused) {
  await demo.wake();
  if (!demo.awake) return; // and why has been said
  const step = wholeOf(state, "step", 0);
  const changes = changesOf(demo.experiment, state, step, refused);
  const late = step ? await (await import("./train-to.js")).trainTo(demo, step, changes) : "";
  const left = refused.length ? `Part of this link was left out: ${refused.join("; ")}.` : "";
  if (left || late) demo.panel.say([left, late].filter(Boolean).join(" "), true);
}

/** @param {Experiment} experiment @param {URLSearchParams} state @returns {string[]} what the demo does not have */
function unknownIn({ initial, inputs }, state) {
  const has = (/** @type {string} */ name) => initial.has(name) || inputs.has(name);
  const nameOf = (/** @type {string} */ key) => AT.exec(key)?.[1] ?? key;
  const names = new Set([...state.keys()].map((key) => (has(nameOf(key)) ? nameOf(key) : key)));
  const known = (/** @type {string} */ name) => has(name) || ["seed", "step"].includes(name);
  return [...names].filter((name) => !known(name)).map((name) => `the demo has no “${quoted(name)}”`);
}

/**
 * @param {Experiment} experiment @param {URLSearchParams} state @param {number} last step of the training
 * @param {string[]} refused
 * @returns {import("./changes.js").Change[]} of settings, in the order of their steps
 */
function changesOf(experiment, state, last, refused) {
  const { settings, options, controls, initial } = experiment;
  const found = [];
  for (const [key, text] of state) {
    const [, name, at] = AT.exec(key) ?? [];
    if (name === undefined || !settings.has(name)) continue;
    const [value, step, label] = [parsed(text, initial.get(name)), Number(at), controls[name]?.label ?? name];
    if (options[name] || name === "start") refused.push(`${label} cannot change during a training`);
    else if (!(step <= last)) refused.push(`${label} changes at step ${step}, to which the link does not train`);
    else if (value === OWN || !experiment.allows(name, value)) refused.push(`${label} cannot be ${quoted(text)}`);
    else found.push({ name, step, value });
  }
  if (found.length > MOST_CHANGES)
    refused.push(`a link holds ${MOST_CHANGES} changes of settings, not ${found.length}`);
  return found.slice(0, MOST_CHANGES).sort((a, b) => a.step - b.step);
}

/** @param {Demo} demo @param {string[]} names @param {URLSearchParams} state @param {string[]} refused */
function setControls(demo, names, state, refused) {
  const { experiment } = demo;
  for (const name of names) {
    const initial = experiment.initial.get(name);
    const text = state.get(name);
    const value = text === null ? initial : parsed(text, initial);
    const fine = value !== undefined && value !== OWN && experiment.allows(name, value);
    if (!fine) refused.push(`${experiment.controls[name]?.label ?? name} cannot be ${quoted(`${text}`)}`);
    const set = fine ? value : initial;
    if (set !== undefined) demo.set(name, set);
  }
}

/** @param {Demo} demo @param {URLSearchParams} state @param {string[]} refused */
function setInputs(demo, state, refused) {
  const { experiment } = demo;
  /** @type {Map<string, Found>} */
  const found = new Map();
  for (const name of experiment.inputs.keys()) {
    if (experiment.settings.has(name)) continue;
    const each = read(experiment, name, state);
    if (each) found.set(name, each);
  }
  for (const group of groups(experiment)) {
    const members = group.filter((name) => found.has(name));
    const wrong = members.map((name) => found.get(name)?.wrong).find(Boolean) ?? notTogether(experiment, group, found);
    for (const name of members) if (wrong) found.set(name, { wrong });
  }
  for (const wrong of new Set([...found.values()].map((each) => each.wrong))) if (wrong) refused.push(wrong);
  for (const [name, held] of experiment.inputs) {
    const values = found.get(name)?.values;
    const base = experiment.presets.bases.get(name);
    if (values) demo.edit(name, values);
    else if (base && experiment.edited.has(name) && held.length === base.length) demo.write(name, base);
  }
}

/** @param {Experiment} experiment @returns {string[][]} inputs that count only together */
function groups({ controls, pointSets }) {
  const sets = Object.values(controls).flatMap((control) => (control.sets ? [control.sets] : []));
  return [...sets, ...pointSets.map(({ xy, kind, count }) => (count ? [xy, kind, count] : [xy, kind]))];
}

/**
 * @param {Experiment} experiment @param {string} name @param {URLSearchParams} state
 * @returns {Found | undefined} nothing where the link does not name it
 */
function read(experiment, name, state) {
  const whole = state.get(name);
  const parts = [...state].filter(([key]) => AT.exec(key)?.[1] === name);
  if (whole === null && !parts.length) return;
  const buffer = experiment.plan?.buffers.find((each) => each.name === name);
  if (!buffer) return { wrong: `the model has no ${name}` };
  const size = sizeOf(buffer.shape);
  const text = experiment.texts.get(name);
  try {
    if (text && whole !== null) return { values: Array.from(text.encode(whole)) };
    const values = Array.from(experiment.presets.bases.get(name) ?? new Float32Array(size));
    if (whole !== null) put(values.fill(0), name, 0, whole);
    for (const [key, numbers] of parts) put(values, name, Number(AT.exec(key)?.[2]), numbers);
    checkNumbers(buffer, values, true);
    checkLimits(name, values, experiment.limits.get(name));
    return { values };
  } catch (error) {
    return { wrong: /** @type {Error} */ (error).message.replace(/\.$/, "") };
  }
}

/** @param {number[]} values are changed @param {string} name @param {number} at @param {string} text of numbers */
function put(values, name, at, text) {
  const numbers = text.split(",");
  if (at + numbers.length > values.length)
    throw new Error(`${name} holds ${values.length} numbers, not ${at + numbers.length}`);
  for (const [i, each] of numbers.entries()) values[at + i] = Number(each.trim() || NaN);
}

/** @param {string} name @param {number[]} values @param {[number, number][]} [limits] */
function checkLimits(name, values, limits) {
  if (!limits) return;
  for (const [i, value] of values.entries()) {
    const [low, high] = limits[i % limits.length];
    const slack = 0.01 * (high - low); // a link keeps three digits
    if (!(value >= low - slack && value <= high + slack))
      throw new Error(`${name} holds numbers from ${numeral(low)} to ${numeral(high)}, not ${numeral(value)}`);
  }
}

/**
 * @param {Experiment} experiment @param {string[]} group @param {Map<string, Found>} found
 * @returns {string | undefined} why points, classes and their number do not fit each other
 */
function notTogether({ pointSets, inputs, presets }, group, found) {
  const set = pointSets.find(({ xy }) => group.includes(xy));
  if (!set || !group.some((name) => found.has(name))) return;
  const of = (/** @type {string} */ name) =>
    found.get(name)?.values ?? presets.bases.get(name) ?? inputs.get(name) ?? [];
  const kinds = Array.from(of(set.kind));
  const count = set.count ? (of(set.count)[0] ?? 0) : kinds.length;
  if (count > kinds.length) return `there is room for ${kinds.length} points, not ${numeral(count)}`;
  const odd = kinds.findIndex((kind, i) => !set.classes.includes(kind) && (i < count || kind !== 0));
  if (odd >= 0) return `point ${odd + 1} of ${numeral(count)} has no class that there is (${numeral(kinds[odd])})`;
}
