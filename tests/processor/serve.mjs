/**
 * Compiles plans and runs them, for tests in Python: one process for all of them.
 *
 * In: a line of JSON for each request on standard input. Out: a line of JSON for each answer. Numbers travel in base64.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { compile } from "../../demos/runtime/compiler/compiler.js";
import { encode } from "../../demos/runtime/compiler/encoder.js";
import { kernelOf } from "../../demos/runtime/compiler/kernel.js";
import { layoutOf } from "../../demos/runtime/compiler/layout.js";
import { called, integer } from "../../demos/runtime/compiler/nodes.js";
import { parse } from "../../demos/runtime/compiler/parser.js";
import { agrees, expectedOf, trialsOf } from "../../demos/runtime/common/trial.js";

const functions = readFileSync(new URL("../../shaders/processor/functions.wgsl", import.meta.url), "utf8");
const instances = new Map();

function bytesOf({ plan, memory, layout }, name) {
  const index = plan.buffers.findIndex((buffer) => buffer.name === name);
  const length = plan.buffers[index].shape.reduce((product, each) => product * each, 4);
  return Buffer.from(memory.buffer, layout.addresses[index], length);
}

const bytesOfTrial = ({ allocations }) => allocations.reduce((sum, bytes) => sum + bytes, 0);

const answers = {
  compile({ plan }) {
    const start = performance.now();
    const module = compile(plan, functions);
    const ms = performance.now() - start;
    return { module: Buffer.from(module).toString("base64"), ms, ...layoutOf(plan) };
  },
  /** A module whose program `run` runs its only dispatch in parts, which end at `cuts`. */
  parts({ plan, cuts }) {
    const { addresses, pages } = layoutOf(plan);
    const [step] = plan.programs.run.steps;
    const { source, entry, constants } = plan.kernels[step.kernel];
    const { wgsl, file } = plan.sources[source];
    const bytes = plan.buffers.map((buffer) => 4 * buffer.shape[0]);
    const dispatch = { entry, constants, params: {}, bytes, workgroups: step.workgroups };
    const { callable } = kernelOf(parse(wgsl, file), file, dispatch, () => null);
    const body = cuts.map((cut, i) => {
      const operands = [...step.bindings.map((each) => addresses[each]), cuts[i - 1] ?? 0, cut];
      return { kind: "do", node: called(callable, operands.map(integer)) };
    });
    const run = { ...callable, parameters: [], locals: [], body, exported: "run" };
    return { module: Buffer.from(encode([callable, run], pages)).toString("base64") };
  },
  trial: ({ plan }) => ({ trial: expectedOf(plan, compile, functions), bytes: trialsOf(plan).map(bytesOfTrial) }),
  /** The kernels of a plan, by file, whose trial finds no fault in what kernels of other sources give. */
  blind({ plan, sources }) {
    const [right, other] = [plan, { ...plan, sources }].map((each) => expectedOf(each, compile, functions).programs);
    const buffers = trialsOf(plan).flatMap((trial) => trial.buffers);
    const same = Object.entries(right).filter(([kernel, expected]) =>
      Object.entries(expected).every(([name, numbers]) => {
        const { dtype } = buffers.find((each) => each.name === name);
        return agrees(numbers, other[kernel][name], dtype, false);
      }),
    );
    return { blind: same.map(([kernel]) => plan.sources[plan.kernels[kernel].source].file) };
  },
  open({ id, plan, module }) {
    const layout = layoutOf(plan);
    const memory = new WebAssembly.Memory({ initial: layout.pages });
    const imports = { plan: { memory, scratch: new WebAssembly.Global({ value: "i32" }, layout.scratch) } };
    const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(module, "base64")), imports);
    instances.set(id, { plan, memory, layout, exports: instance.exports });
    return {};
  },
  fill: ({ id, bytes }) => void Buffer.from(bytes, "base64").copy(Buffer.from(instances.get(id).memory.buffer)) ?? {},
  write: ({ id, name, bytes }) => void Buffer.from(bytes, "base64").copy(bytesOf(instances.get(id), name)) ?? {},
  run({ id, program, times }) {
    const start = performance.now();
    for (let i = 0; i < times; i++) instances.get(id).exports[program]();
    return { ms: performance.now() - start };
  },
  read: ({ id, name }) => ({ bytes: bytesOf(instances.get(id), name).toString("base64") }),
  forget: () => void instances.clear() ?? {},
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = answers[request.ask](request);
  } catch (error) {
    answer = { error: error.message, kind: error.name, stack: error.stack };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
