/**
 * The reader's GPU as a backend: each frame's steps, what shows and the drawing are one encoder and one submit.
 *
 * In: a plan with its data (open.js), frames. Out: what `backend.js` demands, and views drawn from the plan's buffers.
 * It knows nothing of demos. Loaded when a demo first wakes.
 */
import { DemoError } from "../common/adapter.js";
import { listen } from "../gpu/device.js";
import { openRunner } from "../gpu/open.js";
import { gpuPaint } from "../views/paint-gpu.js";

/** @typedef {import("./backend.js").Backend} Backend */

/** @type {import("./backend.js").OpenBackend} */
export async function openBackend({ plan, data }, programs, listener) {
  const { runner, adapter } = await openRunner(plan, data, programs);
  return new GpuBackend(runner, adapter, listener);
}

/** @implements {Backend} */
class GpuBackend {
  kind = /** @type {const} */ ("gpu");
  #stopListening;

  /**
   * @param {import("../gpu/runner.js").Runner} runner @param {string} adapter
   * @param {import("./backend.js").BackendListener} listener
   */
  constructor(runner, adapter, listener) {
    this.runner = runner;
    this.adapter = adapter;
    const failed = (/** @type {string} */ sentence) => listener.failed(new DemoError(sentence));
    this.#stopListening = listen({ lost: () => listener.lost("The GPU was lost."), failed });
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
  prepare(program) {
    return this.runner.prepare(program);
  }

  /** @param {string} name @param {ArrayLike<number>} values */
  write(name, values) {
    this.runner.write(name, values);
  }

  /** @param {string} program @param {number} times */
  run(program, times) {
    return this.runner.run(program, times);
  }

  /** @param {string} name @param {number} [first] @param {number} [count] */
  read(name, first, count) {
    return this.runner.read(name, first, count);
  }

  /** @param {string} name @returns {import("../types.d.ts").MarkData} */
  markData(name) {
    const { shape, dtype, ...binding } = this.runner.buffer(name);
    return { shape, dtype, binding };
  }

  /** @param {import("./backend.js").BackendFrame} frame @returns {Promise<void>} */
  frame({ program, steps, show, draw }) {
    const { device } = this.runner;
    const encoder = device.createCommandEncoder();
    if (steps || show.length) {
      const pass = encoder.beginComputePass();
      this.runner.encode(pass, program, steps);
      for (const each of show) this.runner.encode(pass, each);
      pass.end();
    }
    draw(gpuPaint(device, encoder));
    device.queue.submit([encoder.finish()]);
    return device.queue.onSubmittedWorkDone();
  }

  destroy() {
    this.#stopListening();
    this.runner.destroy();
  }
}
