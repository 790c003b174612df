/**
 * Ours on the processor: the plan that Python lowered, compiled here by the runtime's own compiler, and run by this
 * thread.
 */
import { compile } from "../../../demos/runtime/compiler/compiler.js";
import { layoutOf } from "../../../demos/runtime/compiler/layout.js";
import functions from "../../../shaders/processor/functions.wgsl";
import { serve, sizeOf } from "./bench.js";

let plan;

serve({
  async open() {
    plan = await fetch("/plan.json").then((response) => response.json());
  },
  async build({ arrays, outputs, parameters }) {
    const began = performance.now();
    const bytes = compile(plan, functions);
    const compiled = performance.now();
    const { addresses, scratch, pages } = layoutOf(plan);
    const memory = new WebAssembly.Memory({ initial: pages });
    const imports = { plan: { memory, scratch: new WebAssembly.Global({ value: "i32" }, scratch) } };
    const { instance } = await WebAssembly.instantiate(bytes, imports);
    const instantiated = performance.now();
    const views = new Map(
      plan.buffers.map(({ name, dtype, shape }, i) => {
        const Kind = dtype === "u32" ? Uint32Array : Float32Array;
        return [name, new Kind(memory.buffer, addresses[i], sizeOf(shape))];
      }),
    );
    instance.exports.init();
    for (const [name, { data }] of Object.entries(arrays)) views.get(name).set(data);
    const last = parameters.length ? "loss" : outputs[0];
    return {
      parts: { compile: compiled - began, instantiate: instantiated - compiled },
      async run(times) {
        for (let i = 0; i < times; i++) instance.exports.step();
        return views.get(last)[0];
      },
      async results() {
        const names = parameters.length ? parameters : outputs;
        return Object.fromEntries(names.map((name) => [name, views.get(name).slice()]));
      },
    };
  },
});
