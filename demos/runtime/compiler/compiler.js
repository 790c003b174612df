/**
 * A plan becomes a WebAssembly module: the kernels that its programs dispatch, and a function for each program.
 *
 * In: a plan, and the text of the functions that WebAssembly lacks (shaders/processor/functions.wgsl). Out: the bytes
 * of a module. The page and the build run the same one; `layout.js` says where its buffers lie.
 */
import { Context } from "./context.js";
import { encode } from "./encoder.js";
import { ShaderError } from "./errors.js";
import { inline } from "./functions.js";
import { TIME, define, kernelOf } from "./kernel.js";
import { SCRATCH, layoutOf } from "./layout.js";
import { called, held, integer } from "./nodes.js";
import { parse } from "./parser.js";
import { VEC4F, computed } from "./types.js";

/** @typedef {import("../types.d.ts").Plan} Plan */
/** @typedef {import("../types.d.ts").Step} Step */
/** @typedef {import("./compiler.d.ts").Callable} Callable */
/** @typedef {import("./compiler.d.ts").ModuleSyntax} ModuleSyntax */
/** @typedef {import("./compiler.d.ts").Value} Value */

const LIBRARY = "shaders/processor/functions.wgsl";

/**
 * @param {Plan} plan checked before @param {string} functions
 * @returns {Uint8Array<ArrayBuffer>} throws ShaderError where a kernel lies outside the subset
 */
export function compile(plan, functions) {
  const { addresses, pages } = layoutOf(plan);
  const library = new Library(functions);
  const kernels = new Kernels(plan, library);
  const programs = Object.entries(plan.programs).map(([name, { steps }]) => {
    const body = steps.map((step) => {
      const bindings = step.bindings.map((index) => integer(addresses[index]));
      const last = step.workgroups.reduce((product, each) => product * each, 1);
      const operands = [...bindings, integer(0), integer(last), ...kernels.timeOf(step).map(integer)];
      return /** @type {const} */ ({ kind: "do", node: called(kernels.get(step), operands) });
    });
    return { name, parameters: [], results: [], locals: [], body, index: -1, exported: name };
  });
  return encode([...library.callables.values(), ...kernels.callables.values(), ...programs], pages);
}

/** The functions that WebAssembly lacks, each compiled when it is first called. */
class Library {
  /** @type {Map<string, Callable>} */
  callables = new Map();

  /** @param {string} text */
  constructor(text) {
    this.module = parse(text, LIBRARY);
  }

  /** @param {string} name @returns {Callable | null} */
  get(name) {
    const found = this.callables.get(name);
    const syntax = this.module.functions.get(name);
    if (found || !syntax) return found ?? null;
    const context = new Context(this.module, LIBRARY, () => null);
    define(context, {});
    const parameter = context.local("v128", { frozen: true });
    const result = inline(context, syntax, [computed(VEC4F, [held(parameter)])], syntax.line);
    const { locals, output } = context;
    output.push({ kind: "do", node: /** @type {Value} */ (result).nodes[0] });
    /** @type {Callable} */
    const callable = { name, parameters: ["v128"], results: ["v128"], locals, body: output, index: -1, exported: null };
    this.callables.set(name, callable);
    return callable;
  }
}

/** The kernels of a plan, each compiled once for every set of sizes that it is dispatched with, and for all times. */
class Kernels {
  /** @type {Map<string, Callable>} */
  callables = new Map();
  /** @type {Map<string, ModuleSyntax>} */
  #modules = new Map();
  #latest;

  /** @param {Plan} plan @param {Library} library */
  constructor(plan, library) {
    this.plan = plan;
    this.library = library;
    const steps = Object.values(plan.programs).flatMap((program) => program.steps);
    this.#latest = steps.flatMap((step) => this.timeOf(step)).reduce((a, b) => Math.max(a, b), 0);
  }

  /** @param {Step} step @returns {number[]} at which time of a scan it is, if its kernel asks */
  timeOf({ kernel, params = [] }) {
    return params.filter((_, i) => this.plan.kernels[kernel].params?.[i] === TIME);
  }

  /** @param {Step} step @returns {Callable} */
  get({ kernel: index, bindings, workgroups, params = [] }) {
    const { source, entry, constants = {}, params: names = [] } = this.plan.kernels[index];
    const bytes = bindings.map((each) =>
      this.plan.buffers[each].shape.reduce((product, length) => product * length, 4),
    );
    const fixed = params.filter((_, i) => names[i] !== TIME);
    const key = [index, fixed, workgroups, bytes].join(";");
    const found = this.callables.get(key);
    if (found) return found;
    const { file, wgsl } = this.plan.sources[source];
    const module = this.#modules.get(source) ?? parse(wgsl, file);
    this.#modules.set(source, module);
    const sizes = Object.fromEntries(names.map((name, i) => [name, params[i]]));
    const { callable, scratch } = kernelOf(
      module,
      file,
      { entry, constants, params: sizes, bytes, workgroups, latest: this.#latest },
      (name) => this.library.get(name),
    );
    if (scratch > SCRATCH)
      throw new ShaderError(file, 1, `at most ${SCRATCH} bytes of arrays and workgroup memory are expected`, scratch);
    this.callables.set(key, callable);
    return callable;
  }
}
