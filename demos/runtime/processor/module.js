/**
 * A plan's module, compiled once a page: demos of one model share its code, and nothing else.
 *
 * In: the URL of a module. Out: the module, or a sentence. What it computes, it does not know.
 */
import { DemoError } from "../common/errors.js";
import { processorRefused } from "./support.js";

/** @type {Map<string, Promise<WebAssembly.Module>>} */
const compiled = new Map();

/** @param {string} url @returns {Promise<WebAssembly.Module>} throws DemoError where it is not to be had */
export function compiledModule(url) {
  const known = compiled.get(url);
  if (known) return known;
  const compiling = fetchModule(url);
  compiled.set(url, compiling);
  compiling.catch(() => compiled.delete(url)); // so that another click may try again
  return compiling;
}

/** @param {string} url @returns {Promise<WebAssembly.Module>} */
async function fetchModule(url) {
  const refused = processorRefused();
  if (refused) throw new DemoError(refused);
  const response = await fetch(url).catch((error) => {
    throw new DemoError(`${url} could not be loaded (${error.message}).`);
  });
  if (!response.ok) throw new DemoError(`${url} could not be loaded (${response.status}).`);
  try {
    // Some hosts send another type, which would be refused.
    const streamed = response.headers.get("Content-Type") === "application/wasm";
    if (streamed) return await WebAssembly.compileStreaming(response);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    throw new DemoError(`${url} is no module that this browser can compile: ${message}.`);
  }
}
