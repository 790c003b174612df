/**
 * f32, and vectors of it: what WebAssembly has an instruction for.
 *
 * In: nodes, all numbers or all registers. Out: a node. Sums and products of constants are computed at once, in f32 as
 * the instruction would.
 */
import { COMPARISONS } from "./integers.js";
import { atMost, float, node } from "./nodes.js";
import { lane, splat } from "./vectors.js";

/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./context.js").Context} Context */

/** @type {Record<string, string>} */
const ARITHMETIC = { "+": "add", "-": "sub", "*": "mul", "/": "div" };
/** @type {Record<string, (a: number, b: number) => number>} */
export const FOLDED = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b };

/**
 * @param {Context} context @param {string} operator @param {Node} a @param {Node} b
 * @returns {Node | null} null where there is no such operator
 */
export function floating(context, operator, a, b) {
  const shape = a.type === "f32" ? "f32" : "f32x4";
  if (operator in ARITHMETIC) {
    // The f32 nearest to what is computed in f64 is the f32 that f32 arithmetic gives, for these four.
    const value = a.op === "f32.const" && b.op === "f32.const" ? FOLDED[operator](a.value, b.value) : NaN;
    return Number.isNaN(value) ? node(`${shape}.${ARITHMETIC[operator]}`, a.type, [a, b]) : float(value);
  }
  if (operator in COMPARISONS) {
    const made = node(`${shape}.${COMPARISONS[operator]}`, shape === "f32" ? "i32" : "v128", [a, b]);
    return shape === "f32" ? atMost(made, 1) : made;
  }
  if (operator !== "%") return null;
  const x = context.shared(a);
  const y = context.shared(b);
  const whole = node(`${shape}.trunc`, a.type, [node(`${shape}.div`, a.type, [x, y])]);
  return node(`${shape}.sub`, a.type, [x, node(`${shape}.mul`, a.type, [y, whole])]);
}

/**
 * WGSL's min(a, b) is b where b < a, else a; max alike. One instruction has that for registers, so numbers go through
 * one.
 * @param {"min" | "max"} which @param {Node} a @param {Node} b @returns {Node}
 */
export function nearer(which, a, b) {
  if (a.type === "v128") return node(`f32x4.p${which}`, "v128", [a, b]);
  return lane(node(`f32x4.p${which}`, "v128", [splat(a), splat(b)]), 0, "f32");
}

/** @param {Node} a @returns {Node} */
export function negated(a) {
  if (a.op === "f32.const") return float(-a.value);
  return node(a.type === "f32" ? "f32.neg" : "f32x4.neg", a.type, [a]);
}
