/**
 * Whether a plan can be run: plans are data, and data may lie. `site_builder/plan/validate.py` is its twin at build
 * time.
 *
 * In: a plan (JSON, format 1, not trusted). Out: nothing, or an error that names the first thing that is wrong.
 */
import limits from "../../../shaders/device/limits.json" with { type: "json" };
import { DemoError } from "./errors.js";
import { ARRAYS, WHOLE, sizeOf } from "./data.js";

/** @typedef {import("../types.d.ts").Plan} Plan */
/** @typedef {import("../types.d.ts").PlanBuffer} PlanBuffer */

/** What variants of kernels may use where there is it, and how WGSL enables it. @type {Record<string, string>} */
export const OPTIONAL = { subgroups: "subgroups", "shader-f16": "f16" };

/** Bytes that a step's parameters take in the uniform buffer: what offsets there must be multiples of. */
export const PARAMETER_BYTES = limits.minUniformBufferOffsetAlignment;
/** What offsets of storage buffers must be multiples of. */
const ALIGNED = limits.minStorageBufferOffsetAlignment;

const ROLES = ["parameter", "state", "input", "data", "output", "constant", "scratch"];

/** What WebGPU promises of every device. */
const {
  maxBufferSize: LARGEST,
  maxStorageBufferBindingSize: LONGEST,
  maxStorageBuffersPerShaderStage: BINDINGS,
  maxComputeWorkgroupsPerDimension: WORKGROUPS,
} = limits;
/** Bytes that this page gives one demo. */
const MEMORY = limits.buildSiteMaxMemory;

/** @param {unknown} value @param {number} low @param {number} high */
const within = (value, low, high) => Number.isInteger(value) && Number(value) >= low && Number(value) <= high;

/** @param {unknown} value */
const isU32 = (value) => within(value, 0, 2 ** 32 - 1);

/** @param {unknown} counts */
const isGrid = (counts) =>
  Array.isArray(counts) && counts.length === 3 && counts.every((count) => within(count, 1, WORKGROUPS));

/** @param {unknown} value */
const isText = (value) => typeof value === "string";

/** @param {unknown} value */
const isName = (value) => isText(value) && value !== "";

/** @param {unknown} value */
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {PlanBuffer} a @param {PlanBuffer} b */
const overlap = (a, b) =>
  a.allocation === b.allocation &&
  a.offset < b.offset + 4 * sizeOf(b.shape) &&
  b.offset < a.offset + 4 * sizeOf(a.shape);

/** @param {unknown} fine @param {string} what */
const demand = (fine, what) => {
  if (!fine) throw new DemoError(`The plan of this demo cannot be run: ${what}.`);
};

/** @param {Plan} plan @throws {DemoError} naming the first thing that is wrong */
export function checkPlan(plan) {
  try {
    check(plan);
  } catch (error) {
    if (error instanceof DemoError) throw error;
    demand(false, `a part of it is not what it should be (${/** @type {Error} */ (error).message})`);
  }
}

/** @param {Plan} plan */
function check(plan) {
  demand(isRecord(plan), "it is not an object");
  demand(plan.format === 1, `its format is ${plan.format}, this page reads format 1`);
  const { name, sources, kernels, allocations, buffers, programs } = plan;
  const parts = isRecord(sources) && isRecord(programs) && [kernels, allocations, buffers].every(Array.isArray);
  demand(parts, "a part of it is missing");
  demand(isName(name), "it has no name");
  checkSources(plan);
  checkKernels(plan);
  checkAllocations(plan);
  checkBuffers(plan);
  for (const each of Object.keys(programs)) checkProgram(plan, each);
}

/** @param {Plan} plan */
function checkSources({ sources }) {
  for (const [id, { file, wgsl, hash }] of Object.entries(sources))
    demand(isName(file) && isText(wgsl) && isText(hash), `source ${id} lacks its file, its text or its hash`);
}

/** @param {Plan} plan */
function checkKernels({ kernels, sources }) {
  for (const [i, { source, entry, constants, access, params, variants = [] }] of kernels.entries()) {
    demand(Array.isArray(variants), `kernel ${i} has improper variants`);
    for (const { feature } of variants)
      demand(Object.hasOwn(OPTIONAL, feature), `kernel ${i} wants the unknown feature ${feature}`);
    for (const id of [source, ...variants.map((each) => each.source)])
      demand(Object.hasOwn(sources, id), `kernel ${i} has no source`);
    const whole = isRecord(constants) && Object.values(constants).every(isU32);
    demand(isName(entry) && whole, `kernel ${i} has no entry or a constant that is no u32`);
    const known = Array.isArray(access) && access.every((each) => each === "read" || each === "read_write");
    demand(
      known && access.length <= BINDINGS,
      `kernel ${i} has more than ${BINDINGS} bindings, or one that is neither read nor read_write`,
    );
    const named = params === undefined || (Array.isArray(params) && within(params.length, 1, PARAMETER_BYTES / 4));
    demand(named, `kernel ${i} has improper parameters`);
  }
}

