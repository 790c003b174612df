/**
 * Functions that wait at a barrier, written out in the body of main, so that all barriers stand at its top.
 *
 * In: statements. Out: statements, in which what the functions declare has names that no text can have.
 */

import { within } from "./assignments.js";

/** @typedef {import("./compiler.d.ts").Call} Call */
/** @typedef {import("./compiler.d.ts").FunctionSyntax} FunctionSyntax */
/** @typedef {import("./compiler.d.ts").ModuleSyntax} ModuleSyntax */
/** @typedef {import("./compiler.d.ts").Statement} Statement */
/** @typedef {import("./context.js").Context} Context */

/** @param {Statement} statement */
export function isBarrier(statement) {
  return statement.kind === "call" && statement.call.type.name === "workgroupBarrier";
}

/**
 * @param {Context} context @param {Statement[]} statements
 * @param {string[]} [around] functions that are being written out @returns {Statement[]}
 */
export function expanded(context, statements, around = []) {
  return statements.flatMap((statement, i) => {
    const call = callOf(statement);
    const called = call && context.module.functions.get(call.type.name);
    if (!call || !called || around.includes(called.name) || !waits(context.module, called, around)) return [statement];
    return writtenOut(context, statement, call, called, [...around, called.name], i);
  });
}

/** The call that a statement is, or whose value it takes. @param {Statement} statement @returns {Call | null} */
function callOf(statement) {
  if (statement.kind === "call") return statement.call;
  if (statement.kind !== "assign" && statement.kind !== "let" && statement.kind !== "var") return null;
  return statement.value?.kind === "call" ? statement.value : null;
}

/** @param {ModuleSyntax} module @param {FunctionSyntax} called @param {string[]} around @returns {boolean} */
function waits(module, called, around) {
  return called.body.some((each) => {
    const inner = callOf(each);
    const other = inner && module.functions.get(inner.type.name);
    return (
      isBarrier(each) || Boolean(other && !around.includes(other.name) && waits(module, other, [...around, other.name]))
    );
  });
}

/**
 * @param {Context} context @param {Statement} statement @param {Call} call @param {FunctionSyntax} called
 * @param {string[]} around @param {number} place @returns {Statement[]}
 */
function writtenOut(context, statement, call, called, around, place) {
  const { name, parameters, body, line } = called;
  const { length } = call.operands;
  if (length !== parameters.length)
    context.fail(statement.line, `operands of ${name}() are expected, ${parameters.length} of them`, length);
  const last = body.at(-1);
  const value = last?.kind === "return" ? last.value : null;
  const early = [...within(body)].find((each) => each.kind === "return" && each !== last);
  if (early || Boolean(value) === (statement.kind === "call"))
    context.fail(
      early?.line ?? line,
      "`return` at its end alone is expected in a function that waits at a barrier",
      name,
    );
  const prefix = `${around.join(".")}.${place}#`;
  /** @type {Statement[]} */
  const lets = parameters.map((each, i) => ({
    kind: "let",
    name: prefix + each.name,
    type: each.type,
    value: call.operands[i],
    line,
  }));
  const names = new Set(parameters.map((each) => each.name));
  const all = /** @type {Statement[]} */ (renamed(body, names, prefix));
  const inner = [...lets, ...expanded(context, last?.kind === "return" ? all.slice(0, -1) : all, around)];
  return value ? [...inner, /** @type {Statement} */ ({ ...statement, ...all.at(-1), kind: statement.kind })] : inner;
}

/**
 * A copy in which names that a function declares have a prefix, and all others say that they are the module's.
 * @param {unknown} syntax @param {Set<string>} names that are declared around it @param {string} prefix
 * @returns {unknown}
 */
function renamed(syntax, names, prefix) {
  if (typeof syntax !== "object" || syntax === null) return syntax;
  const list = Array.isArray(syntax);
  const { kind, name } = /** @type {Record<string, string>} */ (syntax);
  const inner = list || kind === "for" ? new Set(names) : names;
  const entries = Object.entries(syntax).map(([key, each]) => [key, renamed(each, inner, prefix)]);
  if (list) return entries.map(([, each]) => each);
  const copy = Object.fromEntries(entries);
  if (kind === "let" || kind === "var") names.add(name);
  else if (kind !== "name") return copy;
  return { ...copy, name: (names.has(name) ? prefix : "#") + name };
}
