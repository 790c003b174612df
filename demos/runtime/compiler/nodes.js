/**
 * Trees of WebAssembly instructions, and what is known of them.
 *
 * In: instructions and their operands. Out: nodes. Constants are folded by those who know what a number means
 * (`integers.js`, `floats.js`), sums of u32 by `linear.js`.
 */

/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Local} Local */
/** @typedef {import("./compiler.d.ts").Callable} Callable */
/** @typedef {import("./compiler.d.ts").Term} Term */
/** @typedef {import("./compiler.d.ts").WasmType} WasmType */

/** The largest u32, which says of a node's `max` that nothing is known. */
export const LARGEST = 0xffffffff;
/** No address is larger: a plan takes 2^30 bytes at most. */
export const HIGHEST_ADDRESS = 2 ** 31;

/** @type {Node[]} */
const NO_NODES = [];
/** @type {number[]} */
const NO_LANES = [];
/** @type {Term[]} */
const NO_TERMS = [];
const words = new DataView(new ArrayBuffer(4));
let count = 0;

/** A number that nothing else has. */
export function newId() {
  return ++count;
}

/**
 * @param {string} op @param {WasmType} type @param {Node[]} operands @param {number} [value] an immediate
 * @returns {Node}
 */
export function node(op, type, operands, value = 0) {
  /** @type {Node} */
  const made = {
    op,
    type,
    operands,
    id: newId(),
    max: LARGEST,
    divisor: 1,
    fixed: true,
    reads: false,
    depth: 0,
    size: 1,
    value,
    lanes: NO_LANES,
    terms: NO_TERMS,
    local: null,
    callee: null,
  };
  for (const each of operands) depend(made, each);
  return made;
}

/** @param {Node} made @param {Node} on what is an operand of it, in some way */
export function depend(made, on) {
  made.fixed &&= on.fixed;
  made.reads ||= on.reads;
  made.depth = Math.max(made.depth, on.depth);
  made.size += on.size;
}

/** @param {Node} made @param {number} max @returns {Node} the same, known to be no larger */
export function atMost(made, max) {
  made.max = Math.min(made.max, max);
  return made;
}

/** @param {number} value @returns {number} the largest power of two that divides it */
export function powerIn(value) {
  return value ? (value & -value) >>> 0 : 2 ** 31;
}

/** @param {number} value any whole number, of which 32 bits count @returns {Node} */
export function integer(value) {
  const made = node("i32.const", "i32", NO_NODES, value | 0);
  made.size = 0;
  made.max = value >>> 0;
  made.divisor = powerIn(value);
  return made;
}

/** @param {number} value @returns {Node} */
export function float(value) {
  const made = node("f32.const", "f32", NO_NODES, Math.fround(value));
  made.size = 0;
  return made;
}

/** @param {number[]} bits of four numbers @returns {Node} */
export function constant(bits) {
  const made = node("v128.const", "v128", NO_NODES);
  made.lanes = bits;
  made.size = 0;
  return made;
}

/** @param {number} value @returns {number} the bits of the f32; of NaN those that every engine agrees about */
export function bitsOf(value) {
  if (Number.isNaN(value)) return 0x7fc00000;
  words.setFloat32(0, value);
  return words.getUint32(0);
}

/** @param {number} bits @returns {number} the f32 that has them */
export function floatOf(bits) {
  words.setUint32(0, bits >>> 0);
  return words.getFloat32(0);
}

/** @param {Local} local @returns {Node} what it holds now */
export function held(local) {
  const made = node("local.get", local.type, NO_NODES);
  made.local = local;
  made.id = local.id;
  made.max = local.max;
  made.divisor = local.divisor;
  made.fixed = local.frozen;
  made.depth = local.depth;
  made.size = 0;
  return made;
}

/** Where the memory of this thread's own begins. @returns {Node} */
export function scratchBase() {
  return atMost(node("global.get", "i32", NO_NODES), HIGHEST_ADDRESS);
}

/** @param {Node} made a buffer's address @returns {Node} */
export function anAddress(made) {
  return atMost(made, HIGHEST_ADDRESS);
}

/** @param {Callable} callee @param {Node[]} operands @returns {Node} */
export function called(callee, operands) {
  const made = node("call", callee.results[0], operands);
  made.callee = callee;
  return made;
}

/** @param {Node} a @param {Node} b @param {number[]} lanes 0 to 3 of a, 4 to 7 of b @returns {Node} */
export function shuffle(a, b, lanes) {
  const made = node("i8x16.shuffle", "v128", [a, b]);
  made.lanes = lanes;
  return made;
}

/** @param {Node} tree @param {number} id @returns {boolean} whether a node or a local that has it is in the tree */
export function takes(tree, id) {
  return (
    tree.id === id || tree.operands.some((each) => takes(each, id)) || tree.terms.some((each) => takes(each.node, id))
  );
}

/** @param {Node} a @returns {boolean} */
export function isConstant(a) {
  return a.op === "i32.const" || a.op === "f32.const" || a.op === "v128.const";
}

/** @param {Node} a @returns {boolean} whether it costs nothing to let it stand twice */
export function isLeaf(a) {
  return a.size === 0 || a.op === "global.get";
}

/** @param {Node} a @param {Node} b @returns {boolean} whether both are known to be worth the same at one place */
export function same(a, b) {
  return (
    a.id === b.id || (isConstant(a) && a.op === b.op && Object.is(a.value, b.value) && `${a.lanes}` === `${b.lanes}`)
  );
}