/** @param {Plan} plan */
function checkAllocations({ allocations }) {
  for (const bytes of allocations) {
    const proper = within(bytes, 4, LARGEST) && bytes % 4 === 0;
    demand(proper, `it needs a buffer of ${bytes} bytes, and WebGPU promises ${LARGEST}`);
  }
  const memory = allocations.reduce((a, b) => a + b, 0);
  demand(memory <= MEMORY, `it needs ${memory} bytes of memory, and this page gives no demo more than ${MEMORY}`);
}

/** @param {Plan} plan */
function checkBuffers({ buffers, allocations }) {
  const names = buffers.map(({ name }) => name).filter(Boolean);
  demand(new Set(names).size === names.length, "two of its buffers have one name");
  for (const [i, buffer] of buffers.entries()) {
    const { name, shape, dtype, role, allocation, offset, source } = buffer;
    const label = name ?? `buffer ${i}`;
    const named = (name === null || isName(name)) && (source === null || isText(source));
    demand(named, `${label} has no proper name or source`);
    demand(ROLES.includes(role), `${label} has the unknown role ${role}`);
    demand(startsProperly(buffer), `${label} has no proper initial value or bound`);
    const measured = Array.isArray(shape) && shape.every((length) => within(length, 1, LONGEST));
    demand(measured, `${label} has no proper shape`);
    demand(Object.hasOwn(ARRAYS, dtype), `${label} is of type ${dtype}`);
    const bytes = 4 * sizeOf(shape);
    demand(bytes <= LONGEST, `${label} takes ${bytes} bytes, and WebGPU promises ${LONGEST} to one kernel`);
    const placed =
      within(allocation, 0, allocations.length - 1) && within(offset, 0, LONGEST) && offset % ALIGNED === 0;
    demand(placed && offset + bytes <= allocations[allocation], `${label} does not lie within its allocation`);
  }
}

/** @param {PlanBuffer} buffer @returns {boolean} */
function startsProperly({ dtype, shape, initial, bound }) {
  if (!within(bound ?? 1, 1, 2 ** 32)) return false;
  if (initial === null) return true;
  if (Array.isArray(initial) && initial.length !== sizeOf(shape)) return false;
  const whole = WHOLE[dtype];
  const [least, most] = whole ? [whole[0], bound == null ? whole[1] : bound - 1] : [0, 0];
  return [initial].flat().every((each) => (whole ? within(each, least, most) : Number.isFinite(each)));
}

/** @param {Plan} plan @param {string} name */
function checkProgram(plan, name) {
  const { inputs, outputs, steps } = plan.programs[name];
  const known = (/** @type {string} */ each) => plan.buffers.some((buffer) => buffer.name === each);
  const lists = [inputs, outputs].every((list) => Array.isArray(list) && list.every((each) => each && known(each)));
  demand(lists, `program ${name} has inputs or outputs that are no buffers`);
  demand(Array.isArray(steps), `program ${name} has no steps`);
  for (const [i, step] of steps.entries()) checkStep(plan, step, `step ${i} of ${name}`);
}

/** @param {Plan} plan @param {Plan["programs"][string]["steps"][number]} step @param {string} label */
function checkStep({ kernels, buffers }, { kernel, bindings, workgroups, params, variants = [] }, label) {
  demand(within(kernel, 0, kernels.length - 1), `${label} names no kernel`);
  const { access, params: wanted, variants: others = [] } = kernels[kernel];
  const brought = params?.length === wanted?.length && (params ?? []).every(isU32);
  demand(brought, `${label} brings improper parameters`);
  const bound = Array.isArray(bindings) && bindings.every((index) => within(index, 0, buffers.length - 1));
  demand(bound && bindings.length === access.length, `${label} binds what is not there`);
  const grids = Array.isArray(variants) && variants.length === others.length && [workgroups, ...variants].every(isGrid);
  demand(grids, `${label} has improper workgroup counts`);
  const written = bindings.filter((_, k) => access[k] === "read_write").map((index) => buffers[index]);
  const read = bindings.filter((_, k) => access[k] === "read").map((index) => buffers[index].allocation);
  demand(!written.some(({ allocation }) => read.includes(allocation)), `${label} writes where it also reads`);
  const twice = written.some((a, k) => written.slice(k + 1).some((b) => overlap(a, b)));
  demand(!twice, `${label} writes twice to one place`);
}
