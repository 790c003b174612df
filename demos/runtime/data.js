/**
 * Fetches what a demo is made of: manifest, plans, recordings, data sets. Each URL once a page.
 *
 * In: URLs. Out: parsed JSON and typed arrays. It does not check plans; `plan.js` does.
 */
import { DemoError } from "./device.js";

/** @typedef {import("./types.d.ts").DataSet} DataSet */

/** @param {readonly number[]} shape */
export const sizeOf = (shape) => shape.reduce((product, length) => product * length, 1);

/** @type {Map<string, Promise<any>>} */
const fetched = new Map();

/** @param {string} url @param {(response: Response) => Promise<any>} parse */
function once(url, parse) {
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

/**
 * @param {DataSet | undefined} set @param {"f32" | "u32"} dtype of the buffer that wants it
 * @returns {Promise<Float32Array | Uint32Array>} bytes become numbers here: a byte a pixel travels, four are computed with
 */
export async function fetchData(set, dtype) {
  if (!set) throw new DemoError("The plan asks for a data set that the manifest does not name.");
  const bytes = /** @type {ArrayBuffer} */ (await once(set.url, (response) => response.arrayBuffer()));
  const raw = set.dtype === "u8" ? new Uint8Array(bytes) : set.dtype === "u32" ? new Uint32Array(bytes) : new Float32Array(bytes);
  const scale = set.scale ?? 1;
  return dtype === "u32" ? Uint32Array.from(raw) : Float32Array.from(raw, (value) => value * scale);
}
