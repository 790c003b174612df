/**
 * Runs a plan: checks it, makes its buffers and pipelines once, each program's when it is wanted, then `write`, `run`,
 * `read`.
 *
 * In: a plan (JSON, format 1, not trusted) and a device. Out: a `Runner`. It knows nothing of pages and pictures.
 */
import { DemoError } from "../common/errors.js";
import { PARAMETER_BYTES, checkPlan } from "../common/check.js";
import { NamedBuffers } from "../common/buffers.js";
import { checkNumbers, sizeOf } from "../common/data.js";
import { initialNumbers } from "../common/datasets.js";
import { firstLine, refusal } from "./device.js";
import { Pipelines, usableFeatures } from "./pipelines.js";

/** @typedef {import("../types.d.ts").Plan} Plan */
/** @typedef {import("../types.d.ts").PlanBuffer} PlanBuffer */
/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {{ pipeline: GPUComputePipeline, group: GPUBindGroup, workgroups: number[] }} Dispatch */

/**
 * No one submit should hold the GPU longer: browsers kill a device that is busy for seconds, and the page shares it.
 */
const SUBMIT_MS = 100;
/** A staging buffer that is larger is made for one read: a small one in it would map all of it. */
const KEPT_BYTES = 2 ** 20;

/**
 * @typedef {object} Options
 * @property {string[]} [first] programs that are prepared before it resolves, by default all
 * @property {Pipelines} [pipelines] of a plan with the same kernels, by default its own
 * @property {(pipelines: Pipelines) => (kernels: number[]) => Promise<void>} [trusted] when kernels may be relied on
 *   that were compiled; by default they are
 */

/**
 * @param {GPUDevice} device @param {Plan} plan checked here
 * @param {import("../common/datasets.js").Fill} fill what buffers of data hold
 * @param {Options} [options]
 * @returns {Promise<Runner>} with data and initial inputs written; `init` has not run
 */
export async function createRunner(device, plan, fill, options = {}) {
  checkPlan(plan);
  // Data and the trial first: an error scope must not stay open while anything else of the page may use the device.
  const numbers = await initialNumbers(plan, fill);
  const pipelines = options.pipelines ?? new Pipelines(device, plan, await usableFeatures(device, plan));
  const { first = Object.keys(plan.programs), trusted = () => async () => {} } = options;
  const trust = trusted(pipelines);
  device.pushErrorScope("out-of-memory");
  device.pushErrorScope("validation");
  const runner = new Runner(device, plan, pipelines, trust);
  const preparing = Promise.all(first.map((program) => runner.prepare(program)));
  const scopes = [device.popErrorScope(), device.popErrorScope()];
  preparing.catch(() => {}); // what memory is missing for is not the reason
  try {
    const errors = (await Promise.all(scopes)).filter((each) => each !== null);
    for (const error of errors) throw error;
    await preparing;
    for (const [name, values] of numbers) runner.write(name, values);
    return runner;
  } catch (error) {
    runner.destroy();
    if (error instanceof DemoError) throw error;
    if (error instanceof GPUOutOfMemoryError) throw new DemoError(refusal(error));
    throw new DemoError(`The GPU did not accept this model: ${firstLine(/** @type {Error} */ (error).message)}`);
  }
}

export class Runner {
  /** @type {Map<string, Dispatch[]>} */
  #programs = new Map();
  /**
   * @type {{ slot: GPUBufferBinding & { size: number, offset: number }, dtype: string, resolve: (array: any) => void,
   *   reject: (error: unknown) => void }[]}
   */
  #reads = [];
  /** Staging buffers that are not mapped now. @type {GPUBuffer[]} */
  #free = [];
  /** Where each set of parameters lies. @type {Map<string, GPUBufferBinding & { size: number, offset: number }>} */
  #params;
  #named;
  /** Milliseconds that one run of a program takes, as last measured. @type {Map<string, number>} */
  #cost = new Map();

  /** @type {Map<string, Promise<void>>} */
  #prepared = new Map();
  #pipelines;
  #trusted;
  /** @type {Map<string, GPUBindGroup>} */
  #groups = new Map();

