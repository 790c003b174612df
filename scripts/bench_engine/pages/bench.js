/**
 * What every engine's page has: the work fetched, its dispatches counted, the gate and the clock.
 *
 * In: an engine, `{ open(), build(work) }`; `build` gives `{ run(times), results() }`. `run` does the work `times`
 * times, waits until all of it is done and gives the last loss, if there is one. Out: `window.bench`, whose methods
 * Python calls.
 */
const TRAINED = 5; // steps of the gate: the same as in workloads.py

let dispatched = 0;
for (const method of ["dispatchWorkgroups", "dispatchWorkgroupsIndirect"]) {
  const plain = globalThis.GPUComputePassEncoder?.prototype[method];
  if (plain) {
    GPUComputePassEncoder.prototype[method] = function (...count) {
      dispatched++;
      return plain.apply(this, count);
    };
  }
}

/** @param {number[]} shape: how many numbers it has */
export const sizeOf = (shape) => shape.reduce((a, b) => a * b, 1);

/** The work as Python wrote it: settings, and arrays in one binary file. */
async function fetchWork() {
  const [work, bytes] = await Promise.all([
    fetch("/work.json").then((response) => response.json()),
    fetch("/work.bin").then((response) => response.arrayBuffer()),
  ]);
  for (const group of [work.arrays, work.expected]) {
    for (const each of Object.values(group)) {
      const Kind = each.dtype === "u32" ? Uint32Array : Float32Array;
      each.data = new Kind(bytes, each.offset, sizeOf(each.shape));
    }
  }
  return work;
}

/** |found - right| / |right| over all numbers at once, so that a part that is missing shows. */
function apart(found, right) {
  let difference = 0,
    size = 0;
  right.forEach((value, i) => {
    difference += (found[i] - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(difference / size);
}

/** The change of all parameters over the gate's steps, as one vector, against what it should be. */
function changeApart(work, after) {
  const found = [],
    right = [];
  for (const name of work.parameters) {
    const before = work.arrays[name].data;
    const expected = work.expected[name].data;
    before.forEach((value, i) => {
      found.push(after[name][i] - value);
      right.push(expected[i] - value);
    });
  }
  return apart(found, right);
}

/**
 * @param {{ open: Function, build: (work: any) => Promise<{ run: Function, results: Function, note?: string,
 *   parts?: Record<string, number> }>, each?: Function }} engine
 */
export function serve(engine) {
  let work, job;
  const losses = [];
  window.bench = {
    async open() {
      work = await fetchWork();
      await engine.open(work);
    },
    /** Milliseconds of the first step, and of all that comes before it once the engine is open; and of its parts. */
    async first() {
      const began = performance.now();
      job = await engine.build(work);
      const built = performance.now();
      losses.push(await job.run(1));
      const ended = performance.now();
      return { ms: ended - began, parts: { ...job.parts, step: ended - built } };
    },
    /** How far off the results are. */
    async gate() {
      const note = job.note ?? "";
      if (!work.parameters.length) {
        const results = await job.results();
        const errors = Object.entries(work.expected).map(([name, { data }]) => [name, apart(results[name], data)]);
        return { note, errors: Object.fromEntries(errors) };
      }
      while (losses.length < TRAINED) losses.push(await job.run(1));
      return {
        note,
        errors: {
          losses: apart(losses, work.expected.losses.data),
          parameters: changeApart(work, await job.results()),
        },
      };
    },
    /** Milliseconds and dispatches of one step. */
    async time(times) {
      const before = dispatched;
      const began = performance.now();
      await job.run(times);
      return { ms: (performance.now() - began) / times, dispatches: (dispatched - before) / times };
    },
    each: engine.each,
  };
}

/** The same numbers with their axes in another order. */
function permuted(data, shape, order) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const to = order.map((axis) => shape[axis]);
  const steps = order.map((axis) => strides[axis]);
  const out = new data.constructor(data.length);
  const at = to.map(() => 0);
  for (let i = 0, from = 0; i < out.length; i++) {
    out[i] = data[from];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      at[axis]++;
      from += steps[axis];
      if (at[axis] < to[axis]) break;
      from -= at[axis] * steps[axis];
      at[axis] = 0;
    }
  }
  return out;
}

/** Orders of axes: how images, and the weights of a convolution, lie here and elsewhere. */
export const CHANNELS_FIRST = [0, 3, 1, 2];
export const CHANNELS_LAST = [0, 2, 3, 1];
export const OUTPUTS_FIRST = [3, 2, 0, 1];
const OUTPUTS_LAST = [2, 3, 1, 0];
/** By which order what a convolution and its way back give lies as it does here. */
export const CONVOLVED = { y: CHANNELS_LAST, dx: CHANNELS_LAST, dw: OUTPUTS_LAST };

/** An array of the work with its axes in another order. */
export function turned({ data, shape }, order) {
  return { data: permuted(data, shape, order), shape: order.map((axis) => shape[axis]) };
}

/** The numbers of what was computed, by name; `orders` names those whose axes are to be turned. */
export function resultsOf(names, found, orders) {
  return Object.fromEntries(
    names.map((name, i) => [name, (orders[name] ? turned(found[i], orders[name]) : found[i]).data]),
  );
}

/** A parameter for engines whose weights of convolutions have outputs first; others stay as they are. */
export function outputsFirst(array) {
  return array.shape.length === 4 ? turned(array, OUTPUTS_FIRST) : array;
}

/** The numbers of such a parameter, as they lie here. */
export function outputsLast(array) {
  return (array.shape.length === 4 ? turned(array, OUTPUTS_LAST) : array).data;
}

/** How many channels each residual block takes and gives, as `stages` in workloads.py has it. */
export function stages(widths) {
  return widths.map((outputs, n) => ({ inputs: widths[Math.max(0, n - 1)], outputs }));
}

/** Labels as rows of 0 and 1. */
export function oneHot(labels, classes) {
  const out = new Float32Array(labels.length * classes);
  for (const [i, label] of labels.entries()) out[i * classes + label] = 1;
  return out;
}
