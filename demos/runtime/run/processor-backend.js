/**
 * The reader's processor as a backend: a plan's module in a worker, and views drawn from what comes back of it.
 *
 * In: a plan with its module and data, frames. Out: what `backend.js` demands. A frame is one message, its steps and
 * what shows, and one answer, the numbers that its marks draw. It knows nothing of demos. Loaded when it is chosen, or
 * timed.
 */
import { DemoError } from "../common/errors.js";
import { NamedBuffers } from "../common/buffers.js";
import { ARRAYS, checkNumbers } from "../common/data.js";
import { fillFrom, initialNumbers } from "../common/datasets.js";
import { layoutOf } from "../compiler/layout.js";
import { compiledModule } from "../processor/module.js";
import { Thread } from "../processor/thread.js";
import { flatPaint } from "../views/paint-flat.js";

/** @typedef {import("../types.d.ts").Plan} Plan */
/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {import("../views/surface.js").Mark} Mark */
/** @typedef {import("../views/surface.js").Surface} Surface */
/** @typedef {import("./backend.js").Backend} Backend */
/** @typedef {import("./backend.js").BackendListener} BackendListener */

/** @type {import("./backend.js").OpenBackend} */
export async function openBackend({ plan: wanted, module: url, data }, _programs, listener) {
  const thread = new Thread((sentence) => listener.lost(sentence));
  try {
    const [plan, module] = await Promise.all([wanted, compiledModule(url)]);
    const exported = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
    const missing = Object.keys(plan.programs).find((each) => !exported.has(each));
    if (missing !== undefined) throw new DemoError(`${url} does not hold the program ${missing} of its plan.`);
    const layout = layoutOf(plan);
    const [numbers] = await Promise.all([initialNumbers(plan, fillFrom(data)), thread.open(module, layout)]);
    const backend = new ProcessorBackend(plan, layout.addresses, thread, listener);
    for (const [name, values] of numbers) backend.write(name, values);
    return backend;
  } catch (error) {
    thread.end();
    throw error;
  }
}

/** @implements {Backend} */
class ProcessorBackend {
  kind = /** @type {const} */ ("processor");
  adapter = "processor";
  #named;
  /** Where each buffer begins. @type {Map<string, number>} */
  #addresses;
  #thread;

  /** @param {Plan} plan @param {number[]} addresses @param {Thread} thread @param {BackendListener} listener */
  constructor(plan, addresses, thread, listener) {
    this.plan = plan;
    this.listener = listener;
    this.#named = new NamedBuffers(plan);
    this.#addresses = new Map(plan.buffers.flatMap(({ name }, i) => (name ? [[name, addresses[i]]] : [])));
    this.#thread = thread;
  }

  /** @param {string} name */
  has(name) {
    return this.#named.has(name);
  }

  /** @param {string} program: all are in the module */
  prepared(program) {
    return Object.hasOwn(this.plan.programs, program);
  }

  /** @param {string} program */
  async prepare(program) {
    this.#demand(program);
  }

  /** @param {string} program @throws {DemoError} where there is none */
  #demand(program) {
    if (!this.prepared(program)) throw new DemoError(`The plan ${this.plan.name} has no program called ${program}.`);
  }

  /** @param {string} name @param {ArrayLike<number>} values as many as the buffer holds */
  write(name, values) {
    const buffer = this.#named.find(name);
    checkNumbers(buffer, values);
    this.#thread.write(this.#addressOf(name), new ARRAYS[buffer.dtype](values));
  }

  /**
   * @param {string} program @param {number} times
   * @returns {Promise<void>} also when it was lost meanwhile: the listener is told that
   */
  async run(program, times) {
    this.#demand(program); // and asked for at once: what is called next comes after it
    await this.#thread.run([[program, times]], []).catch(() => {});
  }

  /** @param {string} name @param {number} [first] @param {number} [count] @returns {Promise<Numbers>} */
  async read(name, first = 0, count) {
    const part = this.#partOf(name, first, count);
    const [copy] = await this.#thread.run([], [part]);
    return this.#numbers(name, copy);
  }

  /** @param {string} name @returns {import("../types.d.ts").MarkData} its numbers come with the frame */
  markData(name) {
    const { shape, dtype } = this.#named.find(name);
    return { shape, dtype, name };
  }

  /** @param {import("./backend.js").BackendFrame} frame @returns {Promise<void>} */
  frame({ runs: wanted, show, draw }) {
    /** @type {[string, number][]} */
    const runs = [...wanted, ...show.map((each) => /** @type {[string, number]} */ ([each, 1]))];
    for (const [each] of runs) this.#demand(each);
    /** @type {[Surface, Mark[]][]} */
    const pictures = [];
    // Views say now what they draw, of this very step; the numbers follow.
    draw((surface, marks) => pictures.push([surface, marks]));
    const drawn = pictures.flatMap(([, marks]) => marks).flatMap(({ data, kind }) => [data.name, kind?.name]);
    const names = [...new Set(drawn)].filter((name) => name !== undefined);
    const parts = names.map((name) => this.#partOf(name));
    return this.#thread.run(runs, parts).then((copies) => {
      this.#paint(pictures, new Map(names.map((name, i) => [name, this.#numbers(name, copies[i])])));
    });
  }

  /** @param {[Surface, Mark[]][]} pictures @param {Map<string, Numbers>} numbers */
  #paint(pictures, numbers) {
    /** @param {import("../types.d.ts").MarkData} data */
    const filled = (data) => (data.name === undefined ? data : { ...data, array: numbers.get(data.name) });
    try {
      for (const [surface, marks] of pictures) {
        const ready = marks.map((mark) => ({ ...mark, data: filled(mark.data), kind: mark.kind && filled(mark.kind) }));
        flatPaint(surface, ready);
      }
    } catch (error) {
      this.listener.failed(/** @type {Error} */ (error));
    }
  }

  /** @param {string} name */
  #addressOf(name) {
    return /** @type {number} */ (this.#addresses.get(name));
  }

  /**
   * @param {string} name @param {number} [first] @param {number} [count]
   * @returns {import("../processor/thread.js").Part}
   */
  #partOf(name, first = 0, count) {
    const { from, size } = this.#named.part(name, first, count);
    return { address: this.#addressOf(name) + from, size };
  }

  /** @param {string} name @param {ArrayBuffer} copy @returns {Numbers} */
  #numbers(name, copy) {
    return new ARRAYS[this.#named.find(name).dtype](copy);
  }

  destroy() {
    this.#thread.end();
  }
}
