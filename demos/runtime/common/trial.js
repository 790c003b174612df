/**
 * The check before trust: each kernel of a plan, run once on known input, and what a right device then finds.
 *
 * In: a plan. Out: trials, that is plans with the same kernels, what their buffers hold before, which of their numbers
 * are looked at, and what those are, computed by the same kernels as WebAssembly. It knows nothing of devices:
 * `gpu/trials.js` runs the trials on one.
 */
import limits from "../../../shaders/device/limits.json" with { type: "json" };
import { layoutOf } from "../compiler/layout.js";
import { ARRAYS, sizeOf } from "./data.js";

/** @typedef {import("../types.d.ts").Plan} Plan */
/** @typedef {import("../types.d.ts").PlanBuffer} PlanBuffer */
/** @typedef {import("../types.d.ts").Step} Step */
/** @typedef {import("../types.d.ts").Trial} Trial */
/** @typedef {import("../types.d.ts").Numbers} Numbers */

/**
 * How far a right device may be from what is expected, as a share of it, or of a tenth of the largest number looked at.
 * WGSL lets `sin` and `cos` be wrong by 2^-11 however small they are, and `exp(x)` by 3 + 2 |x| units of the last
 * place. Half precision rounds to 11 bits: both operands, their product and some sums of it.
 */
const TOLERANCE = { full: 2 ** -9, half: 2 ** -7 };
/** Inputs change by this share, up or down, to find the numbers that rounding could change by more than allowed. */
const NUDGE = 2 ** -16;
/** Numbers looked at beyond the first; a prime, so that in rows of any even width they stand in different columns. */
const SPREAD = 7;
/** A whole number without a bound is a seed, a count or an index: small, so that it points into most tables. */
const SMALL = 8;
/** Bytes that kernels tried at once bind, at most; a kernel that binds more is tried alone. */
const GROUP_BYTES = limits.maxBufferSize;
/** Elements by which the buffers of one dispatch start apart in the pattern, so that no two of them are equal. */
const APART = limits.minStorageBufferOffsetAlignment / 4;

/** @param {number} i @returns {number} 32 bits: the fractional part of i² times the golden ratio */
const spread = (i) => Math.imul(Math.imul(i, i) + 1, 0x9e3779b1) >>> 0;

/**
 * Neither 0 nor near it, below 1, exact in f32 and f16, and two of them are equal or far more than rounding apart: what
 * kernels divide by, take roots and logarithms of, and compare, is then well conditioned.
 * @param {number} bits 32 of them @returns {number} 129/512, 131/512, … or 383/512
 */
const fraction = (bits) => (129 + 2 * (bits >>> 25)) / 512;

/**
 * @param {PlanBuffer} buffer of a trial, whose role is data @param {number} [nudge]
 * @returns {Numbers} what it holds before any program runs
 */
export function patternOf({ name, shape, dtype, bound }, nudge = 0) {
  const first = APART * Number(name?.split(".")[1] ?? 0);
  const length = sizeOf(shape);
  const numbers = new ARRAYS[dtype](length);
  const least = dtype === "i32" ? -SMALL / 2 : 0;
  const limit = bound ?? SMALL;
  for (let i = 0; i < length; i++) {
    const bits = spread(first + i);
    const share = () => fraction(bits) * (bits & 256 ? 1 + nudge : 1 - nudge);
    numbers[i] = dtype === "f32" ? share() : ((bits >>> 8) % limit) + least;
  }
  return numbers;
}

/**
 * @param {number} length of a buffer
 * @returns {number[]} the places that are looked at: the first, where what counts steps points, and some up to the last
 */
export function sampledAt(length) {
  const places = Array.from({ length: SMALL }, (_, i) => i).filter((i) => i < length);
  for (let k = 1; k <= SPREAD; k++) places.push(Math.round((k * (length - 1)) / SPREAD));
  return [...new Set(places)];
}

/** @param {Numbers} array @returns {number[]} about twelve of its numbers */
export const sampleOf = (array) => sampledAt(array.length).map((at) => array[at]);

/** @param {Plan} plan @param {Step} step @returns {number} bytes that it binds */
const bytesOf = ({ buffers }, { bindings }) =>
  bindings.reduce((sum, index) => sum + 4 * sizeOf(buffers[index].shape), 0);

/** @param {Plan} plan @returns {Map<number, Step>} for each kernel in use the smallest dispatch of it */
function smallestSteps(plan) {
  /** @type {Map<number, Step>} */
  const smallest = new Map();
  for (const step of Object.values(plan.programs).flatMap(({ steps }) => steps)) {
    const known = smallest.get(step.kernel);
    if (!known || bytesOf(plan, step) < bytesOf(plan, known)) smallest.set(step.kernel, step);
  }
  return smallest;
}

/** The buffers of a trial. */
class Buffers {
  /** @type {PlanBuffer[]} */
  all = [];
  /** Bytes. @type {number[]} */
  allocations = [];
  /** Where the pattern of a type and bound is, as long as its longest reader wants. @type {Map<string, number>} */
  #patterns = new Map();

  /**
   * @param {PlanBuffer} buffer of the plan @param {string} name
   * @returns {number} the place of one like it, which holds the pattern until a kernel writes it
   */
  written({ shape, dtype, bound = null }, name) {
    const allocation = this.allocations.push(4 * sizeOf(shape)) - 1;
    const data = { name, shape, dtype, bound, allocation, offset: 0, initial: null, source: null };
    return this.all.push({ ...data, role: "data" }) - 1;
  }

