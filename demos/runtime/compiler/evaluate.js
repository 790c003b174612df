/**
 * Expressions, evaluated: syntax becomes values, whose nodes compute them.
 *
 * Nothing is emitted but what has to be computed once. A function that gives a value writes no buffer, so that the
 * order of operands does not matter.
 */
import { builtin } from "./builtins.js";
import { SCALARS, bitcast, concrete, constructed, typeOf } from "./conversions.js";
import { inline } from "./functions.js";
import { known } from "./integers.js";
import { float, integer } from "./nodes.js";
import { binary, unary } from "./operators.js";
import { SCRATCH } from "./layout.js";
import { read, refer } from "./references.js";
import { BOOL, F32, FLOAT, INTEGER, U32, abstract, computed, strideOf } from "./types.js";

/** @typedef {import("./compiler.d.ts").Call} Call */
/** @typedef {import("./compiler.d.ts").Expression} Expression */
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
      return binary(context, operator, evaluate(context, left), evaluate(context, right), line);
    }
    case "call":
      return call(context, expression);
    default:
      return read(context, refer(context, expression));
  }
}

/** @param {string} text @returns {Value} */
function literal(text) {
  const digits = text.replace(/^(0x.*?|[^x]*?)[uf]?$/i, (_, number) => number);
  if (text.endsWith("u")) return computed(U32, [integer(Number(digits))]);
  if (text.startsWith("0x") || text.startsWith("0X")) return abstract(INTEGER, Number(text));
  if (text.endsWith("f")) return computed(F32, [float(Number(digits))]);
  return abstract(/[.eE]/.test(text) ? FLOAT : INTEGER, Number(text));
}

/** @param {Context} context @param {Call} expression @returns {Value} */
function call(context, { type: syntax, operands, line }) {
  const { name } = syntax;
  const called = context.module.functions.get(name);
  const values = () => operands.map((each) => evaluate(context, each));
  if (called) {
    const result = inline(
      context,
      called,
      operands.map((each) => evaluate(context, each)),
      line,
    );
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
