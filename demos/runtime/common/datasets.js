/**
 * What the buffers of a plan hold before anything has run: data sets, and initial values. Loaded when something is to
 * run.
 *
 * In: a plan, entries of a manifest. Out: typed arrays. It does not know what they mean.
 */
import { DemoError } from "./errors.js";
import { checkNumbers, once, sizeOf } from "./data.js";

/** @typedef {import("../types.d.ts").DataSet} DataSet */
/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {(buffer: import("../types.d.ts").PlanBuffer) => Promise<Numbers> | null} Fill */

/**
 * @param {DataSet | undefined} set @param {"f32" | "u32"} dtype of the buffer that wants it
 * @returns {Promise<Numbers>} bytes become numbers here: a byte a pixel travels, four are computed with
 */
async function fetchData(set, dtype) {
  if (!set) throw new DemoError("The plan asks for a data set that the manifest does not name.");
  const bytes = /** @type {ArrayBuffer} */ (await once(set.url, (response) => response.arrayBuffer()));
  const raw =
    set.dtype === "u8" ? new Uint8Array(bytes) : set.dtype === "u32" ? new Uint32Array(bytes) : new Float32Array(bytes);
  const scale = set.scale ?? 1;
  return dtype === "u32" ? Uint32Array.from(raw) : Float32Array.from(raw, (value) => value * scale);
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
 * @returns {Promise<[name: string, values: ArrayLike<number>][]>} throws DemoError where data do not fit the plan
 */
export async function initialNumbers({ buffers }, fill) {
  const sets = await Promise.all(buffers.map((buffer) => (buffer.role === "data" ? fill(buffer) : null)));
  return buffers.flatMap((buffer, i) => {
    const { name, shape, initial } = buffer;
    const set = sets[i];
    if (set) checkNumbers(buffer, set);
    const values = set ?? (typeof initial === "number" ? new Float64Array(sizeOf(shape)).fill(initial) : null);
    return name && values ? [[name, values]] : [];
  });
}
