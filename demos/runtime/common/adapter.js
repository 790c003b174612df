/**
 * What can be known before a GPU is opened: whether there is one. And the errors that readers see.
 *
 * In: nothing. Out: `findAdapter()`, `DemoError`, `explain()`. What is done with an adapter, `device.js` knows.
 */

/** A sentence for the reader; anything else that is thrown is our own mistake. */
export class DemoError extends Error {}

/**
 * @param {unknown} error @param {string} what stopped
 * @returns {string} for the reader; a mistake also goes to the console
 */
export function explain(error, what) {
  if (error instanceof DemoError) return error.message;
  console.error(error);
  return `${what} stopped: ${/** @type {Error} */ (error).message}`;
}

/** @returns {Promise<GPUAdapter | null>} null where there is no WebGPU */
export async function findAdapter() {
  try {
    return (await navigator.gpu?.requestAdapter()) ?? null;
  } catch {
    return null;
  }
}

/** @param {GPUAdapter} adapter @returns {boolean} whether the processor plays it */
export const isSoftware = ({ info }) =>
  info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|software/i.test(`${info.description} ${info.device}`);
