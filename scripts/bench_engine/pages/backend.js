/**
 * A demo on the processor, as its page has it: a module that the build made, in a worker, up to its first finished
 * step; and how long this page's own compiler takes for the plan.
 *
 * In: the files of a plan, `/plan.json`, `/module.wasm` and `/data.json`, which names its data sets. Out:
 * `window.bench`, whose methods Python calls.
 */
import { compile } from "../../../demos/runtime/compiler/compiler.js";
import { openBackend } from "../../../demos/runtime/run/processor-backend.js";
import functions from "../../../shaders/processor/functions.wgsl";

const fetched = (name) => fetch(name).then((response) => response.json());

window.bench = {
  /** Milliseconds from nothing but the page's scripts to a backend, and to a step whose result is here. */
  async first() {
    const began = performance.now();
    const listener = {
      lost: (sentence) => console.error(sentence),
      failed: (error) => console.error(error),
    };
    const model = { plan: fetched("/plan.json"), module: "/module.wasm", trial: "", data: await fetched("/data.json") };
    const { programs } = await model.plan; // a race has a step for each of its models: the first is taken
    const step = Object.keys(programs).find((name) => name.endsWith("step"));
    const backend = await openBackend(model, [step], listener);
    const opened = performance.now();
    const { name } = backend.plan.buffers.find((each) => each.name && each.role !== "data");
    await backend.run("init", 1);
    await backend.run(step, 1);
    await backend.read(name, 0, 1);
    const ended = performance.now();
    backend.destroy();
    return { open: opened - began, first: ended - began };
  },
  /** Milliseconds. The compiler has not run before, so that most of it is not compiled itself. */
  async compiled() {
    const plan = await fetched("/plan.json");
    const began = performance.now();
    const { length } = compile(plan, functions);
    return { compile: performance.now() - began, bytes: length };
  },
};
