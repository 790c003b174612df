/**
 * A plan on the page's device, with its data, and kernels that have passed their trial there. Loaded when something is
 * to run.
 *
 * In: a model, that is a plan, its trial, and where its data lie. Out: a runner, and what its adapter is called. What
 * is run, `gpu-backend.js` knows.
 */
import { fillFrom } from "../common/datasets.js";
import { openDevice } from "./device.js";
import { createRunner } from "./runner.js";
import { Trials, WrongDeviceError } from "./trials.js";

/** How long after a failure the browser may take to say that the device was lost, which would be the reason. */
const NEWS_MS = 500;

/**
 * @param {import("../types.d.ts").BuiltModel} model
 * @param {(string | undefined)[]} first programs that shall be prepared before it resolves, where the plan has them
 * @returns {Promise<{ runner: import("./runner.js").Runner, adapter: string }>}
 */
export async function openRunner(model, first) {
  const { data, trial } = model;
  const [plan, gpu] = await Promise.all([model.plan, openDevice()]);
  const programs = Object.keys(plan?.programs ?? {}).filter((each) => first.includes(each));
  /** @param {import("./pipelines.js").Pipelines} pipelines */
  const trusted = (pipelines) => {
    const trials = new Trials(pipelines, gpu.adapter, trial);
    return (/** @type {number[]} */ kernels) => trials.pass(kernels);
  };
  try {
    const runner = await createRunner(gpu.device, plan, fillFrom(data), { first: programs, trusted });
    if (!gpu.lost) return { runner, adapter: gpu.adapter };
    runner.destroy(); // the device went meanwhile, when there was no run to hear of it
  } catch (error) {
    const silence = new Promise((resolve) => setTimeout(resolve, NEWS_MS));
    if (!(error instanceof WrongDeviceError)) await Promise.race([gpu.device.lost, silence]);
    if (!gpu.lost) throw error;
  }
  return openRunner(model, first);
}
