/**
 * The page's one GPU device: opened when first asked for, replaced when lost. Loaded when something is to run.
 *
 * In: nothing. Out: `openDevice()` and news of losses and errors to whoever listens. It knows nothing of plans or
 * demos.
 */
import { DemoError, findAdapter } from "../common/adapter.js";
import { OPTIONAL } from "../common/check.js";

/** @typedef {{ device: GPUDevice, adapter: string, lost: boolean }} Gpu */
/** @typedef {{ lost: () => void, failed: (sentence: string) => void }} Listener */

/** @type {Promise<Gpu> | undefined} */
let opened;
/** @type {Set<Listener>} */
const listeners = new Set();
/** When devices were lost: three within a minute, and we stop asking for new ones. */
const losses = /** @type {number[]} */ ([]);

/** @param {Listener} listener @returns {() => void} stops listening */
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @param {GPUAdapter} adapter "SwiftShader", "apple metal-3", … : as much as the browser tells */
function describe({ info }) {
  const words = info.description || info.device || `${info.vendor} ${info.architecture}`.trim();
  return words.replace(/ device \(.*| \(.*/i, "").replace(/^google swiftshader$/i, "SwiftShader") || "an unnamed GPU";
}

async function open() {
  const adapter = await findAdapter();
  if (!adapter) throw new DemoError("This browser offers no WebGPU adapter.");
  const requiredFeatures = /** @type {GPUFeatureName[]} */ (
    Object.keys(OPTIONAL).filter((feature) => adapter.features.has(feature))
  );
  // Without limits asked for, a device has those that WebGPU promises everywhere (shaders/device/limits.json).
  const device = await adapter.requestDevice({ requiredFeatures });
  device.onuncapturederror = ({ error }) => {
    const sentence = `The GPU refused a command: ${firstLine(error.message)}`;
    for (const each of [...listeners]) each.failed(sentence);
  };
  const gpu = { device, adapter: describe(adapter), lost: false };
  device.lost.then(() => {
    gpu.lost = true;
    opened = undefined;
    losses.push(performance.now());
    for (const each of [...listeners]) each.lost();
  });
  return gpu;
}

/** @returns {Promise<Gpu>} the page's device. Throws DemoError when there is none to be had. */
export function openDevice() {
  const recent = losses.filter((time) => time > performance.now() - 60_000);
  if (recent.length > 2)
    return Promise.reject(new DemoError("The GPU was lost three times within a minute. Reload the page to try again."));
  opened ??= open().catch((error) => {
    opened = undefined;
    throw error instanceof DemoError
      ? error
      : new DemoError(`The GPU could not be opened: ${firstLine(error.message)}`);
  });
  return opened;
}

/** @param {string} text */
export function firstLine(text) {
  return text.trim().split("\n", 1)[0];
}
