/**
 * A plan's kernels as pipelines, each compiled once, when it is first wanted.
 *
 * In: a plan that has been checked, a device, which optional features may be used. Out: pipelines, layouts, grids. It
 * knows nothing of buffers and programs.
 */
import { OPTIONAL } from "../common/check.js";
import { quadsAreNeighbours } from "./quads.js";

/** @typedef {import("../types.d.ts").Plan} Plan */
/** @typedef {Plan["kernels"][number]} Kernel */

/**
 * @param {GPUDevice} device
 * @param {Plan} plan: what its kernels' variants want and may have there, tried only where one wants it
 */
export async function usableFeatures(device, plan) {
  const wanted = plan.kernels.flatMap(({ variants = [] }) => variants.map(({ feature }) => feature));
  const usable = new Set(wanted.filter((feature) => device.features.has(feature)));
  if (usable.has("subgroups") && !(await quadsAreNeighbours(device))) usable.delete("subgroups");
  return usable;
}

export class Pipelines {
  /** @type {Map<string, GPUShaderModule>} */
  #modules = new Map();
  /** By kernel. @type {Map<number, Promise<GPUComputePipeline>>} */
  #compiling = new Map();
  /** One for each way of binding. @type {Map<string, GPUBindGroupLayout>} */
  #layouts = new Map();

  /** @param {GPUDevice} device @param {Plan} plan @param {Set<string>} usable features */
  constructor(device, plan, usable) {
    this.device = device;
    this.plan = plan;
    this.usable = usable;
  }

  /**
   * @param {number} number of a kernel
   * @returns {Promise<GPUComputePipeline>} the browser compiles those asked for in one turn side by side
   */
  compiled(number) {
    const compiling = this.#compiling.get(number) ?? this.#compile(number);
    this.#compiling.set(number, compiling);
    return compiling;
  }

  /**
   * @param {number} number of a kernel
   * @returns {{ name: string, layout: GPUBindGroupLayout }} a name that kernels share which bind alike
   */
  layout(number) {
    const { access, params } = this.plan.kernels[number];
    const name = `${access}${params ? ",params" : ""}`;
    const layout = this.#layouts.get(name) ?? this.#describe(access, Boolean(params));
    this.#layouts.set(name, layout);
    return { name, layout };
  }

  /**
   * @param {import("../types.d.ts").Step} step
   * @returns {number[]} how many workgroups the text that runs here wants
   */
  workgroups({ kernel, workgroups, variants }) {
    return variants?.[this.#variant(this.plan.kernels[kernel])] ?? workgroups;
  }

  /** @param {number} number of a kernel @returns {string} by which the plan knows the text that runs here */
  source(number) {
    const kernel = this.plan.kernels[number];
    return kernel.variants?.[this.#variant(kernel)]?.source ?? kernel.source;
  }

  /** @param {number} number of a kernel @returns {boolean} whether it computes in half precision here */
  half(number) {
    const kernel = this.plan.kernels[number];
    return kernel.variants?.[this.#variant(kernel)]?.feature === "shader-f16";
  }

  /** @param {number} number */
  #compile(number) {
    const kernel = this.plan.kernels[number];
    const variant = kernel.variants?.[this.#variant(kernel)];
    const id = this.source(number);
    const { file, wgsl } = this.plan.sources[id];
    const code = variant ? `enable ${OPTIONAL[variant.feature]};\n${wgsl}` : wgsl;
    const module = this.#modules.get(id) ?? this.device.createShaderModule({ label: file, code });
    this.#modules.set(id, module);
    const layout = this.device.createPipelineLayout({ bindGroupLayouts: [this.layout(number).layout] });
    return this.device.createComputePipelineAsync({
      label: file,
      layout,
      compute: { module, entryPoint: kernel.entry, constants: kernel.constants },
    });
  }

  /** @param {string[]} access @param {boolean} params: "auto" would drop what a kernel does not use */
  #describe(access, params) {
    /** @type {GPUBufferBindingType[]} */
    const types = access.map((each) => (each === "read" ? "read-only-storage" : "storage"));
    if (params) types.push("uniform");
    const entries = types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } }));
    return this.device.createBindGroupLayout({ entries });
  }

  /** @param {Kernel} kernel: the number of its first variant that may be used, or -1 */
  #variant({ variants = [] }) {
    return variants.findIndex(({ feature }) => this.usable.has(feature));
  }
}
