/**
 * Runs a plan: checks it, makes its buffers and pipelines once, then `write`, `run`, `read`.
 *
 * In: a plan (JSON, format 1, not trusted) and a device. Out: a `Runner`. It knows nothing of pages and pictures.
 */
import { DemoError } from "./adapter.js";
import { SLOT, checkPlan } from "./check.js";
import { sizeOf } from "./data.js";
import { OPTIONAL, firstLine } from "./device.js";
import { quadsAreNeighbours } from "./quads.js";

/** @typedef {import("./types.d.ts").Plan} Plan */
/** @typedef {import("./types.d.ts").PlanBuffer} PlanBuffer */
/** @typedef {Float32Array | Uint32Array} Numbers */
/** @typedef {{ pipeline: GPUComputePipeline, group: GPUBindGroup, workgroups: number[] }} Dispatch */

/** No one submit should hold the GPU longer: browsers kill a device that is busy for seconds, and the page shares it. */
const SUBMIT_MS = 100;

/**
 * @param {GPUDevice} device @param {Plan} plan checked here
 * @param {(source: string, dtype: "f32" | "u32") => Promise<Numbers>} data
 * @returns {Promise<Runner>} with data and initial inputs written; `init` has not run
 */
export async function createRunner(device, plan, data) {
  checkPlan(plan);
  // Data and the trial first: an error scope must not stay open while anything else of the page may use the device.
  const sets = await Promise.all(plan.buffers.map(({ source, dtype }) => (source ? data(source, dtype) : null)));
  const usable = await usableFeatures(device, plan);
  device.pushErrorScope("out-of-memory");
  device.pushErrorScope("validation");
  const allocations = plan.allocations.map((size, i) => device.createBuffer({ label: `${plan.name} ${i}`, size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST }));
  const runner = new Runner(device, plan, allocations);
  const layouts = createLayouts(device, plan);
  const compiling = compile(device, plan, layouts, usable);
  const scopes = [device.popErrorScope(), device.popErrorScope()];
  try {
    const pipelines = await compiling;
    const error = (await Promise.all(scopes)).find(Boolean);
    if (error) throw error;
    runner.bind(pipelines, layouts, usable);
    plan.buffers.forEach(({ name, shape, initial }, i) => {
      const set = sets[i];
      if (name && set) runner.write(name, set);
      else if (name && typeof initial === "number") runner.write(name, new Array(sizeOf(shape)).fill(initial));
    });
    return runner;
  } catch (error) {
    runner.destroy();
    throw error instanceof DemoError ? error : new DemoError(`The GPU did not accept this model: ${firstLine(/** @type {Error} */ (error).message)}`);
  }
}

/** @param {GPUDevice} device @param {Plan} plan: one layout for each way of binding; "auto" would drop what a kernel does not use */
function createLayouts(device, plan) {
  /** @type {Map<string, GPUBindGroupLayout>} */
  const layouts = new Map();
  for (const kernel of plan.kernels) {
    /** @type {GPUBufferBindingType[]} */
    const types = kernel.access.map((each) => (each === "read" ? "read-only-storage" : "storage"));
    if (kernel.params) types.push("uniform");
    const entries = types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } }));
    if (!layouts.has(layoutOf(kernel))) layouts.set(layoutOf(kernel), device.createBindGroupLayout({ entries }));
  }
  return layouts;
}

/** @param {Plan["kernels"][number]} kernel: equal for kernels that bind alike */
const layoutOf = ({ access, params }) => `${access}${params ? ",params" : ""}`;

/** @param {GPUDevice} device @param {Plan} plan: what its kernels' variants want and may have there, tried only where one wants it */
async function usableFeatures(device, plan) {
  const wanted = plan.kernels.flatMap(({ variants = [] }) => variants.map(({ feature }) => feature));
  const usable = new Set(wanted.filter((feature) => device.features.has(feature)));
  if (usable.has("subgroups") && !(await quadsAreNeighbours(device))) usable.delete("subgroups");
  return usable;
}

/** @param {GPUDevice} device @param {Plan} plan @param {Map<string, GPUBindGroupLayout>} layouts @param {Set<string>} usable: all pipelines at once, compiled in parallel */
function compile(device, plan, layouts, usable) {
  /** @type {Map<string, GPUShaderModule>} */
  const modules = new Map();
  return Promise.all(plan.kernels.map((kernel) => {
    const variant = kernel.variants?.[variantFor(kernel, usable)];
    const id = variant?.source ?? kernel.source;
    const { file, wgsl } = plan.sources[id];
    const code = variant ? `enable ${OPTIONAL[variant.feature]};\n${wgsl}` : wgsl;
    const module = modules.get(id) ?? device.createShaderModule({ label: file, code });
    modules.set(id, module);
    const layout = device.createPipelineLayout({ bindGroupLayouts: [/** @type {GPUBindGroupLayout} */ (layouts.get(layoutOf(kernel)))] });
    return device.createComputePipelineAsync({ label: file, layout, compute: { module, entryPoint: kernel.entry, constants: kernel.constants } });
  }));
}

/** @param {Plan["kernels"][number]} kernel @param {Set<string>} usable: the number of its first variant that may be used, or -1 */
function variantFor({ variants = [] }, usable) {
  return variants.findIndex(({ feature }) => usable.has(feature));
}

