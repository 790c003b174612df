/**
 * The experiment that a reader has set up: settings, inputs and seed, all that a link keeps. What is refused changes
 * nothing.
 *
 * In: a definition's controls, a manifest, plans. Out: what runs are to begin with. It does not know what follows from
 * a change; `demo.js` does.
 */
import { DemoError } from "../common/errors.js";
import { ARRAYS, checkNumbers, fetchJson, sizeOf } from "../common/data.js";
import { Changes } from "./changes.js";
import { OWN, Presets } from "./presets.js";

/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {import("../types.d.ts").Setting} Setting */

/** As in a link: whole numbers in full, others to so many digits. @param {number} value @param {number} digits */
export const short = (value, digits) => (Number.isInteger(value) ? value : +value.toPrecision(digits));

/** @param {import("../types.d.ts").PlanBuffer} buffer @param {Numbers} held of another plan @returns {boolean} */
function fits(buffer, held) {
  try {
    checkNumbers(buffer, held, true);
    return held instanceof ARRAYS[buffer.dtype];
  } catch {
    return false;
  }
}

export class Experiment {
  /** @type {import("../types.d.ts").Plan | undefined} */
  plan;
  seed = 1;
  /** @type {Map<string, Setting>} */
  settings = new Map();
  /** What settings were before anyone touched them. @type {Map<string, Setting>} */
  initial = new Map();
  /** What the reader or the demo may write. @type {Map<string, Numbers>} */
  inputs = new Map();
  /** Inputs that the reader made by hand: part of the link. @type {Set<string>} */
  edited = new Set();
  /** @type {Record<string, (string | number | boolean)[]>} */
  options = {};
  /** Inputs that are as the plan gives them, since it could not take what they held. @type {string[]} */
  givenBack = [];
  /** Whether it is being set as a link says: the address keeps that link. */
  reading = false;
  // What views say of the inputs that they let a reader edit: a link is held to it.
  /** Between what an input's numbers lie; of two, the second is that of every second number. */
  limits = /** @type {Map<string, [number, number][]>} */ (new Map());
  pointSets = /** @type {import("../types.d.ts").PointInputs[]} */ ([]);
  /** Inputs that are text to readers. */
  texts = /** @type {Map<string, import("../types.d.ts").TextCode>} */ (new Map());

  /** @param {Record<string, import("../types.d.ts").Control>} controls */
  constructor(controls) {
    this.controls = controls;
    this.presets = new Presets(controls);
    this.changes = new Changes();
  }

  /** The address stays as it is meanwhile. @param {() => void} set */
  quietly(set) {
    this.reading = true;
    try {
      set();
    } finally {
      this.reading = false;
    }
  }

  /** @param {import("../types.d.ts").Manifest} manifest every option gets its first value, as text */
  open(manifest) {
    this.manifest = manifest;
    this.options = manifest.options ?? {};
    for (const [name, [first]] of Object.entries(this.options)) this.settings.set(name, `${first}`);
  }

  /** @returns {import("../types.d.ts").PlanFiles} for the options as they are set */
  get files() {
    const options = Object.keys(this.options).map((name) => `${name}=${this.settings.get(name)}`);
    const found = this.manifest?.plans[options.join()];
    if (!found) throw new DemoError(`There is no plan for ${options.join() || "this demo"}.`);
    return found;
  }

  /** @returns {Promise<import("../types.d.ts").Plan>} for the options as they are set; it is ours if they still are */
  async loadPlan() {
    const { url } = this.files;
    /** @type {import("../types.d.ts").Plan} */
    const plan = await fetchJson(url);
    if (url === this.files.url) {
      this.plan = plan;
      this.fillInputs(plan);
    }
    return plan;
  }

  /** @param {string} name of an input @returns {number[] | undefined} what the author's experiment writes */
  given(name) {
    const given = this.manifest?.inputs?.[name];
    return given && [given.values].flat(Infinity).map(Number);
  }

  /**
   * Inputs as they are before anyone touches them; those of another plan stay, where they fit.
   * @param {import("../types.d.ts").Plan} plan
   */
  fillInputs(plan) {
    for (const buffer of plan.buffers ?? []) {
      const { name, role, dtype, shape, initial } = buffer;
      if (!name || name === "seed" || role !== "input") continue;
      if (!(sizeOf(shape) > 0 && sizeOf(shape) <= 2 ** 25)) continue; // check.js says so when the plan is to run
      const first = Array.isArray(initial) ? initial : new Array(sizeOf(shape)).fill(initial ?? 0);
      const values = this.given(name) ?? first;
      const before = this.inputs.get(name);
      if (before && fits(buffer, before)) continue;
      const held = ARRAYS[dtype].from(values);
      this.inputs.set(name, held);
      this.presets.bases.set(name, held.slice());
      if (before) this.#giveBack(name, before);
    }
  }

  /** @param {string} name of an input that is as the plan gives it @param {Numbers} before what it held */
  #giveBack(name, before) {
    this.edited.delete(name);
    this.#show(name);
    this.presets.written(name, this.inputs, this.settings);
    if (before.some((each) => each !== 0)) this.givenBack.push(name);
  }

  /** The setting of an input says what it holds. @param {string} name */
  #show(name) {
    const [setting, held] = [this.settings.get(name), this.inputs.get(name)];
    if (setting !== undefined && held) this.settings.set(name, typeof setting === "boolean" ? held[0] !== 0 : held[0]);
  }

  /** Settings that are no options, as they are before anyone touches them. */
  fillSettings() {
    for (const [name, { value, min, values, sets, press }] of Object.entries(this.controls)) {
      if (press) continue; // a button is in no state
      const input = this.inputs.get(name);
      const own = value ?? min ?? Object.keys(values ?? {})[0] ?? false;
      if (this.settings.has(name)) continue;
      this.settings.set(name, input ? (min === undefined && !values ? input[0] !== 0 : input[0]) : own);
      if (sets) this.presets.chosen.set(name, own);
    }
    this.initial = new Map(this.settings);
  }

  /**
   * Whether its control could have been moved there, to the digits that a link keeps: an input of f32 holds 0.01 as
   * 0.00999…, which is within a slider's bounds all the same.
   * @param {string} name @param {Setting} value
   */
  allows(name, value) {
    const { min = -Infinity, max = Infinity, step, values, sets } = this.controls[name] ?? {};
    if (this.options[name]) return this.options[name].some((each) => `${each}` === `${value}`);
    if (value === this.initial.get(name)) return true;
    if (sets && value === OWN) return this.presets.owned.has(name);
    if (values) return Object.hasOwn(values, `${value}`);
    const [low, here, high] = [min, Number(value), max].map((each) => short(each, 4));
    const whole = !(this.inputs.get(name) instanceof Float32Array) || (Number.isInteger(step) && Number.isInteger(min));
    return Number.isFinite(here) && low <= here && here <= high && !(whole && !Number.isInteger(here));
  }

  /**
   * @param {string} name @param {import("../types.d.ts").PlanBuffer | undefined} buffer of the plan
   * @param {ArrayLike<number>} values @returns {Numbers} a copy of what it holds now; throws DemoError where it cannot
   */
  write(name, buffer, values) {
    const held = this.inputs.get(name);
    if (!held || !buffer) throw new DemoError(`${name} is no input of this model.`);
    checkNumbers(buffer, values, true); // a link can't say what is not finite
    held.set(values);
    this.edited.delete(name);
    this.#show(name);
    this.presets.written(name, this.inputs, this.settings);
    return held.slice();
  }
}
