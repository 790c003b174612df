/**
 * The page's side of a worker that runs a module: what is asked of it, in order, and how it ends.
 *
 * In: a module, and what shall be written and run in its memory. Out: copies of parts of that memory. It knows neither
 * plans nor names of buffers.
 */
import { DemoError } from "../common/errors.js";

/** A part of the memory, in bytes. @typedef {{ address: number, size: number }} Part */
/**
 * What a worker is asked: to open a module, which comes first, to write, or to run programs, each so many times, and
 * then to copy parts.
 * @typedef {{ module: WebAssembly.Module, pages: number, scratch: number } | { address: number, bytes: ArrayBuffer }
 *   | { runs: [program: string, times: number][], parts: Part[] }} Request
 */
/** @typedef {{ resolve: (copies: ArrayBuffer[]) => void, reject: (error: DemoError) => void }} Waiting */

const NO_WORKER =
  "The worker that computes on the processor did not start: its script could not be loaded, or the policy of this " +
  "page's host does not allow it.";

export class Thread {
  /** Who waits for an answer, in the order of the requests. @type {Waiting[]} */
  #waiting = [];
  /** Why it has ended. @type {DemoError | undefined} */
  #ended;
  #worker;
  #opened = false;

  /** @param {(sentence: string) => void} lost it has ended unasked, said once */
  constructor(lost) {
    this.lost = lost;
    try {
      this.#worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "processor" });
    } catch {
      throw new DemoError(NO_WORKER);
    }
    this.#worker.onmessage = ({ data }) => {
      if (data.failure) this.#fail(data.failure);
      else this.#waiting.shift()?.resolve(data.copies);
    };
    const unread = () => this.#end("The worker that computes sent what cannot be read.");
    this.#worker.addEventListener("messageerror", unread); // Chromium's workers have no onmessageerror
    this.#worker.onerror = (event) => {
      event.preventDefault(); // it is said in the demo
      this.#end(this.#opened ? `The worker that computes has died: ${event.message || "no reason given"}.` : NO_WORKER);
    };
  }

  /**
   * @param {WebAssembly.Module} module @param {{ pages: number, scratch: number }} layout
   * @returns {Promise<void>} when it can run, all of its memory zero
   */
  async open(module, { pages, scratch }) {
    this.pages = pages;
    await this.#ask({ module, pages, scratch });
    this.#opened = true;
  }

  /** @param {number} address @param {{ buffer: ArrayBuffer }} values are given away */
  write(address, { buffer }) {
    this.#ask({ address, bytes: buffer }, [buffer]).catch(() => {}); // `lost` says it
  }

  /** @param {[program: string, times: number][]} runs @param {Part[]} parts @returns {Promise<ArrayBuffer[]>} */
  run(runs, parts) {
    return this.#ask({ runs, parts });
  }

  /** Ends it, and frees its memory. Who waits is told. */
  end() {
    this.#stop(new DemoError("The run on the processor has ended."));
  }

  /** @param {Request} request @param {Transferable[]} [given] @returns {Promise<ArrayBuffer[]>} */
  #ask(request, given = []) {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request, given);
    });
  }

  /** @param {{ name: string, message: string }} failure of a request */
  #fail({ name, message }) {
    const size = Math.ceil((this.pages ?? 0) / 16);
    if (this.#opened) this.#end(`The processor stopped in the middle of a program: ${message}.`);
    else if (name === "RangeError") this.#end(`This demo needs ${size} MB of memory, and this browser gives it none.`);
    else this.#end(`The module of this demo does not fit its plan: ${message}.`);
  }

  /** @param {string} sentence */
  #end(sentence) {
    if (this.#ended) return;
    // First to whom it belongs: whoever waits then finds it gone.
    if (this.#opened) this.lost(sentence);
    this.#stop(new DemoError(sentence));
  }

  /** @param {DemoError} error */
  #stop(error) {
    if (this.#ended) return;
    this.#ended = error;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
