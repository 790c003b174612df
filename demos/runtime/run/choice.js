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
/**
 * Why a kind cannot be used, "" where it can; whether the GPU is one that the processor plays, and whether the browser
 * has not said yet if there is a GPU.
 * @typedef {{ refused: Record<Kind, string>, software: boolean, silent: boolean }} Machines
 */

const KEY = "compute-on";

/** @param {string | null} value @returns {value is Kind} */
const isKind = (value) => value === "gpu" || value === "processor";

/** @returns {Kind | undefined} what the reader chose in this tab */
export function chosen() {
  const kind = recall(KEY);
  return isKind(kind) ? kind : undefined;
}

async function find() {
  const adapter = await findAdapter();
  const silent = adapter === undefined;
  const none = silent ? "This browser did not answer whether there is a GPU." : "This browser finds no GPU for WebGPU.";
  const refused = {
    gpu: adapter ? "" : navigator.gpu ? none : "This browser has no WebGPU.",
    processor: processorRefused(),
  };
  return { refused, software: Boolean(adapter && isSoftware(adapter)), silent };
}

/** @type {Promise<Machines> | undefined} */
let found;

/** @param {Kind} kind: a browser that did not answer is asked again */
export async function choose(kind) {
  remember(KEY, kind);
  if ((await found)?.silent) found = undefined;
}

/** @returns {Promise<Machines>} asked once a page, unless the reader chooses after an answer that did not come */
export function machines() {
  found ??= find();
  return found;
}

/** @throws {DemoError} where this browser can compute nothing */
export async function demandOne() {
  const { gpu, processor } = (await machines()).refused;
  if (gpu && processor) throw new DemoError(`Nothing can be computed here. ${gpu} ${processor}`);
}
