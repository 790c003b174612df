/**
 * Functions that wait at a barrier, written out in the body of main, so that all barriers stand at its top.
 *
 * In: statements. Out: statements, in which what the functions declare has names that no text can have.
 */

/** @typedef {import("./compiler.d.ts").Call} Call */
/** @typedef {import("./compiler.d.ts").FunctionSyntax} FunctionSyntax */
/** @typedef {import("./compiler.d.ts").ModuleSyntax} ModuleSyntax */
/** @typedef {import("./compiler.d.ts").Statement} Statement */

/** @param {Statement} statement */
export function isBarrier(statement) {
  return statement.kind === "call" && statement.call.type.name === "workgroupBarrier";
}

/**
 * @param {ModuleSyntax} module @param {Statement[]} statements
 * @param {string[]} [around] functions that are being written out @returns {Statement[]}
 */
export function expanded(module, statements, around = []) {
  return statements.flatMap((statement, i) => {
    const call = callOf(statement);
    const called = call && module.functions.get(call.type.name);
    if (!call || !called || around.includes(called.name) || !waits(module, called, around)) return [statement];
    return writtenOut(module, statement, call, called, [...around, called.name], i);
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
 * @param {ModuleSyntax} module @param {Statement} statement @param {Call} call @param {FunctionSyntax} called
 * @param {string[]} around @param {number} place @returns {Statement[]}
 */
function writtenOut(module, statement, call, called, around, place) {
  const declared = [...called.parameters.map(({ name }) => name), ...namesIn(called.body)];
  const names = new Map(declared.map((name) => [name, `${around.join(".")}.${place}.${name}`]));
  /** @type {Statement[]} */
  const parameters = called.parameters.map(({ name, type, line }, i) => ({
    kind: "let",
    name: /** @type {string} */ (names.get(name)),
    type,
    value: call.operands[i] ?? null,
    line,
  }));
  const body = expanded(module, /** @type {Statement[]} */ (renamed(called.body, names)), around);
  const last = body.at(-1);
  if (statement.kind === "call") return [...parameters, ...body];
  const value = last?.kind === "return" ? last.value : null;
  return [...parameters, ...body.slice(0, -1), /** @type {Statement} */ ({ ...statement, value })];
}

/** @param {unknown} syntax @returns {string[]} what is declared in it */
function namesIn(syntax) {
  if (typeof syntax !== "object" || syntax === null) return [];
  const { kind, name } = /** @type {{ kind?: string, name?: string }} */ (syntax);
  const inner = Object.values(syntax).flatMap(namesIn);
  return (kind === "let" || kind === "var") && name ? [name, ...inner] : inner;
}

/** @param {unknown} syntax @param {Map<string, string>} names @returns {unknown} a copy, with other names */
function renamed(syntax, names) {
  if (Array.isArray(syntax)) return syntax.map((each) => renamed(each, names));
  if (typeof syntax !== "object" || syntax === null) return syntax;
  const copy = Object.fromEntries(Object.entries(syntax).map(([key, each]) => [key, renamed(each, names)]));
  const { kind, name: before } = /** @type {Record<string, string>} */ (copy);
  const name = ["let", "var", "name"].includes(kind) ? names.get(before) : undefined;
  return name ? { ...copy, name } : copy;
}
