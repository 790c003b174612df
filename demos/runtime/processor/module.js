/**
 * A plan's module, compiled once a page, and whether this page may run WebAssembly at all.
 *
 * In: the URL of a module. Out: the module, or a sentence. What it computes, it does not know.
 */
import { DemoError } from "../common/adapter.js";

/** The smallest module with an instruction of SIMD: a function that gives a vector of zeros. */
const SIMD = Uint8Array.from([
  ...[0, 97, 115, 109, 1, 0, 0, 0], // "\0asm", version 1
  ...[1, 5, 1, 96, 0, 1, 123], // types: () -> v128
  ...[3, 2, 1, 0], // functions: one, of type 0
  ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11], // code: i32.const 0, i8x16.splat
]);

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
  if (typeof WebAssembly !== "object")
    throw new DemoError("This browser has no WebAssembly, by which demos compute on the processor.");
  if (!WebAssembly.validate(SIMD))
    throw new DemoError("This browser's WebAssembly has no SIMD, by which demos compute on the processor.");
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
    throw new DemoError(await reasonOf(url, /** @type {Error} */ (error)));
  }
}

/** @param {string} url @param {Error} error @returns {Promise<string>} */
async function reasonOf(url, { message }) {
  const allowed = await WebAssembly.compile(SIMD).then(
    () => true,
    () => false,
  );
  if (allowed) return `${url} is no module that this browser can compile: ${message}.`;
  return "This site's content policy forbids WebAssembly ('wasm-unsafe-eval'), by which demos compute on the processor.";
}
