/**
 * Loads and stores. Every place that they are given lies inside its buffer: `references.js` sees to that.
 */
import { add, split } from "./linear.js";
import { integer, node } from "./nodes.js";
import { F32, MATRIX, composite, computed, isArray, isVector, strideOf } from "./types.js";

/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Place} Place */
/** @typedef {import("./compiler.d.ts").Value} Value */
/** @typedef {import("./compiler.d.ts").WasmType} WasmType */
/** @typedef {import("./context.js").Context} Context */

/** @param {string} op @param {WasmType} type @param {Node} base @param {number} offset @returns {Node} a load */
export function access(op, type, base, offset) {
  const made = node(op, type, [base], offset);
  made.reads = true;
  made.fixed = false;
  return made;
}

/** @param {string} op @param {WasmType} type @param {Node} address @returns {Node} */
function load(op, type, address) {
  const { base, offset } = split(address);
  return access(op, type, base, offset);
}

/** @param {Place} place @returns {Value} what lies there */
export function loadFrom({ type, address }) {
  if (type === MATRIX)
    return computed(
      type,
      [0, 16, 32, 48].map((at) => load("v128.load", "v128", add(address, integer(at)))),
    );
  if (isVector(type)) {
    return computed(type, [load(type.size === 2 ? "v128.load64_zero" : "v128.load", "v128", address)]);
  }
  if (isArray(type)) {
    const item = (/** @type {number} */ i) =>
      loadFrom({ kind: "place", type: type.of, address: add(address, integer(i * strideOf(type.of))), length: 0 });
    return composite(
      type,
      Array.from({ length: type.length }, (_, i) => item(i)),
    );
  }
  return computed(type, [type === F32 ? load("f32.load", "f32", address) : load("i32.load", "i32", address)]);
}

/** @param {Context} context @param {string} op @param {Node} address @param {Node} worth @param {number[]} [lanes] */
function store(context, op, address, worth, lanes = []) {
  const { base, offset } = split(address);
  const made = node(op, worth.type, [base, worth], offset);
  made.lanes = lanes;
  context.emit({ kind: "do", node: made });
}

/** @param {Context} context @param {Place} place @param {Value} value of the same type, its vectors in registers */
export function storeTo(context, { type, address }, value) {
  if (isArray(type)) {
    for (const [i, item] of value.items.entries()) {
      const at = add(address, integer(i * strideOf(type.of)));
      storeTo(context, { kind: "place", type: type.of, address: at, length: 0 }, item);
    }
  } else if (type === MATRIX) {
    for (const [i, column] of value.nodes.entries()) {
      store(context, "v128.store", add(address, integer(16 * i)), column);
    }
  } else if (isVector(type)) {
    if (type.size === 2) store(context, "v128.store64_lane", address, value.nodes[0], [0]);
    else store(context, "v128.store", address, value.nodes[0]);
  } else store(context, type === F32 ? "f32.store" : "i32.store", address, value.nodes[0]);
}