export class Runner {
  /** @type {Map<string, PlanBuffer>} */
  #named = new Map();
  /** @type {Map<string, Dispatch[]>} */
  #programs = new Map();
  /** @type {{ slot: GPUBufferBinding & { size: number, offset: number }, dtype: string, resolve: (array: any) => void, reject: (error: unknown) => void }[]} */
  #reads = [];
  /** Staging buffers that are not mapped now. @type {GPUBuffer[]} */
  #free = [];
  /** Where each set of parameters lies. @type {Map<string, GPUBufferBinding & { size: number, offset: number }>} */
  #params;
  /** Milliseconds that one run of a program takes, as last measured. @type {Map<string, number>} */
  #cost = new Map();

  /** @param {GPUDevice} device @param {Plan} plan @param {GPUBuffer[]} allocations */
  constructor(device, plan, allocations) {
    this.device = device;
    this.plan = plan;
    this.allocations = allocations;
    for (const each of plan.buffers) if (each.name) this.#named.set(each.name, each);
    this.#params = this.#upload();
  }

  /** @param {GPUComputePipeline[]} pipelines @param {Map<string, GPUBindGroupLayout>} layouts @param {Set<string>} usable */
  bind(pipelines, layouts, usable) {
    /** @type {Map<string, GPUBindGroup>} */
    const groups = new Map();
    for (const [name, { steps }] of Object.entries(this.plan.programs)) {
      this.#programs.set(name, steps.map(({ kernel, bindings, workgroups, params, variants }) => {
        const layout = layoutOf(this.plan.kernels[kernel]);
        const key = `${layout}:${bindings}:${params ?? ""}`;
        let group = groups.get(key);
        if (!group) {
          const resources = bindings.map((index) => this.#slot(this.plan.buffers[index]));
          if (params) resources.push(/** @type {typeof resources[number]} */ (this.#params.get(`${params}`)));
          const entries = resources.map((resource, binding) => ({ binding, resource }));
          group = this.device.createBindGroup({ layout: /** @type {GPUBindGroupLayout} */ (layouts.get(layout)), entries });
          groups.set(key, group);
        }
        return { pipeline: pipelines[kernel], group, workgroups: variants?.[variantFor(this.plan.kernels[kernel], usable)] ?? workgroups };
      }));
    }
  }

  /** Uploads all steps' parameters, each set of them once. @returns {Map<string, GPUBufferBinding & { size: number, offset: number }>} */
  #upload() {
    const steps = Object.values(this.plan.programs).flatMap((program) => program.steps);
    const sets = new Map(steps.flatMap(({ params }) => (params ? [[`${params}`, params]] : [])));
    if (!sets.size) return new Map();
    const buffer = this.device.createBuffer({ label: "parameters", size: SLOT * sets.size, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    this.allocations.push(buffer);
    [...sets.values()].forEach((params, i) => this.device.queue.writeBuffer(buffer, SLOT * i, Uint32Array.from(params)));
    return new Map([...sets.keys()].map((key, i) => [key, { buffer, offset: SLOT * i, size: SLOT }]));
  }

  /** @param {PlanBuffer} buffer */
  #slot({ allocation, offset, shape }) {
    return { buffer: this.allocations[allocation], offset, size: 4 * sizeOf(shape) };
  }

  /** @param {string} name @returns {PlanBuffer} */
  #find(name) {
    const found = this.#named.get(name);
    if (!found) throw new DemoError(`The plan ${this.plan.name} has no buffer called ${name}.`);
    return found;
  }

  /** @param {string} name */
  has(name) {
    return this.#named.has(name);
  }

  /** @param {string} name: where it lies on the GPU, for drawing straight from it */
  buffer(name) {
    const { shape, dtype, role, bound } = this.#find(name);
    return { ...this.#slot(this.#find(name)), shape, dtype, role, bound };
  }

  /** @param {string} name @param {ArrayLike<number>} values as many as the buffer holds */
  write(name, values) {
    const { buffer, offset, shape, dtype, bound } = this.buffer(name);
    const wrong = bound ? Array.prototype.find.call(values, (each) => !(each >= 0 && each < bound)) : undefined;
    if (wrong !== undefined) throw new DemoError(`${name} holds whole numbers from 0 to ${Number(bound) - 1}, not ${wrong}.`);
    if (values.length !== sizeOf(shape)) throw new DemoError(`${name} holds ${sizeOf(shape)} numbers, not ${values.length}.`);
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
        if (pipeline !== bound) pass.setPipeline((bound = pipeline));
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
      }
    }
  }

  /**
   * @param {string} program @param {number} times: one submit if it is known to be short, else as many as keep each short
   * @returns {Promise<void>} when all is submitted; a `read` after it sees the result
   */
  async run(program, times = 1) {
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
  read(name, first = 0, count) {
    const { buffer, offset, size, dtype } = this.buffer(name);
    const slot = { buffer, offset: offset + 4 * first, size: count === undefined ? size - 4 * first : 4 * count };
    if (first < 0 || slot.size <= 0 || 4 * first + slot.size > size) return Promise.reject(new DemoError(`${name} has no entries from ${first} on.`));
    return new Promise((resolve, reject) => {
      if (this.#reads.push({ slot, dtype, resolve, reject }) === 1) queueMicrotask(() => this.#flush());
    });
  }

  async #flush() {
    const reads = this.#reads.splice(0);
    const total = reads.reduce((sum, { slot }) => sum + slot.size, 0);
    const fit = this.#free.findIndex((each) => each.size >= total);
    const staging = fit >= 0 ? this.#free.splice(fit, 1)[0] : this.device.createBuffer({ label: "staging", size: total, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
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
      this.#free.push(staging);
      at = 0;
      for (const { slot, dtype, resolve } of reads) {
        resolve(dtype === "u32" ? new Uint32Array(bytes, at, slot.size / 4) : new Float32Array(bytes, at, slot.size / 4));
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
