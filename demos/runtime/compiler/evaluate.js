/**
 * Expressions, evaluated: syntax becomes values, whose nodes compute them.
 *
 * Nothing is emitted but what has to be computed once. A function that gives a value writes no buffer, so that the
 * order of operands does not matter.
 */
import { builtin } from "./builtins.js";
import { SCALARS, bitcast, concrete, constructed, typeOf } from "./conversions.js";
import { inline } from "./functions.js";
import { arithmetic, known, not } from "./integers.js";
import { float, held, integer } from "./nodes.js";
import { binary, unary } from "./operators.js";
import { SCRATCH } from "./layout.js";
import { read, refer } from "./references.js";
import { condition } from "./statements.js";
import { BOOL, F32, FLOAT, INTEGER, U32, abstract, computed, strideOf } from "./types.js";

/** @typedef {import("./compiler.d.ts").Call} Call */
/** @typedef {import("./compiler.d.ts").Expression} Expression */
/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Type} Type */
/** @typedef {import("./compiler.d.ts").TypeSyntax} TypeSyntax */
/** @typedef {import("./compiler.d.ts").Value} Value */
/** @typedef {import("./context.js").Context} Context */

/** @param {Context} context @param {Expression} expression @returns {Value} */
export function evaluate(context, expression) {
  switch (expression.kind) {
    case "number":
      return literal(expression.text);
    case "boolean":
      return computed(BOOL, [integer(expression.value ? 1 : 0)]);
    case "unary":
      return unary(context, expression.operator, evaluate(context, expression.of), expression.line);
    case "binary": {
      const { operator, left, right, line } = expression;
      const first = evaluate(context, left);
      if (first.type === BOOL && (operator === "&&" || operator === "||"))
        return computed(BOOL, [guarded(context, operator === "&&", first.nodes[0], right)]);
      return binary(context, operator, first, evaluate(context, right), line);
    }
    case "call":
      return call(context, expression);
    default:
      return read(context, refer(context, expression));
  }
}

/**
 * `&&` or `||`. Both sides are computed, which costs less than a branch, but for a right one with a loop in it: the
 * left one may be there so that the loop ends.
 * @param {Context} context @param {boolean} and @param {Node} left @param {Expression} right @returns {Node}
 */
function guarded(context, and, left, right) {
  const certain = known(left);
  if (certain !== null && !certain === and) return left;
  const { repeats } = context;
  let second = left;
  const instructions = context.collected(() => {
    second = condition(context, right);
  });
  if (certain === null && context.repeats > repeats) {
    const local = context.local("i32", { max: 1, frozen: true });
    context.set(local, left);
    instructions.push({ kind: "set", local, node: second });
    const asked = and ? held(local) : not(held(local));
    context.emit({ kind: "if", condition: asked, accept: instructions, reject: [] });
    return held(local);
  }
  for (const each of instructions) context.emit(each);
  const truth = known(second);
  if (certain !== null || (truth !== null && !truth === and)) return second;
  return truth === null ? /** @type {Node} */ (arithmetic(context, and ? "&" : "|", left, second)) : left;
}

/** @param {string} text @returns {Value} */
function literal(text) {
  const before = Number(text.slice(0, -1));
  if (text.endsWith("u")) return computed(U32, [integer(before)]);
  if (/^0x/i.test(text)) return abstract(INTEGER, Number(text));
  if (text.endsWith("f")) return computed(F32, [float(before)]);
  return abstract(/[.eE]/.test(text) ? FLOAT : INTEGER, Number(text));
}

/** @param {Context} context @param {Call} expression @returns {Value} */
function call(context, { type: syntax, operands, line }) {
  const { name } = syntax;
  const called = context.module.functions.get(name);
  const values = () => operands.map((each) => evaluate(context, each));
  if (called) {
    const result = inline(context, called, values(), line);
    return result ?? context.fail(line, "a function that gives a value is expected", name);
  }
  if (name === "bitcast") {
    if (syntax.parameters.length !== 1 || operands.length !== 1)
      context.fail(line, "`bitcast<TYPE>(…)` of one operand is expected");
    const of = evaluate(context, operands[0]);
    return bitcast(
      context,
      typed(context, syntax.parameters[0]),
      concrete(context, of, of.type === FLOAT ? F32 : U32, line),
      line,
    );
  }
  const shape = /^vec[234]$|^mat4x4$|^array$/.test(name) || SCALARS.has(name) || context.module.structs.has(name);
  if (!shape) return builtin(context, name, values(), line);
  return constructed(context, typed(context, syntax), values(), line);
}

/** @param {Context} context @param {TypeSyntax} syntax @returns {Type} */
export function typed(context, syntax) {
  const type = typeOf(context, syntax, ({ length, line }) => {
    if (!length) return 0;
    const value = concrete(context, evaluate(context, length), U32, line);
    const number = value.type === U32 ? known(value.nodes[0]) : null;
    return number || context.fail(line, "a constant above 0 of type u32 is expected as the length of an array");
  });
  const bytes = strideOf(type);
  if (bytes > SCRATCH)
    context.fail(syntax.line, `an array of at most ${SCRATCH} bytes is expected, found one of ${bytes}`);
  return type;
}
