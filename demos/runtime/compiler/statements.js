/**
 * Statements become instructions.
 *
 * In: syntax, and a context that says what its names mean. Out: instructions in the context's output.
 */
import { expected } from "./conversions.js";
import { evaluate } from "./evaluate.js";
import { inline } from "./functions.js";
import { known } from "./integers.js";
import { repeat } from "./loops.js";
import { assume } from "./ranges.js";
import { BOOL } from "./types.js";
import { assign, declare, setTo } from "./variables.js";

/** @typedef {import("./compiler.d.ts").Expression} Expression */
/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Statement} Statement */
/** @typedef {import("./context.js").Context} Context */

/**
 * @param {Context} context @param {Statement[]} statements
 * @param {Statement[]} [after] what follows them where their names still hold
 * @returns {boolean} whether what follows them is never reached
 */
export function lower(context, statements, after = []) {
  return statements.some((each, i) => one(context, each, [...statements.slice(i + 1), ...after]));
}

/**
 * @param {Context} context @param {Statement} statement @param {Statement[]} rest of its block
 * @returns {boolean} as `lower`
 */
function one(context, statement, rest) {
  switch (statement.kind) {
    case "let":
    case "var":
      declare(context, statement, rest);
      return false;
    case "assign":
      assign(context, statement);
      return false;
    case "call":
      call(context, statement.call);
      return false;
    case "block":
      return context.scoped(() => lower(context, statement.body));
    case "if":
      return branch(context, statement);
    case "for":
      repeat(context, statement);
      return false;
    default:
      leave(context, statement);
      return true;
  }
}

/** @param {Context} context @param {import("./compiler.d.ts").Call} call for what it does, not for a value */
function call(context, { type, operands, line }) {
  const called = context.module.functions.get(type.name);
  if (type.name === "workgroupBarrier")
    context.fail(line, "a barrier is expected at the top of main() alone, found one inside");
  if (!called || called.result) return context.fail(line, "a function that gives no value is expected", type.name);
  return void inline(
    context,
    called,
    operands.map((each) => evaluate(context, each)),
    line,
  );
}

/** @param {Context} context @param {Expression} expression @returns {Node} what an `if` or a loop asks */
export function condition(context, expression) {
  return expected(context, evaluate(context, expression), BOOL, expression.line).nodes[0];
}

/** @param {Context} context @param {Extract<Statement, { kind: "if" }>} statement @returns {boolean} as `lower` */
function branch(context, statement) {
  const asked = condition(context, statement.condition);
  const certain = known(asked);
  if (certain !== null) return context.scoped(() => lower(context, certain ? statement.accept : statement.reject));
  const ends = [false, false];
  const side = (/** @type {boolean} */ holds, /** @type {Statement[]} */ body) =>
    context.collected(() => {
      ends[holds ? 0 : 1] = context.scoped(() => {
        assume(context, statement.condition, holds);
        return lower(context, body);
      });
    });
  const accept = side(true, statement.accept);
  const reject = side(false, statement.reject);
  context.emit({ kind: "if", condition: asked, accept, reject });
  if (ends[0] !== ends[1]) assume(context, statement.condition, ends[1]);
  return ends[0] && ends[1];
}

/** @param {Context} context @param {Extract<Statement, { kind: "return" | "continue" | "break" }>} statement */
function leave(context, statement) {
  const { kind, line } = statement;
  if (kind === "return") {
    const exit = /** @type {import("./context.js").Exit} */ (context.exit);
    const given = statement.value && evaluate(context, statement.value);
    if (Boolean(given) !== Boolean(exit.result))
      context.fail(line, `${exit.result ? "`return` with a value" : "`return;`"} is expected`);
    if (given && exit.result) setTo(context, exit.result, expected(context, given, exit.result.type, line));
    exit.label.used = true;
    return context.emit({ kind: "branch", label: exit.label, condition: null });
  }
  const loop = context.loops.at(-1);
  if (!loop) return context.fail(line, `\`${kind}\` is expected in a loop alone`);
  const label = kind === "continue" ? loop.next : loop.exit;
  label.used = true;
  return context.emit({ kind: "branch", label, condition: null });
}
