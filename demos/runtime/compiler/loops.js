/**
 * `for`: the condition once before the first pass, which often decides it for good, and once at the end of each.
 */
import { assigns, rootOf } from "./assignments.js";
import { expected, settled } from "./conversions.js";
import { evaluate, typed } from "./evaluate.js";
import { known } from "./integers.js";
import { powerIn } from "./nodes.js";
import { assume } from "./ranges.js";
import { knownAs } from "./references.js";
import { condition, lower } from "./statements.js";
import { U32, isAbstract } from "./types.js";
import { assign, bound, variable } from "./variables.js";

/** @typedef {import("./compiler.d.ts").For} For */
/** @typedef {import("./compiler.d.ts").Instruction} Instruction */
/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Variable} Variable */
/** @typedef {import("./context.js").Context} Context */
/**
 * `divisor`: a power of two that divides its first value. @typedef {{ name: string, variable: Variable, divisor: number
 * }} Counter
 */

/** @param {Context} context @param {For} statement */
export function repeat(context, statement) {
  context.scoped(() => {
    const counter = statement.initial && begin(context, statement);
    const first = condition(context, statement.condition);
    const certain = known(first);
    if (certain === 0) return;
    if (counter) context.bind(counter.name, counter.variable);
    const instructions = passes(context, statement, counter);
    if (certain === null) context.emit({ kind: "if", condition: first, accept: instructions, reject: [] });
    else for (const each of instructions) context.emit(each);
  });
}

/**
 * What divides all that a counter is raised by.
 * @param {Context} context @param {For} statement @returns {number} a power of two
 */
function stepOf(context, { initial, update }) {
  if (update?.operator !== "+" || rootOf(update.target) !== initial?.name) return 1;
  let step = 1;
  context.collected(() => {
    const { type, nodes, number } = evaluate(context, update.value);
    step = isAbstract(type) ? powerIn(number) : type === U32 ? nodes[0].divisor : 1;
  });
  return step;
}

/**
 * Makes the counter; its name stands for what it begins with as yet.
 * @param {Context} context @param {For} statement @returns {Counter | null}
 */
function begin(context, { initial }) {
  if (!initial?.value) return null;
  const { name, type, value, line } = initial;
  const given = evaluate(context, value);
  const first = bound(
    context,
    type ? expected(context, given, typed(context, type), line) : settled(context, given, line),
  );
  context.bind(name, knownAs(first));
  const divisor = first.type === U32 ? first.nodes[0].divisor : 1;
  return { name, variable: variable(context, first, line, context.depth + 1), divisor };
}

/**
 * @param {Context} context @param {For} statement @param {Counter | null} counter
 * @returns {Instruction[]} all passes, at least one
 */
function passes(context, statement, counter) {
  const [next, exit, again] = [{ used: false }, { used: false }, { used: false }];
  const still = counter && !assigns(counter.name, statement.body);
  const locals = still ? counter.variable.locals : [];
  if (still) locals[0].divisor = Math.min(counter.divisor, stepOf(context, statement));
  context.loops = [...context.loops, { next, exit }];
  context.depth++;
  context.repeats++;
  const inner = context.collected(() => {
    for (const local of locals) local.frozen = true;
    context.scoped(() => {
      assume(context, statement.condition, true);
      lower(context, statement.body);
    });
    for (const local of locals) local.frozen = false;
  });
  const body = context.collected(() => {
    if (next.used) context.emit({ kind: "block", label: next, body: inner });
    else for (const each of inner) context.emit(each);
    if (statement.update) assign(context, statement.update);
    context.emit({ kind: "branch", label: again, condition: condition(context, statement.condition) });
  });
  context.depth--;
  context.loops = context.loops.slice(0, -1);
  /** @type {Instruction} */
  const loop = { kind: "loop", label: again, body };
  return exit.used ? [{ kind: "block", label: exit, body: [loop] }] : [loop];
}
