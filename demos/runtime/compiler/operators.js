/**
 * What `+`, `<`, `&` and the others are, of every type that they take.
 *
 * In: values that have been evaluated. Out: a value, or a refusal that names the types.
 */
import { concrete, settled } from "./conversions.js";
import { FOLDED, floating, negated } from "./floats.js";
import { COMPARISONS, arithmetic, not } from "./integers.js";
import { add } from "./linear.js";
import { matricial } from "./matrices.js";
import { integer, node } from "./nodes.js";
import {
  BOOL,
  F32,
  FLOAT,
  INTEGER,
  MATRIX,
  U32,
  abstract,
  computed,
  elementOf,
  isAbstract,
  isLanes,
  isVector,
  vectorOf,
} from "./types.js";
import { numbers, spread } from "./vectors.js";

/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Scalar} Scalar */
/** @typedef {import("./compiler.d.ts").Value} Value */
/** @typedef {import("./compiler.d.ts").Vector} Vector */
/** @typedef {import("./context.js").Context} Context */

/** Operators of whole registers of u32. @type {Record<string, string>} */
const WHOLE = {
  "+": "i32x4.add",
  "-": "i32x4.sub",
  "*": "i32x4.mul",
  "&": "v128.and",
  "|": "v128.or",
  "^": "v128.xor",
};
/** @type {Record<string, string>} */
const SHIFTS = { "<<": "i32x4.shl", ">>": "i32x4.shr_u" };
/** @type {Record<string, string>} */
const LOGIC = { "&": "v128.and", "|": "v128.or" };

/**
 * @param {Context} context @param {string} operator @param {Value} left @param {Value} right @param {number} line
 * @returns {Value}
 */
export function binary(context, operator, left, right, line) {
  let [a, b] = [left, right];
  if (isAbstract(a.type) && isAbstract(b.type)) {
    const folded = literal(operator, a, b);
    if (folded) return folded;
    [a, b] = [settled(context, a, line), settled(context, b, line)];
  }
  const of = elementOf(a.type) ?? elementOf(b.type);
  if (of) [a, b] = [concrete(context, a, of, line), concrete(context, b, operator in SHIFTS ? U32 : of, line)];
  const result = concreteBinary(context, operator, a, b);
  if (result) return result;
  return context.fail(line, `operands that \`${operator}\` takes are expected`, [a.type, b.type]);
}

/** @param {string} operator @param {Value} a @param {Value} b @returns {Value | null} */
function literal(operator, a, b) {
  if (!(operator in FOLDED)) return null;
  const whole = a.type === INTEGER && b.type === INTEGER;
  const value = FOLDED[operator](a.number, b.number);
  if (!Number.isFinite(value)) return null;
  return abstract(whole ? INTEGER : FLOAT, whole ? Math.trunc(value) + 0 : value);
}

/** @param {Context} context @param {string} operator @param {Value} a @param {Value} b @returns {Value | null} */
function concreteBinary(context, operator, a, b) {
  if (a.type === MATRIX || b.type === MATRIX) return matricial(context, operator, a, b);
  const of = elementOf(a.type);
  if (!of || of !== elementOf(b.type)) return null;
  const size = isVector(a.type) ? a.type.size : isVector(b.type) ? b.type.size : 1;
  if (isVector(a.type) && isVector(b.type) && a.type !== b.type) return null;
  if (size === 1) return scalars(context, operator, of, a.nodes[0], b.nodes[0]);
  const same = a.type === b.type;
  if (operator in COMPARISONS || of === BOOL || operator in SHIFTS) if (!same) return null;
  const result = vectorOf(size, operator in COMPARISONS ? BOOL : of);
  if (of === F32) return wrapped(result, floating(context, operator, spread(a), spread(b)));
  if (of === BOOL)
    return operator in LOGIC ? computed(result, [node(LOGIC[operator], "v128", [spread(a), spread(b)])]) : null;
  return wholes(context, operator, result, a, b);
}

/**
 * @param {Context} context @param {string} operator @param {Scalar} of @param {Node} a @param {Node} b
 * @returns {Value | null}
 */
function scalars(context, operator, of, a, b) {
  const result = operator in COMPARISONS ? BOOL : of;
  if (of === F32) return wrapped(result, floating(context, operator, a, b));
  if (of === U32) return wrapped(result, arithmetic(context, operator, a, b));
  return ["&", "|", "==", "!="].includes(operator) ? wrapped(BOOL, arithmetic(context, operator, a, b)) : null;
}

/**
 * Vectors of u32, in registers where one of them is in one; else number by number, which indices are wanted as.
 * @param {Context} context @param {string} operator @param {Vector} result @param {Value} a @param {Value} b
 * @returns {Value | null}
 */
function wholes(context, operator, result, a, b) {
  if (operator in COMPARISONS) {
    const signed = operator === "==" || operator === "!=" ? "" : "_u";
    return computed(result, [node(`i32x4.${COMPARISONS[operator]}${signed}`, "v128", [spread(a), spread(b)])]);
  }
  const registers = [a, b].some((each) => isVector(each.type) && !isLanes(each));
  if (registers && operator in WHOLE) return computed(result, [node(WHOLE[operator], "v128", [spread(a), spread(b)])]);
  if (registers && operator in SHIFTS && isLanes(b) && b.nodes.every((each) => each === b.nodes[0])) {
    return computed(result, [node(SHIFTS[operator], "v128", [spread(a), b.nodes[0]])]);
  }
  const [x, y] = [numbers(context, a, result.size), numbers(context, b, result.size)];
  const each = x.map((one, i) => arithmetic(context, operator, one, y[i]));
  return each.includes(null) ? null : computed(result, /** @type {Node[]} */ (each));
}

/** @param {Scalar | Vector} type @param {Node | null} made @returns {Value | null} */
function wrapped(type, made) {
  return made && computed(type, [made]);
}

/** @param {Context} context @param {string} operator @param {Value} of @param {number} line @returns {Value} */
export function unary(context, operator, of, line) {
  const { type } = of;
  const element = elementOf(type);
  if (operator === "-" && isAbstract(type)) return abstract(type, type === INTEGER ? 0 - of.number : -of.number);
  if (operator === "-" && element === F32) return computed(type, of.nodes.map(negated));
  if (operator === "!" && type === BOOL) return computed(BOOL, [not(of.nodes[0])]);
  if (operator === "!" && element === BOOL) return computed(type, [node("v128.not", "v128", of.nodes)]);
  if (operator === "~" && type === U32) return computed(U32, [add(integer(-1), of.nodes[0], -1)]);
  if (operator === "~" && isVector(type) && element === U32)
    return binary(context, "-", computed(type, new Array(type.size).fill(integer(-1))), of, line);
  return context.fail(line, `an operand that \`${operator}\` takes is expected`, type);
}
