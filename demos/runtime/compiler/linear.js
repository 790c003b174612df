/**
 * Sums of u32, as one constant and multiples of nodes: c + Σ factor · node, modulo 2^32.
 *
 * Indices are such sums. Kept in this form, equal ones are seen to be equal, neighbours to be neighbours, and a
 * positive constant goes into the load. The largest number that a sum can be is known where nothing in it can wrap
 * around.
 */
import { LARGEST, depend, integer, node, powerIn } from "./nodes.js";

/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Term} Term */

/** @param {Node} a @returns {Term[]} */
function termsOf(a) {
  if (a.op === "linear") return a.terms;
  return a.op === "i32.const" ? [] : [{ factor: 1, node: a }];
}

/** @param {Node} a @returns {number} its constant part */
function constantOf(a) {
  return a.op === "linear" || a.op === "i32.const" ? a.value : 0;
}

/** @param {number} constant @param {Term[]} terms each node once @returns {Node} */
export function linear(constant, terms) {
  const value = constant | 0;
  const left = terms.filter(({ factor }) => factor !== 0);
  if (!left.length) return integer(value);
  if (value === 0 && left.length === 1 && left[0].factor === 1) return left[0].node;
  left.sort((a, b) => a.node.depth - b.node.depth || a.node.id - b.node.id);
  const made = node("linear", "i32", [], value);
  let max = value >= 0 ? value : Infinity;
  made.divisor = powerIn(value);
  for (const { factor, node: each } of left) {
    depend(made, each);
    made.size += factor === 1 ? 1 : 2;
    max += factor > 0 ? factor * each.max : Infinity;
    made.divisor = Math.min(made.divisor, powerIn(factor) * each.divisor);
  }
  made.terms = left;
  made.max = Math.min(max, LARGEST);
  return made;
}

/** @param {Node} a @param {Node} b @param {number} [sign] -1 to subtract @returns {Node} */
export function add(a, b, sign = 1) {
  const constant = constantOf(a) + sign * constantOf(b);
  const mine = termsOf(a);
  const others = termsOf(b);
  if (!others.length) return linear(constant, mine);
  /** @type {Map<number, Term>} */
  const sum = new Map(mine.map((term) => [term.node.id, term]));
  for (const { factor, node: each } of others) {
    const before = sum.get(each.id)?.factor ?? 0;
    sum.set(each.id, { factor: (before + sign * factor) | 0, node: each });
  }
  return linear(constant, [...sum.values()]);
}

/** @param {Node} a @param {number} factor @returns {Node} */
export function times(a, factor) {
  const scaled = termsOf(a).map((term) => ({ factor: Math.imul(term.factor, factor), node: term.node }));
  return linear(Math.imul(constantOf(a), factor), scaled);
}

/** How far b lies from a, if that is the same always. @param {Node} a @param {Node} b @returns {number | null} */
export function distance(a, b) {
  const apart = add(b, a, -1);
  return apart.op === "i32.const" ? apart.value : null;
}

/**
 * An address as a base and an offset that instructions take, which WebAssembly adds without wrapping around.
 * @param {Node} address @returns {{ base: Node, offset: number }}
 */
export function split(address) {
  const { op, value, terms, max } = address;
  if (op === "i32.const") return { base: integer(0), offset: value >>> 0 };
  if (op !== "linear" || value <= 0 || max === LARGEST) return { base: address, offset: 0 };
  return { base: linear(0, terms), offset: value };
}

/** A sum as instructions, what loops leave alone first. @param {Node} sum @returns {Node} */
export function spelt(sum) {
  /** @type {Node | null} */
  let all = null;
  for (const { factor, node: each } of sum.terms) {
    const size = Math.abs(factor);
    const whole = size === 1 ? each : node(...scaled(each, size));
    if (all) all = node(factor < 0 ? "i32.sub" : "i32.add", "i32", [all, whole]);
    else all = factor < 0 ? node("i32.sub", "i32", [integer(0), whole]) : whole;
  }
  const left = /** @type {Node} */ (all);
  return sum.value ? node("i32.add", "i32", [left, integer(sum.value)]) : left;
}

/** @param {Node} each @param {number} size @returns {[string, "i32", Node[]]} */
function scaled(each, size) {
  const power = 31 - Math.clz32(size);
  return size === 2 ** power ? ["i32.shl", "i32", [each, integer(power)]] : ["i32.mul", "i32", [each, integer(size)]];
}
