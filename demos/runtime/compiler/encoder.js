/**
 * Functions become the bytes of a WebAssembly module.
 *
 * In: functions of instructions. Out: a module that imports `plan.memory` and `plan.scratch`, the address from which on
 * memory is a thread's own, and exports what is to be called. It knows nothing of WGSL.
 */
import { Bytes } from "./bytes.js";
import { localsSet } from "./invariants.js";
import { spelt } from "./linear.js";
import { bitsOf } from "./nodes.js";
import { OPCODES, TYPES } from "./opcodes.js";

/** @typedef {import("./compiler.d.ts").Callable} Callable */
/** @typedef {import("./compiler.d.ts").Instruction} Instruction */
/** @typedef {import("./compiler.d.ts").Label} Label */
/** @typedef {import("./compiler.d.ts").Local} Local */
/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").WasmType} WasmType */

const [BLOCK, LOOP, IF, ELSE, END, BRANCH, BRANCH_IF, CALL] = [0x02, 0x03, 0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x10];
const [SELECT, SELECT_TYPED, GET, SET, GLOBAL, I32, F32, NOTHING] = [0x1b, 0x1c, 0x20, 0x21, 0x23, 0x41, 0x43, 0x40];
const [SIMD, CONSTANT, SHUFFLE] = [0xfd, 12, 13];
const ALIGNMENT = 2; // of 4 bytes

/** Writes one function's body. */
class Body {
  bytes = new Bytes();
  /** The blocks and loops around, the innermost last. @type {(Label | null)[]} */
  labels = [];

  /** @param {number} code */
  code(code) {
    if (code < 0x100) return this.bytes.byte(code);
    this.bytes.byte(code >> 8);
    return this.bytes.unsigned(code & 255);
  }

  /** @param {Node} node */
  node(node) {
    const plain = node.op === "linear" ? spelt(node) : node;
    for (const each of plain.operands) this.node(each);
    this.operation(plain);
  }

  /** @param {Node} node whose operands are written */
  operation({ op, type, value, lanes, local, callee }) {
    const { bytes } = this;
    if (local) this.access(GET, local);
    else if (op in OPCODES) {
      this.code(OPCODES[op]);
      if (/load|store/.test(op)) {
        bytes.byte(ALIGNMENT);
        bytes.unsigned(value);
      }
      if (op.endsWith("_lane")) bytes.byte(lanes.length ? lanes[0] : value);
    } else if (op === "i32.const") {
      bytes.byte(I32);
      bytes.signed(value);
    } else if (op === "f32.const") {
      bytes.byte(F32);
      bytes.word(bitsOf(value));
    } else if (op === "v128.const") {
      bytes.append([SIMD, CONSTANT]);
      for (const each of lanes) bytes.word(each);
    } else if (op === "i8x16.shuffle") {
      bytes.append([SIMD, SHUFFLE]);
      for (const each of lanes) bytes.append([4 * each, 4 * each + 1, 4 * each + 2, 4 * each + 3]);
    } else if (op === "select") {
      bytes.append(type === "v128" ? [SELECT_TYPED, 1, TYPES.v128] : [SELECT]);
    } else if (op === "memory.fill") bytes.append([0xfc, 11, 0]);
    else if (op === "global.get") bytes.append([GLOBAL, 0]);
    else {
      bytes.byte(CALL);
      bytes.unsigned(/** @type {Callable} */ (callee).index);
    }
  }

  /** @param {number} code @param {Local} local */
  access(code, local) {
    this.bytes.byte(code);
    this.bytes.unsigned(local.index);
  }

  /** @param {Instruction[]} instructions @param {Label | null} label of what they stand in */
  inside(instructions, label) {
    this.labels.push(label);
    for (const each of instructions) this.instruction(each);
    this.labels.pop();
  }

  /** @param {Instruction} instruction */
  instruction(instruction) {
    const { bytes } = this;
    if (instruction.kind === "set") {
      this.node(instruction.node);
      this.access(SET, instruction.local);
    } else if (instruction.kind === "do") this.node(instruction.node);
    else if (instruction.kind === "branch") this.branch(instruction.label, instruction.condition);
    else if (instruction.kind === "if") this.choice(instruction);
    else if (instruction.kind === "block" && !instruction.label.used) {
      for (const each of instruction.body) this.instruction(each);
    } else {
      bytes.append([instruction.kind === "loop" ? LOOP : BLOCK, NOTHING]);
      this.inside(instruction.body, instruction.label);
      bytes.byte(END);
    }
  }

