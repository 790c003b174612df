/**
 * u32 as WGSL has it: everything wraps around, x / 0 is x, x % 0 is 0, shifts count modulo 32.
 *
 * In: nodes. Out: a node, folded where it is known, with the largest number that it can be.
 */
import { add, distance, times } from "./linear.js";
import { LARGEST, atMost, integer, node } from "./nodes.js";

/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./context.js").Context} Context */

/** WebAssembly's names of comparisons. @type {Record<string, string>} */
export const COMPARISONS = { "==": "eq", "!=": "ne", "<": "lt", ">": "gt", "<=": "le", ">=": "ge" };

/** @param {string} operator a comparison @param {number} a @param {number} b @returns {boolean} */
function holds(operator, a, b) {
  if (a === b) return operator !== "!=" && operator.endsWith("=");
  return operator === "!=" || operator[0] === (a < b ? "<" : ">");
}

/** @param {Node} a @returns {number | null} the u32 that it is, if that is known */
export function known(a) {
  return a.op === "i32.const" ? a.value >>> 0 : null;
}

/**
 * @param {Context} context @param {string} operator one of WGSL's, or min or max @param {Node} a @param {Node} b
 * @returns {Node | null} null where u32 has no such operator
 */
export function arithmetic(context, operator, a, b) {
  switch (operator) {
    case "+":
      return add(a, b);
    case "-":
      return add(a, b, -1);
    case "*":
      return multiply(a, b);
    case "/":
      return divide(context, a, b);
    case "%":
      return remainder(context, a, b);
    case "&":
    case "|":
    case "^":
      return bitwise(operator, a, b);
    case "<<":
      return shiftLeft(a, b);
    case ">>":
      return shiftRight(a, b);
    case "min":
    case "max":
      return extreme(context, operator, a, b);
    default:
      return operator in COMPARISONS ? compare(operator, a, b) : null;
  }
}

/** @param {Node} a @param {Node} b @returns {Node} */
function multiply(a, b) {
  const x = known(a);
  if (x !== null) return times(b, x);
  const y = known(b);
  if (y !== null) return times(a, y);
  const most = a.max * b.max;
  return atMost(node("i32.mul", "i32", [a, b]), Math.min(most, LARGEST));
}

/**
 * A divisor that is never 0: 1 stands in its place, since x / 1 is x and x % 1 is 0.
 * @param {Context} context @param {Node} b
 */
function divisor(context, b) {
  const once = context.shared(b);
  return node("i32.or", "i32", [once, node("i32.eqz", "i32", [once])]);
}

/** @param {Context} context @param {Node} a @param {Node} b @returns {Node} */
function divide(context, a, b) {
  const x = known(a);
  const y = known(b);
  if (y === null) return atMost(node("i32.div_u", "i32", [a, divisor(context, b)]), a.max);
  if (y <= 1) return a;
  if (x !== null) return integer(Math.floor(x / y));
  if (a.max < y) return integer(0);
  const power = 31 - Math.clz32(y);
  const made = y === 2 ** power ? node("i32.shr_u", "i32", [a, integer(power)]) : node("i32.div_u", "i32", [a, b]);
  return atMost(made, Math.floor(a.max / y));
}

/** @param {Context} context @param {Node} a @param {Node} b @returns {Node} */
function remainder(context, a, b) {
  const x = known(a);
  const y = known(b);
  if (y === null) return atMost(node("i32.rem_u", "i32", [a, divisor(context, b)]), Math.min(a.max, b.max));
  if (y <= 1) return integer(0);
  if (x !== null) return integer(x % y);
  if (a.max < y) return a;
  const made = y & (y - 1) ? node("i32.rem_u", "i32", [a, b]) : node("i32.and", "i32", [a, integer(y - 1)]);
  return atMost(made, y - 1);
}

/** @param {string} operator @param {Node} a @param {Node} b @returns {Node} */
function bitwise(operator, a, b) {
  const x = known(a);
  const y = known(b);
  const word = operator === "&" ? "and" : operator === "|" ? "or" : "xor";
  if (x !== null && y !== null) return integer(operator === "&" ? x & y : operator === "|" ? x | y : x ^ y);
  const made = node(`i32.${word}`, "i32", [a, b]);
  return operator === "&" ? atMost(made, Math.min(a.max, b.max)) : atMost(made, filled(Math.max(a.max, b.max)));
}

/** @param {number} max @returns {number} the largest number of as many bits */
function filled(max) {
  return max === 0 ? 0 : 2 ** (32 - Math.clz32(max)) - 1;
}

/** @param {Node} a @param {Node} b @returns {Node} */
function shiftLeft(a, b) {
  const y = known(b);
  return y === null ? node("i32.shl", "i32", [a, b]) : times(a, 1 << (y & 31));
}

/** @param {Node} a @param {Node} b @returns {Node} */
function shiftRight(a, b) {
  const x = known(a);
  const y = known(b);
  if (y === null) return atMost(node("i32.shr_u", "i32", [a, b]), a.max);
  if (x !== null) return integer(x >>> (y & 31));
  return atMost(node("i32.shr_u", "i32", [a, b]), Math.floor(a.max / 2 ** (y & 31)));
}

/** @param {Context} context @param {"min" | "max"} which @param {Node} a @param {Node} b @returns {Node} */
function extreme(context, which, a, b) {
  const x = known(a);
  const y = known(b);
  if (x !== null && y !== null) return integer(Math[which](x, y));
  if (y !== null && a.max <= y) return which === "min" ? a : b;
  if (x !== null && b.max <= x) return which === "min" ? b : a;
  const first = context.shared(a);
  const second = context.shared(b);
  const chosen = node(which === "min" ? "i32.lt_u" : "i32.gt_u", "i32", [first, second]);
  return atMost(node("select", "i32", [first, second, chosen]), Math[which](a.max, b.max));
}

/** @param {string} operator @param {Node} a @param {Node} b @returns {Node} 1 or 0 */
export function compare(operator, a, b) {
  const x = known(a);
  const y = known(b);
  if (x !== null && y !== null) return integer(holds(operator, x, y) ? 1 : 0);
  const apart = distance(a, b);
  // Where the largest number of both is known, neither wraps around, and they lie as far apart as they seem to.
  if (apart === 0 || (apart !== null && a.max < LARGEST && b.max < LARGEST))
    return integer(holds(operator, 0, apart) ? 1 : 0);
  if (y !== null && a.max < y) return integer(holds(operator, 0, 1) ? 1 : 0);
  if (x !== null && b.max < x) return integer(holds(operator, 1, 0) ? 1 : 0);
  const word = COMPARISONS[operator];
  const signed = operator === "==" || operator === "!=" ? "" : "_u";
  return atMost(node(`i32.${word}${signed}`, "i32", [a, b]), 1);
}

/** @param {Node} a @returns {Node} 1 where it is 0, else 0 */
export function not(a) {
  const x = known(a);
  return x === null ? atMost(node("i32.eqz", "i32", [a]), 1) : integer(x ? 0 : 1);
}

/** @param {Node} a @param {Node} b @param {Node} condition @returns {Node} a where the condition is not 0, else b */
export function choose(a, b, condition) {
  const x = known(condition);
  if (x !== null) return x ? a : b;
  return atMost(node("select", a.type, [a, b, condition]), Math.max(a.max, b.max));
}
