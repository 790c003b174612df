/**
 * Fetches what a demo is made of: manifest, plans, records. Each URL once a page.
 *
 * In: URLs. Out: parsed JSON. It does not check plans; `check.js` does.
 */
import { DemoError } from "./errors.js";

/** @param {readonly number[]} shape */
export const sizeOf = (shape) => shape.reduce((product, length) => product * length, 1);

/** What holds numbers of each element type. */
export const ARRAYS = { f32: Float32Array, u32: Uint32Array, i32: Int32Array };
/** @param {import("../types.d.ts").Numbers} array @returns {import("../types.d.ts").DType} */
export const dtypeOf = (array) =>
  array instanceof Float32Array ? "f32" : array instanceof Uint32Array ? "u32" : "i32";

/** The smallest and the largest of those that are whole. @type {Partial<Record<string, [number, number]>>} */
export const WHOLE = { u32: [0, 2 ** 32 - 1], i32: [-(2 ** 31), 2 ** 31 - 1] };

/** @param {ArrayLike<number>} values @returns {number} the largest magnitude, those that are no numbers left out */
export function largestOf(values) {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size > largest) largest = size;
  }
  return largest;
}

/**
 * Whether a buffer can hold numbers. What is no whole number would be cut to one, and as an index point nowhere.
 * @param {import("../types.d.ts").PlanBuffer} buffer @param {ArrayLike<number>} values
 * @param {boolean} [finite] whether a float has to be so @throws {DemoError} naming the first that is wrong
 */
export function checkNumbers({ name, shape, dtype, bound }, values, finite) {
  const whole = WHOLE[dtype];
  const [least, most] = whole ? [whole[0], bound == null ? whole[1] : bound - 1] : [0, 0];
  let at = whole || finite ? 0 : values.length;
  if (whole) while (Number.isInteger(values[at]) && values[at] >= least && values[at] <= most) at++;
  else while (at < values.length && Number.isFinite(Math.fround(values[at]))) at++;
  const what = whole ? `whole numbers from ${least} to ${most}` : "numbers";
  if (at < values.length) throw new DemoError(`${name} holds ${what}, not ${values[at]}.`);
  if (values.length !== sizeOf(shape))
    throw new DemoError(`${name} holds ${sizeOf(shape)} numbers, not ${values.length}.`);
}

/** @type {Map<string, Promise<any>>} */
const fetched = new Map();

/** @param {string} url @param {(response: Response) => Promise<any>} parse @returns {Promise<any>} */
export function once(url, parse) {
  const known = fetched.get(url);
  if (known) return known;
  const promise = fetch(url)
    .then((response) => {
      if (!response.ok) throw new Error(`${response.status}`);
      return parse(response);
    })
    .catch((error) => {
      fetched.delete(url); // so that another click may try again
      throw new DemoError(`${url} could not be loaded (${error.message}).`);
    });
  fetched.set(url, promise);
  return promise;
}

/** @param {string} url @returns {Promise<any>} */
export const fetchJson = (url) => once(url, (response) => response.json());