  /** @param {PlanBuffer} buffer of the plan @param {number} slot @returns {number} the place of one that is read */
  read(buffer, slot) {
    const { shape, dtype, bound } = buffer;
    const name = `${dtype} below ${bound ?? "any"}`;
    const at = this.#patterns.get(name) ?? this.written({ ...buffer, shape: [1] }, name);
    this.#patterns.set(name, at);
    const pattern = this.all[at];
    const offset = 4 * APART * slot;
    pattern.shape = [Math.max(pattern.shape[0], APART * slot + sizeOf(shape))];
    this.allocations[pattern.allocation] = 4 * pattern.shape[0];
    return this.all.push({ ...pattern, name: null, shape, role: "scratch", offset }) - 1;
  }
}

/**
 * @param {Plan} plan @param {Set<number>} [wanted] kernels by number, by default all in use
 * @returns {Plan[]} that can be run one after the other, so that they never take much memory at once. What a kernel
 *   gives does not depend on which others are tried with it
 */
export function trialsOf(plan, wanted) {
  /** @type {Map<number, Step>[]} */
  const groups = [];
  let left = 0;
  for (const [kernel, step] of smallestSteps(plan)) {
    if (wanted && !wanted.has(kernel)) continue;
    const bytes = bytesOf(plan, step);
    if (bytes > left) {
      groups.push(new Map());
      left = GROUP_BYTES;
    }
    groups[groups.length - 1].set(kernel, step);
    left -= bytes;
  }
  return groups.map((steps) => trialOf(plan, steps));
}

/**
 * @param {Plan} plan @param {Map<number, Step>} dispatches of kernels
 * @returns {Plan} a program for each kernel, by its number: its dispatch, on buffers that hold a pattern. What is only
 *   read is one pattern for all, read from different places; what is written is named KERNEL.BINDING
 */
function trialOf(plan, dispatches) {
  const buffers = new Buffers();
  /** @type {Plan["programs"]} */
  const programs = {};
  for (const [kernel, step] of dispatches) {
    const { access } = plan.kernels[kernel];
    const bindings = step.bindings.map((index, slot) => {
      const buffer = plan.buffers[index];
      return access[slot] === "read" ? buffers.read(buffer, slot) : buffers.written(buffer, `${kernel}.${slot}`);
    });
    const outputs = bindings.flatMap((index) => buffers.all[index].name ?? []);
    programs[kernel] = { inputs: [], outputs, steps: [{ ...step, bindings }] };
  }
  return { ...plan, allocations: buffers.allocations, buffers: buffers.all, programs };
}

/**
 * @param {Plan} plan a trial @param {WebAssembly.Module} module of it @param {number} nudge
 * @returns {number[][]} what is looked at of each buffer, after all programs have run
 */
function samples(plan, module, nudge) {
  const { addresses, scratch, pages } = layoutOf(plan);
  const memory = new WebAssembly.Memory({ initial: pages });
  const imports = { plan: { memory, scratch: new WebAssembly.Global({ value: "i32" }, scratch) } };
  const { exports } = new WebAssembly.Instance(module, imports);
  const arrays = plan.buffers.map(
    ({ dtype, shape }, i) => new ARRAYS[dtype](memory.buffer, addresses[i], sizeOf(shape)),
  );
  for (const [i, buffer] of plan.buffers.entries()) if (buffer.role === "data") arrays[i].set(patternOf(buffer, nudge));
  for (const program of Object.keys(plan.programs)) /** @type {() => void} */ (exports[program])();
  return arrays.map(sampleOf);
}

/** @param {number} value @returns {number} as many digits as matter: a whole number has all of its own */
const short = (value) => (Number.isInteger(value) ? value : Number(value.toPrecision(6)));

/**
 * @param {Plan} plan checked before
 * @param {(plan: Plan, functions: string) => BufferSource} compile @param {string} functions for it
 * @returns {Trial} null stands for a number that nobody can rely on: it is not finite, or rounding may change it by
 *   more than a right device is allowed to differ
 */
export function expectedOf(plan, compile, functions) {
  const programs = trialsOf(plan).flatMap((trial) => expectedOfTrial(trial, compile, functions));
  return { programs: Object.fromEntries(programs) };
}

/**
 * @param {Plan} trial @param {(plan: Plan, functions: string) => BufferSource} compile @param {string} functions for it
 * @returns {[program: string, Trial["programs"][string]][]}
 */
function expectedOfTrial(trial, compile, functions) {
  const module = new WebAssembly.Module(compile(trial, functions));
  const [found, nudged] = [0, NUDGE].map((nudge) => samples(trial, module, nudge));
  return Object.entries(trial.programs).map(([program, { steps }]) => {
    const written = steps[0].bindings.filter((index) => trial.buffers[index].name);
    const expected = written.map((index) => {
      const { name, dtype } = trial.buffers[index];
      const sure = agreement(found[index], nudged[index], dtype, TOLERANCE.full / 2);
      return [name, found[index].map((value, i) => (sure[i] ? short(value) : null))];
    });
    return [program, Object.fromEntries(expected)];
  });
}

/**
 * @param {(number | null)[]} expected @param {number[]} found
 * @param {import("../types.d.ts").DType} dtype @param {number} tolerance
 * @returns {boolean[]} of each number
 */
function agreement(expected, found, dtype, tolerance) {
  const largest = Math.max(0, ...expected.map((value) => Math.abs(value ?? 0)).filter(Number.isFinite));
  return expected.map((value, i) => {
    if (value === null || dtype !== "f32") return value === null || value === found[i];
    return Math.abs(found[i] - value) <= tolerance * Math.max(Math.abs(value), largest / 10);
  });
}

/**
 * @param {(number | null)[]} expected @param {number[]} found on a device @param {import("../types.d.ts").DType} dtype
 * @param {boolean} half whether the kernel ran in half precision
 */
export function agrees(expected, found, dtype, half) {
  return agreement(expected, found, dtype, half ? TOLERANCE.half : TOLERANCE.full).every(Boolean);
}
