/**
 * The reader's GPU as a backend: each frame's steps, what shows and the drawing are one encoder and one submit.
 *
 * In: a plan with its data (open.js), frames. Out: what `backend.js` demands, and views drawn from the plan's buffers.
 * It knows nothing of demos. Loaded when a demo first wakes.
 */
import { DemoError } from "../common/errors.js";
import { drawsFromBuffers, listen } from "../gpu/device.js";
import { openRunner } from "../gpu/open.js";
import { idle } from "../gpu/settled.js";
import { WrongDeviceError } from "../gpu/trials.js";
import { gpuPaint } from "../views/paint-gpu.js";

/** @typedef {import("./backend.js").Backend} Backend */

/** @type {import("./backend.js").OpenBackend} */
export async function openBackend(model, programs, listener) {
  const { runner, adapter } = await openRunner(model, programs);
  return new GpuBackend(runner, adapter, listener);
}

/** @param {import("./backend.js").BackendFrame} frame @returns {string[]} what it runs */
const programsOf = ({ runs, show }) => [...runs.flatMap(([program, times]) => (times ? [program] : [])), ...show];

/** @implements {Backend} */
class GpuBackend {
  kind = /** @type {const} */ ("gpu");
  #stopListening;
  #gone = false;
  /** What is under way. @type {Promise<void> | undefined} */
  #job;
  /**
   * What was drawn last, by name, where vertex shaders can read no buffers, as in the compatibility mode: pictures are
   * drawn from these on 2-d canvases. @type {Map<string, import("../types.d.ts").Numbers | undefined> | undefined}
   */
  #copies;

  /**
   * @param {import("../gpu/runner.js").Runner} runner @param {string} adapter
   * @param {import("./backend.js").BackendListener} listener
   */
  constructor(runner, adapter, listener) {
    this.runner = runner;
    this.adapter = adapter;
    this.listener = listener;
    const failed = (/** @type {string} */ sentence) => listener.failed(new DemoError(sentence));
    this.#stopListening = listen({ lost: listener.lost, failed });
    this.#copies = drawsFromBuffers(runner.device) ? undefined : new Map();
  }

  /** @param {string} name */
  has(name) {
    return this.runner.has(name);
  }

  /** @param {string} program */
  prepared(program) {
    return this.runner.prepared(program);
  }

  /** @param {string} program */
  async prepare(program) {
    try {
      await this.runner.prepare(program);
    } catch (error) {
      if (error instanceof WrongDeviceError) this.listener.lost(error.message);
      throw error;
    }
  }

  /** @param {string} name @param {ArrayLike<number>} values */
  write(name, values) {
    if (!this.#job) return this.runner.write(name, values);
    const copy = new Float64Array(values); // holds every f32, u32 and i32
    const late = async () => this.#gone || this.runner.write(name, copy);
    this.#begin(late).catch((error) => this.listener.failed(error));
  }

  /** @param {string} program @param {number} times */
  run(program, times) {
    return this.#begin(() => this.runner.run(program, times));
  }

  /** @param {string} name @param {number} [first] @param {number} [count] */
  read(name, first, count) {
    return this.#after(() => this.runner.read(name, first, count));
  }

  /**
   * What takes several submits: whatever is asked for meanwhile comes after it.
   * @template Value @param {() => Promise<Value>} start @returns {Promise<Value>}
   */
  #begin(start) {
    const job = this.#after(start);
    this.#wait(job);
    return job;
  }

  /** @template Value @param {() => Promise<Value>} start @returns {Promise<Value>} when it is its turn: now, mostly */
  #after(start) {
    const job = this.#job;
    if (!job) return start();
    const begun = job.then(start);
    this.#wait(job); // asked second, it answers second: whoever comes between finds that it is not yet their turn
    return begun;
  }

  /** @param {Promise<unknown>} job that all which comes next has to wait for */
  #wait(job) {
    const over = () => {
      if (this.#job === ended) this.#job = undefined;
    };
    const ended = job.then(over, over);
    this.#job = ended;
  }

  /** @param {string} name @returns {import("../types.d.ts").MarkData} */
  markData(name) {
    const { shape, dtype, ...binding } = this.runner.buffer(name);
    if (!this.#copies) return { shape, dtype, binding };
    const array = this.#copies.get(name);
    this.#copies.set(name, array); // to be copied from now on
    return array ? { shape, dtype, array } : { shape, dtype };
  }

  /** @param {import("./backend.js").BackendFrame} frame @returns {Promise<void>} */
  frame(frame) {
    const long = programsOf(frame).some((each) => this.runner.isLong(each));
    return long ? this.#begin(() => this.#longFrame(frame)) : this.#after(() => this.#draw(frame, true));
  }

  /** @param {import("./backend.js").BackendFrame} frame what would hold the GPU too long at once comes in parts */
  async #longFrame(frame) {
    for (const [program, times] of frame.runs) if (times) await this.runner.run(program, times);
    for (const each of frame.show) await this.runner.run(each);
    if (!this.#gone) await this.#draw(frame, false);
  }

  /** @param {import("./backend.js").BackendFrame} frame @param {boolean} compute as well @returns {Promise<void>} */
  #draw(frame, compute) {
    const { runs, show, draw } = frame;
    // It may have waited for its turn.
    if (this.#gone) return Promise.reject(new DemoError("The run on the GPU has ended."));
    const { device } = this.runner;
    const encoder = device.createCommandEncoder();
    if (compute && programsOf(frame).length) {
      const pass = encoder.beginComputePass();
      for (const [program, times] of runs) this.runner.encode(pass, program, times);
      for (const each of show) this.runner.encode(pass, each);
      pass.end();
    }
    if (!this.#copies) draw(gpuPaint(device, encoder));
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    const done = this.#copies ? this.#drawFlat(this.#copies, draw) : idle(device.queue);
    return done.then(() => {
      const ran = runs.filter(([, times]) => times);
      if (!compute || ran.length !== 1) return; // of several none is measured
      const [[program, times]] = ran;
      this.runner.took(program, (performance.now() - start) / times);
    });
  }

  /**
   * @param {Map<string, import("../types.d.ts").Numbers | undefined>} copies
   * @param {(paint: import("../views/surface.js").Paint) => void} draw again when it wanted what was not copied yet
   */
  async #drawFlat(copies, draw) {
    const { flatPaint } = await import("../views/paint-flat.js");
    for (let known = -1; known < copies.size; ) {
      known = copies.size;
      const names = [...copies.keys()];
      const arrays = await Promise.all(names.map((name) => this.runner.read(name)));
      for (const [i, name] of names.entries()) copies.set(name, arrays[i]);
      draw(flatPaint);
    }
  }

  destroy() {
    this.#gone = true;
    this.#stopListening();
    this.runner.destroy();
  }
}
