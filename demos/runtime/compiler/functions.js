/**
 * Calls of functions of the text: the body stands in place of the call.
 */
import { assigns, occurrences, within, writes } from "./assignments.js";
import { expected, zero } from "./conversions.js";
import { evaluate, typed } from "./evaluate.js";
import { isLeaf } from "./nodes.js";
import { knownAs, read } from "./references.js";
import { lower } from "./statements.js";
import { mapped } from "./types.js";
import { SMALL, variable } from "./variables.js";

/** @typedef {import("./compiler.d.ts").FunctionSyntax} FunctionSyntax */
/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Statement} Statement */
/** @typedef {import("./compiler.d.ts").Value} Value */
/** @typedef {import("./context.js").Context} Context */

/** What is asked of a function each time that it is called. */
/**
 * @typedef {{ writes: boolean, uses: number[], simple: boolean, last: Statement | undefined, early: boolean }} Traits
 */

/** @type {WeakMap<FunctionSyntax, Traits>} */
const known = new WeakMap();

/** @param {Context} context @param {FunctionSyntax} called @returns {Traits} */
function traitsOf(context, called) {
  const found = known.get(called);
  if (found) return found;
  const { body, parameters } = called;
  const last = body.at(-1);
  const returns = [...within(body)].filter((each) => each.kind === "return").length;
  const traits = {
    writes: writes(context.module, called),
    uses: parameters.map(({ name }) => occurrences(name, body)),
    simple: body.length === 1 && ["return", "assign", "call"].includes(body[0].kind),
    last,
    early: returns > (last?.kind === "return" ? 1 : 0),
  };
  known.set(called, traits);
  return traits;
}

/**
 * @param {Context} context @param {FunctionSyntax} called @param {Value[]} operands @param {number} line
 * @returns {Value | null} null where it gives none
 */
export function inline(context, called, operands, line) {
  const { name, parameters } = called;
  const traits = traitsOf(context, called);
  if (context.inlined.includes(name)) context.fail(line, "a function that does not call itself is expected", name);
  if (called.result && traits.writes)
    context.fail(called.line, "a function that gives a value and writes nothing is expected in an expression", name);
  if (operands.length !== parameters.length)
    context.fail(line, `operands of ${name}() are expected, ${parameters.length} of them`, operands.length);
  const written = parameters.find((each) => assigns(each.name, called.body));
  if (written) context.fail(written.line, "a parameter to which nothing is assigned is expected", written.name);
  const values = operands.map((each, i) =>
    passed(context, expected(context, each, typed(context, parameters[i].type), line), traits, i),
  );
  const outer = { loops: context.loops, exit: context.exit };
  context.loops = [];
  context.inlined.push(name);
  const result = context.scoped(() => {
    for (const [i, each] of parameters.entries()) context.bind(each.name, knownAs(values[i]));
    return traits.early ? early(context, called) : straight(context, called, traits.last);
  }, context.globals);
  context.inlined.pop();
  context.loops = outer.loops;
  context.exit = outer.exit;
  return result;
}

/**
 * What a parameter stands for. Nothing that the function does changes a local of its caller, so that what costs little
 * stands wherever the parameter is used, and so does what is used once, before anything can be stored.
 * @param {Context} context @param {Value} value @param {Traits} traits @param {number} index @returns {Value}
 */
function passed(context, value, traits, index) {
  const once = traits.simple && traits.uses[index] <= 1;
  const cheap = (/** @type {Node} */ each) =>
    once || isLeaf(each) || (each.type === "i32" && !each.reads && each.size <= SMALL);
  return mapped(value, (each) => (cheap(each) ? each : context.kept(each)));
}

/**
 * One that returns at its end, if at all.
 * @param {Context} context @param {FunctionSyntax} called @param {Statement | undefined} last @returns {Value | null}
 */
function straight(context, called, last) {
  context.exit = null;
  if (last?.kind !== "return") {
    lower(context, called.body);
    if (called.result) context.fail(called.line, `\`return\` is expected at the end of ${called.name}()`);
    return null;
  }
  lower(context, called.body.slice(0, -1));
  return last.value ? returned(context, called, evaluate(context, last.value), last.line) : null;
}

/**
 * @param {Context} context @param {FunctionSyntax} called @param {Value} value @param {number} line @returns {Value}
 */
function returned(context, called, value, line) {
  if (!called.result)
    return context.fail(line, `\`return;\` is expected, since ${called.name}() gives no value`, value.type);
  return expected(context, value, typed(context, called.result), line);
}

/**
 * One that may return before its end: `return` leaves a block.
 * @param {Context} context @param {FunctionSyntax} called @returns {Value | null}
 */
function early(context, called) {
  const type = called.result && typed(context, called.result);
  const result = type && variable(context, zero(context, type, called.line), called.line);
  const label = { used: false };
  context.exit = { label, result };
  const body = context.collected(() => lower(context, called.body));
  context.emit({ kind: "block", label, body });
  return result && read(context, result);
}
