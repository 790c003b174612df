/**
 * Fetches what a demo is made of: manifest, plans, recordings. Each URL once a page.
 *
 * In: URLs. Out: parsed JSON. It does not check plans; `plan.js` does.
 */
import { DemoError } from "./adapter.js";

/** @param {readonly number[]} shape */
export const sizeOf = (shape) => shape.reduce((product, length) => product * length, 1);

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
