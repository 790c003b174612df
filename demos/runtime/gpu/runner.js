/**
 * Runs a plan: checks it, makes its buffers and pipelines once, each program's when it is wanted, then `write`, `run`,
 * `read`.
 *
 * In: a plan (JSON, format 1, not trusted) and a device. Out: a `Runner`. It knows nothing of pages and pictures.
 */
import { DemoError } from "../common/errors.js";
import { PARAMETER_BYTES, checkPlan } from "../common/check.js";
import { NamedBuffers } from "../common/buffers.js";
import { ARRAYS, checkNumbers, sizeOf } from "../common/data.js";
import { initialNumbers } from "../common/datasets.js";
import { firstLine, refusal } from "./device.js";
import { Pipelines, usableFeatures } from "./pipelines.js";
import { Reads } from "./reads.js";
import { idle } from "./settled.js";

/** @typedef {import("../types.d.ts").Plan} Plan */
/** @typedef {import("../types.d.ts").PlanBuffer} PlanBuffer */
/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {{ pipeline: GPUComputePipeline, group: GPUBindGroup, workgroups: number[] }} Dispatch */

/**
 * No one submit should hold the GPU longer: browsers kill a device that is busy for seconds, and the page shares it.
 */
const SUBMIT_MS = 100;

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
  #reads;
  /** Where each set of parameters lies. @type {Map<string, GPUBufferBinding & { size: number, offset: number }>} */
  #params;
  #named;
  /** Milliseconds that one run of a program takes, as last measured. @type {Map<string, number>} */
  #cost = new Map();
  /** Milliseconds that any wait takes. */
  #floor = Infinity;
  #gone = false;

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
    this.#reads = new Reads(device);
    this.#params = this.#upload();
  }

  /**
   * @param {string} program
   * @returns {Promise<void>} when its pipelines are there and trusted: all that are missing compile at once
   */
  prepare(program) {
    const known = this.#prepared.get(program);
    if (known) return known;
    const preparing = this.#bind(program).catch((error) => {
      this.#prepared.delete(program); // so that another click may try again
      throw error;
    });
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

  /**
   * Reads that were asked for before see what was there before.
   * @param {string} name @param {ArrayLike<number>} values as many as the buffer holds
   */
  write(name, values) {
    checkNumbers(this.#named.find(name), values);
    const { buffer, offset, dtype } = this.buffer(name);
    const Numbers = ARRAYS[dtype];
    this.#reads.flush();
    this.device.queue.writeBuffer(buffer, offset, values instanceof Numbers ? values : new Numbers(values));
  }

  /**
   * For a pass that is submitted in this turn: reads that were asked for before are submitted now, and see none of it.
   * @param {GPUComputePassEncoder} pass @param {string} program @param {number} times
   * @param {{ part: number, of: number }} [share] of its dispatches, by default all
   */
  encode(pass, program, times = 1, { part, of } = { part: 0, of: 1 }) {
    const steps = this.#programs.get(program);
    if (!steps) throw new DemoError(`The plan ${this.plan.name} has no program called ${program}.`);
    this.#reads.flush();
    const some = steps.slice(Math.floor((part * steps.length) / of), Math.floor(((part + 1) * steps.length) / of));
    /** @type {GPUComputePipeline | undefined} */
    let bound;
    for (let run = 0; run < times; run++) {
      for (const { pipeline, group, workgroups } of some) {
        if (pipeline !== bound) pass.setPipeline(pipeline);
        bound = pipeline;
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
      }
    }
  }

  /**
   * @param {string} program @param {number} times: in submits that are short, as far as is known how long it takes
   * @returns {Promise<void>} when all is submitted, no more than two of them at once; a `read` after it sees the result
   */
  async run(program, times = 1) {
    if (!this.prepared(program)) await this.prepare(program);
    if (times > 1 && this.#floor === Infinity) await this.#learnFloor();
    for (let left = times; left > 0 && !this.#gone; ) {
      const cost = this.#cost.get(program);
      const batch = Math.min(left, Math.max(1, Math.floor(SUBMIT_MS / (cost ?? SUBMIT_MS))), 4096);
      const of = Math.ceil((cost ?? 0) / SUBMIT_MS) || 1;
      const start = performance.now();
      left -= batch;
      for (let part = 0; part < of; part++) {
        this.#submit(program, batch, { part, of });
        if (!left && of === 1) return;
        await idle(this.device.queue);
        if (this.#gone) return;
      }
      // Grow at most eightfold at once: the first run also pays for what is done once.
      const floor = this.#floor === Infinity ? 0 : of * this.#floor;
      const measured = Math.max(0, performance.now() - start - floor) / batch;
      this.#cost.set(program, Math.max(measured, (cost ?? SUBMIT_MS) / 8));
    }
  }

  /** @param {string} program @returns {boolean} whether it is known that one run of it takes more than one submit */
  isLong(program) {
    return (this.#cost.get(program) ?? 0) > SUBMIT_MS;
  }

  /** @param {string} program @param {number} milliseconds that one run took, if nothing better is known */
  took(program, milliseconds) {
    if (!this.#cost.has(program)) this.#cost.set(program, milliseconds);
  }

  /** @param {string} program @param {number} times @param {{ part: number, of: number }} share */
  #submit(program, times, share) {
    const encoder = this.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    this.encode(pass, program, times, share);
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  /** How long the browser takes to say that nothing is left to do: no program's cost. */
  async #learnFloor() {
    await idle(this.device.queue);
    const start = performance.now();
    await idle(this.device.queue);
    this.#floor = performance.now() - start;
  }

  /**
   * @param {string} name @param {number} [first] @param {number} [count]
   * @returns {Promise<Numbers>} all reads asked for in one turn share one submit and one wait
   */
  async read(name, first = 0, count) {
    const { buffer, offset, dtype } = this.buffer(name);
    const { from, size } = this.#named.part(name, first, count);
    return this.#reads.ask({ buffer, offset: offset + from, size }, dtype);
  }

  /** Frees all that it holds on the GPU. */
  destroy() {
    this.#gone = true;
    for (const each of this.allocations) each.destroy();
    this.#reads.destroy();
  }
}