  /**
   * @param {GPUDevice} device @param {Plan} plan @param {Pipelines} pipelines
   * @param {(kernels: number[]) => Promise<void>} trusted when kernels may be relied on that were compiled
   */
  constructor(device, plan, pipelines, trusted) {
    this.device = device;
    this.plan = plan;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    this.allocations = plan.allocations.map((size, i) =>
      device.createBuffer({ label: `${plan.name} ${i}`, size, usage }),
    );
    this.#pipelines = pipelines;
    this.#trusted = trusted;
    this.#named = new NamedBuffers(plan);
    this.#params = this.#upload();
  }

  /**
   * @param {string} program
   * @returns {Promise<void>} when its pipelines are there and trusted: all that are missing compile at once
   */
  prepare(program) {
    const preparing = this.#prepared.get(program) ?? this.#bind(program);
    this.#prepared.set(program, preparing);
    return preparing;
  }

  /** @param {string} program: whether it can be encoded now */
  prepared(program) {
    return this.#programs.has(program);
  }

  /** @param {string} program */
  async #bind(program) {
    if (!Object.hasOwn(this.plan.programs, program))
      throw new DemoError(`The plan ${this.plan.name} has no program called ${program}.`);
    const { steps } = this.plan.programs[program];
    const compiling = steps.map(async (step) => {
      const compiled = this.#pipelines.compiled(step.kernel);
      const group = this.#group(step);
      return { pipeline: await compiled, group, workgroups: this.#pipelines.workgroups(step) };
    });
    const dispatches = await Promise.all(compiling);
    await this.#trusted(steps.map(({ kernel }) => kernel));
    this.#programs.set(program, dispatches);
  }

