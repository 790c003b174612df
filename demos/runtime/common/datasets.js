/**
 * What the buffers of a plan hold before anything has run: data sets, and initial values. Loaded when something is to
 * run.
 *
 * In: a plan, entries of a manifest. Out: typed arrays. It does not know what they mean.
 */
import { DemoError } from "./errors.js";
import { ARRAYS, once, sizeOf } from "./data.js";

/** @typedef {import("../types.d.ts").DataSet} DataSet */
/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {(buffer: import("../types.d.ts").PlanBuffer) => Promise<Numbers> | null} Fill */

/**
 * @param {DataSet | undefined} set @param {import("../types.d.ts").DType} dtype of the buffer that wants it
 * @returns {Promise<Numbers>} bytes become numbers here: a byte a pixel travels, four are computed with
 */
async function fetchData(set, dtype) {
  if (!set) throw new DemoError("The plan asks for a data set that the manifest does not name.");
  const bytes = /** @type {ArrayBuffer} */ (await once(set.url, (response) => response.arrayBuffer()));
  const raw = set.dtype === "u8" ? new Uint8Array(bytes) : new ARRAYS[set.dtype](bytes);
  if (dtype !== "f32") return new ARRAYS[dtype](raw);
  const { scale = 1 } = set;
  const numbers = new Float32Array(raw);
  for (let i = 0; i < numbers.length; i++) numbers[i] = raw[i] * scale;
  return numbers;
}

/**
 * @param {Record<string, DataSet> | undefined} data by the names of data sets, and what an author wrote before the run
 *   by that of its buffer, which comes first
 * @returns {Fill} fetches what a buffer of role data holds
 */
export const fillFrom =
  (data) =>
  ({ name, source, dtype }) => {
    const set = data?.[name ?? ""] ?? data?.[source ?? ""];
    return set || source ? fetchData(set, dtype) : null;
  };

/**
 * @param {import("../types.d.ts").Plan} plan checked before @param {Fill} fill null where a buffer stays empty
 * @returns {Promise<[name: string, values: Numbers][]>} to be written; whether they fit the plan, writing them tells
 */
export async function initialNumbers({ buffers }, fill) {
  const sets = await Promise.all(buffers.map((buffer) => (buffer.role === "data" ? fill(buffer) : null)));
  return buffers.flatMap(({ name, shape, dtype, initial }, i) => {
    const Numbers = ARRAYS[dtype];
    const first = Array.isArray(initial) ? Numbers.from(initial) : new Numbers(sizeOf(shape)).fill(initial ?? 0);
    const values = sets[i] ?? (initial === null ? null : first);
    return name && values ? [[name, values]] : [];
  });
}
