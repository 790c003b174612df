/**
 * Whether this page can compute on the processor: before anything of it is loaded.
 *
 * In: the browser, and the policy of the page's host. Out: a sentence. What is computed, it does not know.
 */

/** A module with one function, which makes a vector of sixteen bytes and counts the ones in each. */
const VECTORS = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** @returns {string} why nothing can be computed on the processor, "" where it can */
export function processorRefused() {
  if (!globalThis.WebAssembly) return "This browser has no WebAssembly.";
  if (!WebAssembly.validate(VECTORS)) return "This browser's WebAssembly has no SIMD.";
  try {
    return new WebAssembly.Module(VECTORS) && "";
  } catch {
    return "The policy of this page's host does not allow WebAssembly.";
  }
}