  /** @param {Label} label @param {Node | null} condition */
  branch(label, condition) {
    if (condition) this.node(condition);
    this.bytes.byte(condition ? BRANCH_IF : BRANCH);
    this.bytes.unsigned(this.labels.length - 1 - this.labels.lastIndexOf(label));
  }

  /** @param {Extract<Instruction, { kind: "if" }>} instruction */
  choice({ condition, accept, reject }) {
    const [only] = accept;
    if (accept.length === 1 && only.kind === "branch" && !only.condition && !reject.length)
      return this.branch(only.label, condition);
    this.node(condition);
    this.bytes.append([IF, NOTHING]);
    this.inside(accept, null);
    if (reject.length) this.bytes.byte(ELSE);
    this.inside(reject, null);
    return this.bytes.byte(END);
  }
}

/**
 * Numbers the locals: parameters first, then those that are set, by type.
 * @param {Callable} callable @returns {[number, number][]} how many of each type there are
 */
function number({ parameters, locals, body }) {
  const used = localsSet(body, new Set(locals.slice(0, parameters.length)));
  let next = 0;
  for (const each of locals.slice(0, parameters.length)) each.index = next++;
  const rest = [...used].slice(parameters.length);
  return /** @type {WasmType[]} */ (Object.keys(TYPES)).map((type) => {
    const those = rest.filter((each) => each.type === type);
    for (const each of those) each.index = next++;
    return [those.length, TYPES[type]];
  });
}

/** @param {Bytes} bytes @param {number} id @param {(section: Bytes) => void} fill */
function section(bytes, id, fill) {
  const inner = new Bytes();
  fill(inner);
  bytes.byte(id);
  bytes.unsigned(inner.length);
  bytes.append(inner.written);
}

/** @param {Bytes} bytes @param {WasmType[]} types */
function listed(bytes, types) {
  bytes.unsigned(types.length);
  for (const each of types) bytes.byte(TYPES[each]);
}

/**
 * @param {Callable[]} functions @param {number} pages of 64 KiB that it takes at least
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encode(functions, pages) {
  for (const [i, each] of functions.entries()) each.index = i;
  const kinds = [...new Map(functions.map((each) => [kindOf(each), each])).entries()];
  const bytes = new Bytes();
  bytes.append([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  section(bytes, 1, (types) => {
    types.unsigned(kinds.length);
    for (const [, { parameters, results }] of kinds) {
      types.byte(0x60);
      listed(types, parameters);
      listed(types, results);
    }
  });
  section(bytes, 2, (imports) => {
    imports.unsigned(2);
    for (const name of ["memory", "scratch"]) {
      imports.text("plan");
      imports.text(name);
      if (name === "scratch") imports.append([3, TYPES.i32, 0]);
      else {
        imports.append([2, 0]);
        imports.unsigned(pages);
      }
    }
  });
  section(bytes, 3, (all) => {
    all.unsigned(functions.length);
    for (const each of functions) all.unsigned(kinds.findIndex(([kind]) => kind === kindOf(each)));
  });
  const exported = functions.filter((each) => each.exported !== null);
  section(bytes, 7, (exports) => {
    exports.unsigned(exported.length);
    for (const each of exported) {
      exports.text(/** @type {string} */ (each.exported));
      exports.byte(0);
      exports.unsigned(each.index);
    }
  });
  section(bytes, 10, (code) => bodies(code, functions));
  return Uint8Array.from(bytes.written);
}

/** @param {Callable} callable @returns {string} */
function kindOf({ parameters, results }) {
  return `${parameters}:${results}`;
}

/** @param {Bytes} code @param {Callable[]} functions */
function bodies(code, functions) {
  code.unsigned(functions.length);
  for (const each of functions) {
    const body = new Body();
    const groups = number(each).filter(([count]) => count);
    body.bytes.unsigned(groups.length);
    for (const [count, type] of groups) {
      body.bytes.unsigned(count);
      body.bytes.byte(type);
    }
    for (const instruction of each.body) body.instruction(instruction);
    body.bytes.byte(END);
    code.unsigned(body.bytes.length);
    code.append(body.bytes.written);
  }
}