  /** @param {import("../types.d.ts").Step} step: what its kernel reads and writes there */
  #group({ kernel, bindings, params }) {
    const { name, layout } = this.#pipelines.layout(kernel);
    const key = `${name}:${bindings}:${params ?? ""}`;
    let group = this.#groups.get(key);
    if (!group) {
      const resources = bindings.map((index) => this.#binding(this.plan.buffers[index]));
      if (params) resources.push(/** @type {typeof resources[number]} */ (this.#params.get(`${params}`)));
      const entries = resources.map((resource, binding) => ({ binding, resource }));
      group = this.device.createBindGroup({ layout, entries });
      this.#groups.set(key, group);
    }
    return group;
  }

  /**
   * Uploads all steps' parameters, each set of them once.
   * @returns {Map<string, GPUBufferBinding & { size: number, offset: number }>}
   */
  #upload() {
    const steps = Object.values(this.plan.programs).flatMap((program) => program.steps);
    const sets = new Map(steps.flatMap(({ params }) => (params ? [[`${params}`, params]] : [])));
    if (!sets.size) return new Map();
    const buffer = this.device.createBuffer({
      label: "parameters",
      size: PARAMETER_BYTES * sets.size,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.allocations.push(buffer);
    for (const [i, params] of [...sets.values()].entries())
      this.device.queue.writeBuffer(buffer, PARAMETER_BYTES * i, Uint32Array.from(params));
    return new Map(
      [...sets.keys()].map((key, i) => [key, { buffer, offset: PARAMETER_BYTES * i, size: PARAMETER_BYTES }]),
    );
  }

  /** @param {PlanBuffer} buffer */
  #binding({ allocation, offset, shape }) {
    return { buffer: this.allocations[allocation], offset, size: 4 * sizeOf(shape) };
  }

  /** @param {string} name */
  has(name) {
    return this.#named.has(name);
  }

  /** @param {string} name: where it lies on the GPU, for drawing straight from it */
  buffer(name) {
    const { shape, dtype, role, bound } = this.#named.find(name);
    return { ...this.#binding(this.#named.find(name)), shape, dtype, role, bound };
  }

  /** @param {string} name @param {ArrayLike<number>} values as many as the buffer holds */
  write(name, values) {
    checkNumbers(this.#named.find(name), values);
    const { buffer, offset, dtype } = this.buffer(name);
    const array = dtype === "u32" ? Uint32Array.from(values) : Float32Array.from(values);
    this.device.queue.writeBuffer(buffer, offset, array);
  }

  /** @param {GPUComputePassEncoder} pass @param {string} program @param {number} times */
  encode(pass, program, times = 1) {
    const steps = this.#programs.get(program);
    if (!steps) throw new DemoError(`The plan ${this.plan.name} has no program called ${program}.`);
    /** @type {GPUComputePipeline | undefined} */
    let bound;
    for (let run = 0; run < times; run++) {
      for (const { pipeline, group, workgroups } of steps) {
        if (pipeline !== bound) pass.setPipeline(pipeline);
        bound = pipeline;
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
      }
    }
  }

  /**
   * @param {string} program @param {number} times: one submit if it is known to be short, else as many as keep each
   *   short
   * @returns {Promise<void>} when all is submitted; a `read` after it sees the result
   */
  async run(program, times = 1) {
    if (!this.prepared(program)) await this.prepare(program);
    for (let left = times; left > 0; ) {
      const cost = this.#cost.get(program);
      const batch = Math.min(left, cost === undefined ? 1 : Math.max(1, Math.floor(SUBMIT_MS / cost)), 4096);
      const encoder = this.device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      this.encode(pass, program, batch);
      pass.end();
      const start = performance.now();
      this.device.queue.submit([encoder.finish()]);
      left -= batch;
      if (!left) return;
      await this.device.queue.onSubmittedWorkDone();
      // Grow at most eightfold at once: the first run also pays for what is done once.
      const measured = (performance.now() - start) / batch;
      this.#cost.set(program, cost === undefined ? Math.max(measured, SUBMIT_MS / 8) : Math.max(measured, cost / 8));
    }
  }

  /**
   * @param {string} name @param {number} [first] @param {number} [count]
   * @returns {Promise<Numbers>} all reads asked for in one turn share one staging buffer, one submit and one wait
   */
  async read(name, first = 0, count) {
    const { buffer, offset, dtype } = this.buffer(name);
    const { from, size } = this.#named.part(name, first, count);
    const slot = { buffer, offset: offset + from, size };
    return new Promise((resolve, reject) => {
      if (this.#reads.push({ slot, dtype, resolve, reject }) === 1) queueMicrotask(() => this.#flush());
    });
  }

  async #flush() {
    const reads = this.#reads.splice(0);
    const total = reads.reduce((sum, { slot }) => sum + slot.size, 0);
    const fit = this.#free.findIndex((each) => each.size >= total);
    const staging =
      fit >= 0
        ? this.#free.splice(fit, 1)[0]
        : this.device.createBuffer({
            label: "staging",
            size: total,
            usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
          });
    try {
      const encoder = this.device.createCommandEncoder();
      let at = 0;
      for (const { slot } of reads) {
        encoder.copyBufferToBuffer(slot.buffer, slot.offset, staging, at, slot.size);
        at += slot.size;
      }
      this.device.queue.submit([encoder.finish()]);
      this.#mapped.add(staging);
      await staging.mapAsync(GPUMapMode.READ, 0, total);
      const bytes = staging.getMappedRange(0, total).slice(0);
      staging.unmap();
      if (total > KEPT_BYTES) staging.destroy();
      else this.#free.push(staging);
      at = 0;
      for (const { slot, dtype, resolve } of reads) {
        resolve(
          dtype === "u32" ? new Uint32Array(bytes, at, slot.size / 4) : new Float32Array(bytes, at, slot.size / 4),
        );
        at += slot.size;
      }
    } catch (error) {
      staging.destroy();
      for (const { reject } of reads) reject(error); // the device went, or the demo did
    } finally {
      this.#mapped.delete(staging);
    }
  }

  /** @type {Set<GPUBuffer>} */
  #mapped = new Set();

  /** Frees all that it holds on the GPU. */
  destroy() {
    for (const each of [...this.allocations, ...this.#free, ...this.#mapped]) each.destroy();
  }
}
