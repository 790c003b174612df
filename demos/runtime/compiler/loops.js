/**
 * `for`: the condition once before the first pass, which often decides it for good, and once at the end of each.
 */
import { assigns } from "./assignments.js";
import { expected, settled } from "./conversions.js";
import { evaluate, typed } from "./evaluate.js";
import { known } from "./integers.js";
import { LARGEST } from "./nodes.js";
import { assume } from "./ranges.js";
import { knownAs } from "./references.js";
import { condition, lower } from "./statements.js";
import { assign, bound, variable } from "./variables.js";

/** @typedef {import("./compiler.d.ts").For} For */
/** @typedef {import("./compiler.d.ts").Instruction} Instruction */
/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Variable} Variable */
/** @typedef {import("./context.js").Context} Context */

/** @param {Context} context @param {For} statement */
export function repeat(context, statement) {
  context.scoped(() => {
    const counter = statement.initial && begin(context, statement);
    const first = condition(context, statement.condition);
    const certain = known(first);
    if (certain === 0) return;
    if (counter) context.bind(counter.name, counter.variable);
    const instructions = passes(context, statement, counter?.variable ?? null);
    if (certain === null) context.emit({ kind: "if", condition: first, accept: instructions, reject: [] });
    else for (const each of instructions) context.emit(each);
  });
}

/**
 * Makes the counter; its name stands for what it begins with as yet.
 * @param {Context} context @param {For} statement @returns {{ name: string, variable: Variable } | null}
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
  return { name, variable: variable(context, first, line, context.depth + 1) };
}

/**
 * @param {Context} context @param {For} statement @param {Variable | null} counter
 * @returns {Instruction[]} all passes, at least one
 */
function passes(context, statement, counter) {
  const [next, exit, again] = [{ used: false }, { used: false }, { used: false }];
  const still = statement.initial && counter && !assigns(statement.initial.name, statement.body);
  context.loops = [...context.loops, { next, exit }];
  context.depth++;
  const inner = context.collected(() => {
    if (still) for (const local of counter.locals) local.frozen = true;
    context.scoped(() => {
      assume(context, statement.condition, true);
      lower(context, statement.body);
    });
    if (still) for (const local of counter.locals) Object.assign(local, { frozen: false, max: LARGEST });
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
