/**
 * Vectors: one register of 128 bits, or for indices a node for each number, and the ways between the two.
 *
 * A vector of two or three has a register, too; what its other lanes hold, nobody reads.
 */
import { atMost, bitsOf, constant, float, floatOf, integer, isConstant, node, same, shuffle } from "./nodes.js";
import { distance } from "./linear.js";
import { access } from "./memory.js";
import { F32, U32, isLanes } from "./types.js";

/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Value} Value */
/** @typedef {import("./compiler.d.ts").Vector} Vector */
/** @typedef {import("./context.js").Context} Context */

/** @param {Node} a @returns {"f32x4" | "i32x4"} */
function shapeOf(a) {
  return a.type === "f32" ? "f32x4" : "i32x4";
}

/** @param {Node} a a constant @returns {number} */
function bits(a) {
  return a.type === "f32" ? bitsOf(a.value) : a.value >>> 0;
}

/** @param {Node} a a number @returns {Node} four times the same */
export function splat(a) {
  if (isConstant(a)) return constant(new Array(4).fill(bits(a)));
  if (a.op.endsWith("extract_lane")) return shuffle(a.operands[0], a.operands[0], new Array(4).fill(a.value));
  if (a.op === "f32.load" || a.op === "i32.load") return access("v128.load32_splat", "v128", a.operands[0], a.value);
  return node(`${shapeOf(a)}.splat`, "v128", [a]);
}

/**
 * @param {Node} a a register, best a leaf @param {number} lane @param {"f32" | "i32"} type @returns {Node} its number
 */
export function lane(a, lane, type) {
  if (a.op === "v128.const") return type === "f32" ? float(floatOf(a.lanes[lane])) : integer(a.lanes[lane]);
  if (a.op.endsWith("x4.splat")) return a.operands[0];
  if (a.op === "v128.load")
    return access(type === "f32" ? "f32.load" : "i32.load", type, a.operands[0], a.value + 4 * lane);
  return node(`${type}x4.extract_lane`, type, [a], lane);
}

/** @param {Node[]} numbers up to four @returns {Node} a register of them */
export function gather(numbers) {
  if (numbers.every(isConstant)) return constant([0, 1, 2, 3].map((i) => (i < numbers.length ? bits(numbers[i]) : 0)));
  if (numbers.length === 4 && numbers.every((each) => each.op === "f32.load")) return loaded(numbers);
  let all = splat(numbers[0]);
  numbers.forEach((each, i) => {
    if (i && !same(each, numbers[0])) all = node(`${shapeOf(each)}.replace_lane`, "v128", [all, each], i);
  });
  return all;
}

/** @param {Node[]} loads four of f32 @returns {Node} one load where they are neighbours, else four into lanes */
function loaded(loads) {
  const [first] = loads;
  const near = loads.every((each, i) => {
    const apart = distance(first.operands[0], each.operands[0]);
    return apart !== null && apart + each.value - first.value === 4 * i;
  });
  if (near) return access("v128.load", "v128", first.operands[0], first.value);
  let all = access("v128.load32_zero", "v128", first.operands[0], first.value);
  loads.slice(1).forEach((each, i) => {
    const made = node("v128.load32_lane", "v128", [each.operands[0], all], each.value);
    made.lanes = [i + 1];
    made.reads = true;
    made.fixed = false;
    all = made;
  });
  return all;
}

/** @param {Value} value a vector @returns {Node} its register */
export function register(value) {
  return isLanes(value) ? gather(value.nodes) : value.nodes[0];
}

/**
 * A vector of f32 or u32, or a scalar that stands for one, as `size` numbers.
 * @param {Context} context @param {Value} value @param {number} size @returns {Node[]}
 */
export function numbers(context, value, size) {
  if (value.type.kind === "scalar") return new Array(size).fill(value.nodes[0]);
  if (isLanes(value)) return value.nodes;
  const { of } = /** @type {Vector} */ (value.type);
  const whole = context.shared(value.nodes[0]);
  return Array.from({ length: size }, (_, i) => {
    const one = lane(whole, i, of === F32 ? "f32" : "i32");
    return of === U32 || of === F32 ? one : atMost(node("i32.sub", "i32", [integer(0), one]), 1);
  });
}

/** A register of a vector, or of a scalar four times. @param {Value} value @returns {Node} */
export function spread(value) {
  return value.type.kind === "scalar" ? splat(value.nodes[0]) : register(value);
}
