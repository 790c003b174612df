/**
 * What can be known before a GPU is opened: whether there is one, and whether it is one.
 *
 * In: nothing. Out: `findAdapter()`, `isSoftware()`. What is done with an adapter, `device.js` knows.
 */

/** How long a browser may take to say whether there is a GPU: some never say it. */
const ADAPTER_MS = 2000;

/**
 * @returns {Promise<GPUAdapter | null | undefined>} null where there is none, undefined where the browser does not
 *   answer; of the compatibility mode where that is all that the GPU can do
 */
export function findAdapter() {
  const lesser = /** @type {GPURequestAdapterOptions} */ ({ featureLevel: "compatibility" });
  const ask = async () =>
    (await navigator.gpu?.requestAdapter()) ?? (await navigator.gpu?.requestAdapter(lesser)) ?? null;
  const silence = /** @type {Promise<undefined>} */ (new Promise((resolve) => setTimeout(resolve, ADAPTER_MS)));
  return Promise.race([ask().catch(() => null), silence]);
}

/** Names of drivers that compute on the processor. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|\bwarp\b|software/i;

/** @param {GPUAdapter} adapter @returns {boolean} whether it is no GPU, but a program that stands in for one */
export function isSoftware(adapter) {
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  return Boolean(isFallbackAdapter) || SOFTWARE.test(`${vendor} ${architecture} ${device} ${description}`);
}
