/**
 * A plan on the page's device, with its data. Loaded when something is to run.
 *
 * In: a plan, and where its data lie. Out: a runner, and what its adapter is called. What is run, `gpu-backend.js` and
 * `again.js` know.
 */
import { fillFrom } from "../common/datasets.js";
import { openDevice } from "./device.js";
import { createRunner } from "./runner.js";

/** @typedef {import("../types.d.ts").Plan} Plan */

/**
 * @param {Plan | Promise<Plan>} wanted @param {Record<string, import("../types.d.ts").DataSet> | undefined} data
 * @param {(string | undefined)[]} first programs that shall be compiled before it resolves, where the plan has them
 * @returns {Promise<{ runner: import("./runner.js").Runner, adapter: string }>}
 */
export async function openRunner(wanted, data, first) {
  const [plan, gpu] = await Promise.all([wanted, openDevice()]);
  const programs = Object.keys(plan?.programs ?? {}).filter((each) => first.includes(each));
  const runner = await createRunner(gpu.device, plan, fillFrom(data), programs);
  if (!gpu.lost) return { runner, adapter: gpu.adapter };
  runner.destroy(); // the device went meanwhile, when there was no run to hear of it
  return openRunner(plan, data, first);
}
