/**
 * Data sets as the numbers that a plan computes with. Loaded when something is to run.
 *
 * In: entries of a manifest. Out: typed arrays. It does not know what they mean.
 */
import { DemoError } from "./adapter.js";
import { once } from "./data.js";

/** @typedef {import("../types.d.ts").DataSet} DataSet */

/**
 * @param {DataSet | undefined} set @param {"f32" | "u32"} dtype of the buffer that wants it
 * @returns {Promise<Float32Array | Uint32Array>} bytes become numbers here: a byte a pixel travels, four are computed
 *   with
 */
export async function fetchData(set, dtype) {
  if (!set) throw new DemoError("The plan asks for a data set that the manifest does not name.");
  const bytes = /** @type {ArrayBuffer} */ (await once(set.url, (response) => response.arrayBuffer()));
  const raw =
    set.dtype === "u8" ? new Uint8Array(bytes) : set.dtype === "u32" ? new Uint32Array(bytes) : new Float32Array(bytes);
  const scale = set.scale ?? 1;
  return dtype === "u32" ? Uint32Array.from(raw) : Float32Array.from(raw, (value) => value * scale);
}
