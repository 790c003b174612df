/** Ours: the demos' own plan runner, on the plan that Python lowered. */
import { openDevice } from "../../../demos/runtime/gpu/device.js";
import { createRunner } from "../../../demos/runtime/gpu/runner.js";
import { serve } from "./bench.js";

let device, plan, runner;

serve({
  async open() {
    [{ device }, plan] = await Promise.all([openDevice(), fetch("/plan.json").then((response) => response.json())]);
  },
  async build({ arrays, outputs, parameters }) {
    runner = await createRunner(device, plan, () => null);
    await runner.run("init");
    for (const [name, { data }] of Object.entries(arrays)) runner.write(name, data);
    const last = parameters.length ? "loss" : outputs[0];
    return {
      async run(times) {
        await runner.run("step", times);
        return (await runner.read(last, 0, 1))[0];
      },
      async results() {
        const names = parameters.length ? parameters : outputs;
        const values = await Promise.all(names.map((name) => runner.read(name)));
        return Object.fromEntries(names.map((name, i) => [name, values[i]]));
      },
    };
  },
  /** A program of the plan, so many times. */
  async each(name, times) {
    await runner.run(name, times);
    await device.queue.onSubmittedWorkDone();
  },
});
