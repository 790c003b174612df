/**
 * What this browser can compute with, and what the reader wants it to compute with. Loaded with the run.
 *
 * In: the browser, and the tab's storage. Out: kinds of backends (backend.js), and sentences why not. It opens none;
 * `open-backend.js` does.
 */
import { findAdapter, isSoftware } from "../common/adapter.js";
import { DemoError } from "../common/errors.js";
import { recall, remember } from "../common/storage.js";
import { processorRefused } from "../processor/support.js";

/** @typedef {import("./backend.js").Kind} Kind */
/** Why a kind cannot be used, "" where it can; and whether the GPU is one that the processor plays. */
/** @typedef {{ refused: Record<Kind, string>, software: boolean }} Machines */

const KEY = "compute-on";

/** @param {string | null} value @returns {value is Kind} */
const isKind = (value) => value === "gpu" || value === "processor";

/** @returns {Kind | undefined} what the reader chose in this tab */
export function chosen() {
  const kind = recall(KEY);
  return isKind(kind) ? kind : undefined;
}

/** @param {Kind} kind */
export const choose = (kind) => remember(KEY, kind);

async function find() {
  const adapter = await findAdapter();
  const refused = {
    gpu: adapter ? "" : navigator.gpu ? "This browser finds no GPU for WebGPU." : "This browser has no WebGPU.",
    processor: processorRefused(),
  };
  return { refused, software: adapter !== null && isSoftware(adapter) };
}

/** @type {Promise<Machines> | undefined} */
let found;

/** @returns {Promise<Machines>} asked once a page */
export function machines() {
  found ??= find();
  return found;
}

/** @throws {DemoError} where this browser can compute nothing */
export async function demandOne() {
  const { gpu, processor } = (await machines()).refused;
  if (gpu && processor) throw new DemoError(`This demo cannot run here. ${gpu} ${processor}`);
}
