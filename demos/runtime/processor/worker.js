/**
 * Runs a plan's module in a thread of its own, so that the page stays quick however long a step takes.
 *
 * In: messages of thread.js: open, write, run. Out: an answer to each, with copies of memory, or what went wrong. It
 * knows addresses and exported functions, neither plans nor names of buffers. One worker holds one memory; ending it
 * frees that.
 */

/** @typedef {import("./thread.js").Request} Request */
/** @typedef {import("./thread.js").Part} Part */

/** How long it may be deaf: a worker that is to end is heard to do so in between. */
const DEAF_MS = 100;

/** What a worker calls itself; its type is in a library that has no documents. */
const page = /** @type {MessagePort} */ (/** @type {unknown} */ (globalThis));

/** @type {WebAssembly.Memory} */
let memory;
/** @type {Record<string, () => void>} */
let programs;

/** @param {{ module: WebAssembly.Module, pages: number, scratch: number }} request */
async function open({ module, pages, scratch }) {
  memory = new WebAssembly.Memory({ initial: pages });
  const plan = { memory, scratch: new WebAssembly.Global({ value: "i32" }, scratch) };
  const { exports } = await WebAssembly.instantiate(module, { plan });
  programs = /** @type {typeof programs} */ (exports);
}

/** @param {string} program @param {number} times */
async function repeat(program, times) {
  const run = programs[program];
  let heard = performance.now();
  for (let done = 0; done < times; done++) {
    run();
    if (performance.now() - heard < DEAF_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    heard = performance.now();
  }
}

/** @param {Request} request @returns {Promise<ArrayBuffer[]>} copies of the parts that it asks for */
async function perform(request) {
  if ("module" in request) await open(request);
  else if ("bytes" in request) new Uint8Array(memory.buffer, request.address).set(new Uint8Array(request.bytes));
  else {
    for (const [program, times] of request.runs) await repeat(program, times);
    return request.parts.map(({ address, size }) => memory.buffer.slice(address, address + size));
  }
  return [];
}

/** Requests are answered one after the other, though what takes long lets others arrive. */
let last = Promise.resolve();

page.onmessage = ({ data }) => {
  last = last.then(async () => {
    try {
      const copies = await perform(data);
      page.postMessage({ copies }, copies);
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      page.postMessage({ failure: { name, message } });
    }
  });
};

export {}; // a module, whose names are its own
