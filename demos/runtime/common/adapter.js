/**
 * What can be known before a GPU is opened: whether there is one, and whether it is one. And the errors that readers
 * see.
 *
 * In: nothing. Out: `findAdapter()`, `isSoftware()`, `DemoError`, `explain()`. What is done with an adapter,
 * `device.js` knows.
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

/** How long a browser may take to say whether there is a GPU: some never say it. */
const ADAPTER_MS = 2000;

/**
 * @returns {Promise<GPUAdapter | null>} null where there is no WebGPU, or where the browser does not answer; of the
 *   compatibility mode where that is all that the GPU can do
 */
export function findAdapter() {
  const lesser = /** @type {GPURequestAdapterOptions} */ ({ featureLevel: "compatibility" });
  const ask = async () => (await navigator.gpu?.requestAdapter()) ?? navigator.gpu?.requestAdapter(lesser);
  const silence = new Promise((resolve) => setTimeout(resolve, ADAPTER_MS, null));
  return Promise.race([ask().catch(() => null), silence]).then((adapter) => adapter ?? null);
}

/** Names of drivers that compute on the processor. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|\bwarp\b|software/i;

/** @param {GPUAdapter} adapter @returns {boolean} whether it is no GPU, but a program that stands in for one */
export function isSoftware(adapter) {
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  return Boolean(isFallbackAdapter) || SOFTWARE.test(`${vendor} ${architecture} ${device} ${description}`);
}
