/**
 * Whether a plan can be run: plans are data, and data may lie. `site_builder/plan/validate.py` is its twin at build time.
 *
 * In: a plan (JSON, format 1, not trusted). Out: nothing, or an error that names the first thing that is wrong.
 */
import { DemoError } from "./adapter.js";
import { sizeOf } from "./data.js";
import { OPTIONAL } from "./device.js";

/** @typedef {import("./types.d.ts").Plan} Plan */
/** @typedef {import("./types.d.ts").PlanBuffer} PlanBuffer */

/** Bytes that the parameters of a step take in the uniform buffer: what offsets there must be multiples of. */
export const SLOT = 256;

const ROLES = ["parameter", "state", "input", "data", "output", "scratch"];

/** Bytes of one buffer of a plan that WebGPU promises to bind. */
const LONGEST = 2 ** 27;

/** @param {unknown} value @param {number} low @param {number} high */
const within = (value, low, high) => Number.isInteger(value) && Number(value) >= low && Number(value) <= high;

/** @param {unknown} counts */
const properGrid = (counts) =>
  Array.isArray(counts) && counts.length === 3 && counts.every((count) => within(count, 1, 65535));

/** @param {unknown} value */
const isText = (value) => typeof value === "string";

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

/**
 * Whether a buffer can hold numbers. What is no u32 would be cut to one, and as an index point nowhere.
 * @param {PlanBuffer} buffer @param {ArrayLike<number>} values @throws {DemoError} naming the first that is wrong
 */
export function checkNumbers({ name, shape, dtype, bound }, values) {
  const limit = bound ?? 2 ** 32;
  const wrong = dtype === "u32" ? Array.prototype.find.call(values, (each) => !within(each, 0, limit - 1)) : undefined;
  if (wrong !== undefined) throw new DemoError(`${name} holds whole numbers from 0 to ${limit - 1}, not ${wrong}.`);
  if (values.length !== sizeOf(shape))
    throw new DemoError(`${name} holds ${sizeOf(shape)} numbers, not ${values.length}.`);
}

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
  demand(plan && typeof plan === "object", "it is not an object");
  demand(plan.format === 1, `its format is ${plan.format}, this page reads format 1`);
  const { sources, kernels, allocations, buffers, programs } = plan;
  demand(
    isRecord(sources) && isRecord(programs) && [kernels, allocations, buffers].every(Array.isArray),
    "a part of it is missing",
  );
  demand(isText(plan.name), "it has no name");
  for (const [id, { file, wgsl, hash }] of Object.entries(sources))
    demand([file, wgsl, hash].every(isText), `source ${id} lacks its file, its text or its hash`);
  kernels.forEach(({ source, entry, constants, access, params, variants = [] }, i) => {
    demand(Array.isArray(variants), `kernel ${i} has improper variants`);
    for (const { feature } of variants)
      demand(Object.hasOwn(OPTIONAL, feature), `kernel ${i} wants the unknown feature ${feature}`);
    for (const id of [source, ...variants.map((each) => each.source)])
      demand(Object.hasOwn(sources, id), `kernel ${i} has no source`);
    demand(
      isText(entry) &&
        isRecord(constants ?? {}) &&
        Object.values(constants ?? {}).every((each) => within(each, 0, 2 ** 32 - 1)),
      `kernel ${i} has no entry or a constant that is no u32`,
    );
    demand(
      Array.isArray(access) && access.length <= 8 && access.every((each) => each === "read" || each === "read_write"),
      `kernel ${i} has more than 8 bindings, or one that is neither read nor read_write`,
    );
    demand(
      params === undefined || (Array.isArray(params) && within(params.length, 1, SLOT / 4)),
      `kernel ${i} has improper parameters`,
    );
  });
  allocations.forEach((bytes) =>
    demand(
      within(bytes, 4, 2 ** 28) && bytes % 4 === 0,
      `it needs a buffer of ${bytes} bytes, and WebGPU promises ${2 ** 28}`,
    ),
  );
  const names = buffers.map(({ name }) => name).filter(Boolean);
  demand(new Set(names).size === names.length, "two of its buffers have one name");
  const memory = allocations.reduce((a, b) => a + b, 0);
  demand(memory <= 2 ** 30, `it needs ${memory} bytes of memory, and this page gives no demo more than ${2 ** 30}`);
  buffers.forEach(({ name, shape, dtype, role, allocation, offset, initial, bound, source }, i) => {
    const label = name ?? `buffer ${i}`;
    demand(
      [name, source].every((each) => isText(each ?? "")),
      `${label} has no proper name or source`,
    );
    demand(ROLES.includes(role), `${label} has the unknown role ${role}`);
    demand(
      within(bound ?? 1, 1, 2 ** 32) &&
        (dtype === "u32" ? within(initial ?? 0, 0, (bound ?? 2 ** 32) - 1) : Number.isFinite(initial ?? 0)),
      `${label} has no proper initial value or bound`,
    );
    demand(Array.isArray(shape) && shape.every((length) => within(length, 1, LONGEST)), `${label} has no proper shape`);
    demand(dtype === "f32" || dtype === "u32", `${label} is of type ${dtype}`);
    demand(
      4 * sizeOf(shape) <= LONGEST,
      `${label} takes ${4 * sizeOf(shape)} bytes, and WebGPU promises ${LONGEST} to one kernel`,
    );
    demand(
      within(allocation, 0, allocations.length - 1) &&
        within(offset, 0, LONGEST) &&
        offset % 256 === 0 &&
        offset + 4 * sizeOf(shape) <= allocations[allocation],
      `${label} does not lie within its allocation`,
    );
  });
  for (const [name, { inputs, outputs, steps }] of Object.entries(programs)) {
    demand(
      [inputs, outputs].every((list) => Array.isArray(list) && list.every((each) => names.includes(each))),
      `program ${name} has inputs or outputs that are no buffers`,
    );
    demand(Array.isArray(steps), `program ${name} has no steps`);
    steps.forEach(({ kernel, bindings, workgroups, params, variants = [] }, i) => {
      const label = `step ${i} of ${name}`;
      demand(within(kernel, 0, kernels.length - 1), `${label} names no kernel`);
      const { access, params: wanted, variants: others = [] } = kernels[kernel];
      demand(
        params?.length === wanted?.length && (params ?? []).every((each) => within(each, 0, 2 ** 32 - 1)),
        `${label} brings improper parameters`,
      );
      demand(
        Array.isArray(bindings) &&
          bindings.length === access.length &&
          bindings.every((index) => within(index, 0, buffers.length - 1)),
        `${label} binds what is not there`,
      );
      demand(
        Array.isArray(variants) && variants.length === others.length && [workgroups, ...variants].every(properGrid),
        `${label} has improper workgroup counts`,
      );
      const written = bindings.filter((_, k) => access[k] === "read_write").map((index) => buffers[index]);
      const read = bindings.filter((_, k) => access[k] === "read").map((index) => buffers[index].allocation);
      demand(!written.some(({ allocation }) => read.includes(allocation)), `${label} writes where it also reads`);
      demand(
        !written.some((a, k) => written.slice(k + 1).some((b) => overlap(a, b))),
        `${label} writes twice to one place`,
      );
    });
  }
}
