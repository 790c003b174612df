/**
 * The page's one GPU device: opened when first asked for, replaced when lost. Loaded when something is to run.
 *
 * In: nothing. Out: `openDevice()` and news of losses and errors to whoever listens. It knows nothing of plans or
 * demos.
 */
import { findAdapter } from "../common/adapter.js";
import { DemoError } from "../common/errors.js";
import { OPTIONAL } from "../common/check.js";

/** @typedef {{ device: GPUDevice, adapter: string, lost: boolean }} Gpu */
/** @typedef {{ lost: (sentence: string) => void, failed: (sentence: string) => void }} Listener */

/** How long opening a device may take; browsers have kept silent when their GPU process was in trouble. */
const DEVICE_MS = 10_000;
/** Browsers forbid a page, or a whole site, any GPU after a few crashes, so it is tried again rarely. */
const RETRY_MS = 30_000;
const RETRIES = 2;

/** @type {Promise<Gpu> | undefined} */
let opened;
/** @type {Set<Listener>} */
const listeners = new Set();
/** How often a device was lost, and how often one was asked for after that. */
let losses = 0;
let retries = 0;
/** From when on one may be asked for. */
let retryAt = 0;

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

/** @param {GPUAdapter} adapter @returns {Promise<GPUDevice>} */
async function requestDevice(adapter) {
  const features = /** @type {GPUFeatureName[]} */ (Object.keys(OPTIONAL));
  // Without limits asked for, a device has those that WebGPU promises everywhere (shaders/device/limits.json).
  const asked = adapter.requestDevice({ requiredFeatures: features.filter((each) => adapter.features.has(each)) });
  const silence = new Promise((resolve) => setTimeout(resolve, DEVICE_MS));
  const device = await Promise.race([asked, silence]);
  if (device) return device;
  asked.then((late) => late.destroy()).catch(() => {});
  throw new Error(`it did not answer within ${DEVICE_MS / 1000} seconds.`);
}

async function open() {
  const adapter = await findAdapter();
  if (!adapter) throw new DemoError("This browser offers no WebGPU adapter.");
  const device = await requestDevice(adapter);
  device.onuncapturederror = ({ error }) => {
    const sentence = refusal(error);
    for (const each of [...listeners]) each.failed(sentence);
  };
  const gpu = { device, adapter: describe(adapter), lost: false };
  const openedAt = performance.now();
  device.lost.then(({ reason }) => {
    gpu.lost = true;
    opened = undefined;
    losses++;
    if (reason !== "destroyed") retryAt = Math.max(retryAt, openedAt + RETRY_MS); // a crash, which may come again
    for (const each of [...listeners]) each.lost(`${gpu.adapter} was lost.`);
  });
  return gpu;
}

/**
 * @param {GPUDevice} device
 * @returns {boolean} whether its vertex shaders can read buffers, which the compatibility mode does not promise
 */
export function drawsFromBuffers({ limits }) {
  return /** @type {{ maxStorageBuffersInVertexStage?: number }} */ (limits).maxStorageBuffersInVertexStage !== 0;
}

/** @param {GPUError} error @returns {string} a sentence */
export function refusal(error) {
  if (error instanceof GPUOutOfMemoryError) return "The GPU has not enough memory left for this.";
  return `The GPU refused a command: ${firstLine(error.message)}`;
}

/** @returns {string} why no device may be asked for now, empty where one may */
function forbidden() {
  if (!losses) return "";
  if (retries >= RETRIES) return "The GPU was lost again and again. Reload the page to try it once more.";
  const left = Math.ceil((retryAt - performance.now()) / 1000);
  return left > 0 ? `The GPU was lost; it may be tried again in ${left} s.` : "";
}

/**
 * @returns {Promise<Gpu>} the page's device. Throws DemoError where there is none to be had, and, after losses, where
 *   it is too early to ask for one
 */
export function openDevice() {
  if (opened) return opened;
  const sentence = forbidden();
  if (sentence) return Promise.reject(new DemoError(sentence));
  if (losses) {
    retries++;
    retryAt = performance.now() + RETRY_MS;
  }
  opened = open().catch((error) => {
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
