/**
 * What is known while a function is compiled: its names, its locals, its memory, and the instructions so far.
 *
 * In: a module's syntax. Out: instructions. Every room of the compiler is handed it.
 */
import { ShaderError } from "./errors.js";
import { LARGEST, held, integer, isLeaf, newId, scratchBase } from "./nodes.js";
import { add } from "./linear.js";
import { described } from "./types.js";

/** @typedef {import("./compiler.d.ts").Instruction} Instruction */
/** @typedef {import("./compiler.d.ts").Label} Label */
/** @typedef {import("./compiler.d.ts").Local} Local */
/** @typedef {import("./compiler.d.ts").Meaning} Meaning */
/** @typedef {import("./compiler.d.ts").ModuleSyntax} ModuleSyntax */
/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Callable} Callable */
/** @typedef {import("./compiler.d.ts").Type} Type */
/** @typedef {import("./compiler.d.ts").Variable} Variable */
/** @typedef {import("./compiler.d.ts").WasmType} WasmType */
/** @typedef {{ names: Map<string, Meaning>, above: Scope | null }} Scope */
/** @typedef {{ next: Label, exit: Label }} Loop */

/** What is left of a function by `return`: where its result goes, and what is branched to. */
/** @typedef {{ label: Label, result: Variable | null }} Exit */

export class Context {
  /** @type {Instruction[]} */
  output = [];
  /** @type {Local[]} */
  locals = [];
  /** @type {Scope} */
  scope = { names: new Map(), above: null };
  /** @type {Loop[]} */
  loops = [];
  /** @type {Exit | null} */
  exit = null;
  /** @type {string[]} functions that are being inlined */
  inlined = [];
  /** How many loops there are around what is emitted now. */
  depth = 0;
  /** How many loops have been emitted. */
  repeats = 0;
  /** Bytes of memory of its own that the function takes. */
  scratch = 0;

  /**
   * @param {ModuleSyntax} module @param {string} file named by errors
   * @param {(name: string) => Callable | null} library the function of this name that is written in WGSL for all
   * modules
   */
  constructor(module, file, library) {
    this.module = module;
    this.file = file;
    this.library = library;
    /** @type {Scope} */
    this.globals = this.scope;
  }

  /**
   * @param {number} line @param {string} expected what is expected, and where
   * @param {string | number | Type | Type[]} [found] @returns {never}
   */
  fail(line, expected, found) {
    const types = typeof found === "object" ? [found].flat().map(described).join(" and ") : found;
    const said = typeof found === "string" ? `\`${found}\`` : types;
    throw new ShaderError(this.file, line, expected, said);
  }

  /** @param {Instruction} instruction */
  emit(instruction) {
    this.output.push(instruction);
  }

  /** @param {WasmType} type @param {Partial<Local>} [more] @returns {Local} */
  local(type, more = {}) {
    const local = { type, id: newId(), index: -1, depth: this.depth, max: LARGEST, divisor: 1, frozen: false, ...more };
    this.locals.push(local);
    return local;
  }

  /** @param {Local} local @param {Node} node */
  set(local, node) {
    this.emit({ kind: "set", local, node });
  }

  /** Computes it now, once. @param {Node} node @returns {Node} what it was worth, whatever changes */
  kept(node) {
    const local = this.local(node.type, { max: node.max, divisor: node.divisor, frozen: true });
    this.set(local, node);
    return held(local);
  }

  /** @param {Node} node @returns {Node} the same, which may stand several times in what is emitted next */
  shared(node) {
    return isLeaf(node) ? node : this.kept(node);
  }

  /** @param {string} name behind `#` where it is the module's @returns {Meaning | null} */
  find(name) {
    if (name[0] === "#") return this.globals.names.get(name.slice(1)) ?? null;
    for (let scope = /** @type {Scope | null} */ (this.scope); scope; scope = scope.above) {
      const found = scope.names.get(name);
      if (found) return found;
    }
    return null;
  }

  /** @param {string} name @param {Meaning} meaning in the innermost scope */
  bind(name, meaning) {
    this.scope.names.set(name, meaning);
  }

  /** @template T @param {() => T} fill @param {Scope} [above] @returns {T} with names of its own */
  scoped(fill, above = this.scope) {
    const outer = this.scope;
    this.scope = { names: new Map(), above };
    const result = fill();
    this.scope = outer;
    return result;
  }

  /** @param {() => void} fill @returns {Instruction[]} what it emitted */
  collected(fill) {
    const outer = this.output;
    this.output = [];
    fill();
    const inner = this.output;
    this.output = outer;
    return inner;
  }

  /** @param {number} bytes @returns {Node} the address of memory that is this function's own */
  allocate(bytes) {
    const at = this.scratch;
    this.scratch += (bytes + 15) & ~15;
    return add(scratchBase(), integer(at));
  }
}
