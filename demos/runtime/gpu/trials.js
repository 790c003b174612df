/**
 * Tries a plan's kernels on a device before it is trusted with them: each once a tab, for a browser, a device and a
 * text.
 *
 * In: a plan with its pipelines, and the URL of what its trial must give (common/trial.js). Out: nothing, or an error
 * that names the device and the kernel. It knows nothing of what is run afterwards.
 */
import { DemoError } from "../common/errors.js";
import { fetchJson } from "../common/data.js";
import { recall, remember } from "../common/storage.js";
import { agrees, patternOf, sampledAt, trialsOf } from "../common/trial.js";
import { createRunner } from "./runner.js";

/** @typedef {import("../types.d.ts").Plan} Plan */
/** @typedef {import("../types.d.ts").Trial} Trial */
/** @typedef {import("./pipelines.js").Pipelines} Pipelines */

/** A device that computes wrongly: it is not asked for the same again. */
export class WrongDeviceError extends DemoError {}

/** What devices got wrong: a sentence for each kernel on each. @type {Map<string, string>} */
const wrong = new Map();

/** @param {string} adapter @returns {string} its name and the browser's version, which decide what a driver is given */
const placeOf = (adapter) => `tried on ${adapter}, ${navigator.userAgent}`;

/** @param {string} place @returns {Set<string>} kernels that need no trial, from this page or another one of the tab */
const passed = (place) => new Set(recall(place)?.split("\n"));

export class Trials {
  /** Kernels that wait for the trial that runs now to end. @type {Set<number>} */
  #waiting = new Set();
  /** @type {Promise<void>} */
  #last = Promise.resolve();
  /** @type {Promise<void> | undefined} */
  #next;

  /**
   * @param {Pipelines} pipelines @param {string} adapter @param {string} url of what is expected. Throws
   *   WrongDeviceError where it is known already that a kernel is computed wrongly.
   */
  constructor(pipelines, adapter, url) {
    this.pipelines = pipelines;
    this.place = placeOf(adapter);
    this.adapter = adapter;
    this.url = url;
    for (const kernel of pipelines.plan.kernels.keys()) {
      const sentence = wrong.get(`${this.place} ${this.#key(kernel)}`);
      if (sentence) throw new WrongDeviceError(sentence);
    }
  }

  /**
   * @param {Iterable<number>} kernels compiled already
   * @returns {Promise<void>} when all have passed; those asked for while another trial runs share the next one. Throws
   *   WrongDeviceError.
   */
  pass(kernels) {
    const known = passed(this.place);
    const untried = [...kernels].filter((kernel) => !known.has(this.#key(kernel)));
    if (!untried.length) return Promise.resolve();
    for (const kernel of untried) this.#waiting.add(kernel);
    this.#next ??= this.#last
      .catch(() => {})
      .then(() => {
        const now = new Set(this.#waiting);
        this.#waiting.clear();
        this.#next = undefined;
        return this.#run(now);
      });
    this.#last = this.#next;
    return this.#next;
  }

  /** @param {number} kernel @returns {string} the same for kernels that compute the same */
  #key(kernel) {
    const { constants } = this.pipelines.plan.kernels[kernel];
    return [this.pipelines.source(kernel), ...Object.values(constants)].join(" ");
  }

  /** @param {Set<number>} kernels */
  async #run(kernels) {
    /** @type {Trial} */
    const { programs } = await fetchJson(this.url);
    for (const trial of trialsOf(this.pipelines.plan, kernels)) await this.#try(trial, programs);
    const right = [...kernels].map((kernel) => this.#key(kernel));
    remember(this.place, [...new Set([...passed(this.place), ...right])].join("\n"));
  }

  /** @param {Plan} trial @param {Trial["programs"]} expected */
  async #try(trial, expected) {
    const { device } = this.pipelines;
    const data = async (/** @type {import("../types.d.ts").PlanBuffer} */ buffer) => patternOf(buffer);
    const runner = await createRunner(device, trial, data, { pipelines: this.pipelines });
    const kernels = Object.keys(trial.programs);
    try {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (const program of kernels) runner.encode(pass, program);
      pass.end();
      device.queue.submit([encoder.finish()]);
      await Promise.all(kernels.map((kernel) => this.#compare(runner, Number(kernel), expected[kernel])));
    } finally {
      runner.destroy();
    }
  }

  /**
   * @param {import("./runner.js").Runner} runner @param {number} kernel
   * @param {Trial["programs"][string]} [expected] by buffer
   */
  async #compare(runner, kernel, expected) {
    const { file } = this.pipelines.plan.sources[this.pipelines.source(kernel)];
    if (!expected) throw new DemoError(`The build did not try ${file}; build this site anew.`);
    // All reads of all kernels in one turn: they share one wait.
    const agreed = Object.entries(expected).map(async ([name, wanted]) => {
      const { dtype, size } = runner.buffer(name);
      const found = await Promise.all(sampledAt(size / 4).map((place) => runner.read(name, place, 1)));
      const numbers = found.map(([value]) => value);
      return agrees(wanted, numbers, dtype, this.pipelines.half(kernel));
    });
    if ((await Promise.all(agreed)).every(Boolean)) return;
    const sentence = `${this.adapter} computes ${file} wrongly; no demo that needs it is run there.`;
    wrong.set(`${this.place} ${this.#key(kernel)}`, sentence);
    throw new WrongDeviceError(sentence);
  }
}
