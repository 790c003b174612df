/**
 * Which backend computes a model: the one place that chooses. What it chooses is loaded when it is wanted.
 *
 * In: a model, and what is to be done with it. Out: an open backend, and a sentence where it is not the one that was to
 * be expected. The reader's choice comes first; then a GPU that is one, unless the processor is faster with this plan;
 * then the processor.
 */
import { DemoError, explain } from "../common/errors.js";
import { checkPlan } from "../common/check.js";
import { recall, remember } from "../common/storage.js";
import { chosen, machines } from "./choice.js";
import { newsOf } from "./news.js";

/** @typedef {import("../types.d.ts").BuiltModel} BuiltModel */
/** @typedef {import("./backend.js").Backend} Backend */
/** @typedef {import("./backend.js").BackendListener} BackendListener */
/** @typedef {import("./backend.js").Kind} Kind */
/** @typedef {import("./measure.js").Job} Job */
/** @typedef {{ backend: Backend, sentence: string }} Opened */

const FILES = { gpu: () => import("./gpu-backend.js"), processor: () => import("./processor-backend.js") };

/** @param {Backend} backend @returns {string} in a sentence */
export const whereabouts = ({ kind, adapter }) => (kind === "gpu" ? adapter : "the processor");

/**
 * @param {BuiltModel} model @param {Job} job @param {BackendListener} listener
 * @returns {Promise<Opened>} throws DemoError where none can be opened; whether there may be one, `demandOne` says
 */
export async function openBackend(model, job, listener) {
  checkPlan(await model.plan); // no backend can run one that lies
  const { refused, software } = await machines();
  const wish = chosen();
  const able = /** @type {Kind[]} */ (["gpu", "processor"]).filter((kind) => !refused[kind]);
  const measured = recall(model.module);
  if (!wish && able.length > 1 && !software && !measured) return openFaster(model, job, listener);
  const first = wish ?? (software ? "processor" : measured);
  const kinds = able.sort((a, b) => Number(b === first) - Number(a === first));
  const failures = wish && refused[wish] ? [refused[wish]] : [];
  return openFirst(kinds, failures, model, job, listener);
}

/** @param {Kind} kind @param {BuiltModel} model @param {Job} job @param {BackendListener} listener */
async function openOne(kind, model, { programs, show }, listener) {
  const { openBackend: open } = await FILES[kind]();
  return open(model, ["init", ...programs, ...show], listener);
}

/**
 * @param {Kind[]} kinds in the order in which they are tried @param {string[]} failures so far, as sentences
 * @param {BuiltModel} model @param {Job} job @param {BackendListener} listener
 * @returns {Promise<Opened>}
 */
async function openFirst(kinds, failures, model, job, listener) {
  for (const kind of kinds) {
    try {
      const backend = await openOne(kind, model, job, listener);
      const sentence = failures.length ? `${failures.join(" ")} The demo runs on ${whereabouts(backend)}.` : "";
      return { backend, sentence };
    } catch (error) {
      const said = explain(error, `Opening the ${kind === "gpu" ? "GPU" : "processor"}`);
      const sentence = /[.?!]$/.test(said) ? said : `${said}.`;
      if (!failures.includes(sentence)) failures.push(sentence);
    }
  }
  throw new DemoError(failures.join(" "));
}

/**
 * Opens both, measures both for a moment, and keeps the faster: a GPU that is not slower, else the processor.
 * @param {BuiltModel} model @param {Job} job @param {BackendListener} listener
 * @returns {Promise<Opened>}
 */
async function openFaster(model, job, listener) {
  /** @type {Kind | undefined} */
  let kept;
  /** Why some were lost before one was kept. @type {Map<Kind, string>} */
  const lost = new Map();
  /** @param {Kind} kind @returns {BackendListener} what the other one says is of no interest */
  const hear = (kind) => ({
    lost: (sentence) => void (kept ? kept === kind && listener.lost(sentence) : lost.set(kind, sentence)),
    failed: (error) => kept === kind && listener.failed(error),
  });
  const open = (/** @type {Kind} */ kind) =>
    openFirst([kind], [], model, job, hear(kind)).catch((error) => /** @type {Error} */ (error));
  const [gpu, processor, { processorIsFaster }] = await Promise.all([
    open("gpu"),
    open("processor"),
    import("./measure.js"),
  ]);
  if (gpu instanceof Error || processor instanceof Error) {
    const only = gpu instanceof Error ? processor : gpu;
    if (only instanceof Error) throw joined(gpu, only);
    kept = only.backend.kind;
    return gpu instanceof Error ? { ...only, sentence: `${gpu.message} The demo runs on the processor.` } : only;
  }
  const measured = processorIsFaster(gpu.backend, processor.backend, job);
  const faster = await measured.catch((error) => newsOf(error).then(() => undefined));
  // Only of two that lived is one the faster.
  const isProcessor = lost.has("gpu") || (faster !== false && !lost.has("processor"));
  const [winner, loser] = isProcessor ? [processor, gpu] : [gpu, processor];
  kept = winner.backend.kind;
  loser.backend.destroy();
  if (faster !== undefined && !lost.size) remember(model.module, kept);
  const sentence = lost.get(kept);
  if (sentence) listener.lost(sentence); // both are gone
  return winner;
}

/** @param {unknown} first @param {Error} second @returns {DemoError} */
function joined(first, second) {
  const said = first instanceof Error && first.message !== second.message ? `${first.message} ` : "";
  return new DemoError(`${said}${second.message}`);
}
