/**
 * Statements and declarations, parsed: a text becomes a module's syntax.
 *
 * In: the text of a kernel, and the file that errors name. Out: its constants, buffers, structs and functions. What is
 * no WGSL, or WGSL that no kernel here uses, is refused; what names mean is not known here.
 */
import { Cursor } from "./cursor.js";
import { parseExpression, parsePostfix, parseType } from "./expressions.js";

/** @typedef {import("./compiler.d.ts").Statement} Statement */
/** @typedef {import("./compiler.d.ts").Expression} Expression */
/** @typedef {import("./compiler.d.ts").Assignment} Assignment */
/** @typedef {import("./compiler.d.ts").Declaration} Declaration */
/** @typedef {import("./compiler.d.ts").ModuleSyntax} ModuleSyntax */
/** @typedef {import("./compiler.d.ts").Parameter} Parameter */
/** @typedef {Map<string, Expression[]>} Attributes */

const ASSIGNMENT = /^(?:[-+*/%&|^]|<<|>>)?=$/;
const UNKNOWN = ["loop", "while", "switch", "discard", "const_assert"];

/** @param {string} text @param {string} file @returns {ModuleSyntax} */
export function parse(text, file) {
  const cursor = new Cursor(text, file);
  /** @type {ModuleSyntax} */
  const module = { constants: [], bindings: [], shared: [], structs: new Map(), functions: new Map() };
  while (cursor.token.kind !== "end") if (!cursor.accept(";")) declaration(cursor, module);
  return module;
}

/** @param {Cursor} cursor @param {ModuleSyntax} module to which what comes next is added */
function declaration(cursor, module) {
  const attributes = parseAttributes(cursor);
  const { line } = cursor;
  if (cursor.is("override", "const")) {
    const override = cursor.next().text === "override";
    const name = cursor.name("the name of a constant");
    const type = cursor.accept(":") ? parseType(cursor) : null;
    if (!cursor.is("=")) cursor.fail("`=` and a default are expected");
    cursor.next();
    module.constants.push({ name, type, value: parseExpression(cursor), override, line });
    cursor.expect(";");
  } else if (cursor.accept("var")) {
    memory(cursor, module, attributes);
  } else if (cursor.accept("struct")) {
    const name = cursor.name("the name of a struct");
    cursor.expect("{");
    const fields = cursor.list("}", () => {
      const field = cursor.name("the name of a field");
      cursor.expect(":");
      return { name: field, type: parseType(cursor) };
    });
    module.structs.set(name, fields);
  } else if (cursor.accept("fn")) {
    parseFunction(cursor, module, attributes);
  } else {
    cursor.fail("`override`, `const`, `var`, `struct` or `fn` is expected");
  }
}

/** @param {Cursor} cursor @returns {Attributes} */
function parseAttributes(cursor) {
  /** @type {Attributes} */
  const attributes = new Map();
  while (cursor.accept("@")) {
    const name = cursor.name("the name of an attribute");
    attributes.set(name, cursor.accept("(") ? cursor.list(")", () => parseExpression(cursor)) : []);
  }
  return attributes;
}

/** A buffer or workgroup memory. @param {Cursor} cursor @param {ModuleSyntax} module @param {Attributes} attributes */
function memory(cursor, module, attributes) {
  const { line } = cursor;
  cursor.expect("<");
  const space = cursor.name("an address space");
  const access = cursor.accept(",") ? cursor.name("`read` or `read_write`") : "read";
  cursor.closeAngle();
  const name = cursor.name("the name of a variable");
  cursor.expect(":");
  const type = parseType(cursor);
  if (space === "workgroup") module.shared.push({ name, type, line });
  else if (space === "storage" || space === "uniform") {
    const binding = attributes.get("binding")?.[0];
    if (binding?.kind !== "number") cursor.fail("the number of a binding is expected before a buffer");
    module.bindings.push({ name, type, space, access, binding: Number(binding.text), line });
  } else cursor.fail("`storage`, `uniform` or `workgroup` is expected as the space of a variable");
  cursor.expect(";");
}

/** @param {Cursor} cursor @param {ModuleSyntax} module @param {Attributes} attributes */
function parseFunction(cursor, module, attributes) {
  const { line } = cursor;
  const name = cursor.name("the name of a function");
  cursor.expect("(");
  const parameters = cursor.list(")", () => parseParameter(cursor));
  const result = cursor.accept("->") ? parseType(cursor) : null;
  const workgroup = attributes.get("workgroup_size") ?? [];
  module.functions.set(name, { name, parameters, result, body: parseBlock(cursor), workgroup, line });
}

/** @param {Cursor} cursor @returns {Parameter} */
function parseParameter(cursor) {
  const builtin = parseAttributes(cursor).get("builtin")?.[0];
  const { line } = cursor;
  const name = cursor.name("the name of a parameter");
  cursor.expect(":");
  return { name, type: parseType(cursor), builtin: builtin?.kind === "name" ? builtin.name : "", line };
}

/** @param {Cursor} cursor @returns {Statement[]} */
function parseBlock(cursor) {
  cursor.expect("{");
  const body = [];
  while (!cursor.accept("}")) if (!cursor.accept(";")) body.push(statement(cursor));
  return body;
}

/** @param {Cursor} cursor @returns {Statement} */
function statement(cursor) {
  const { line } = cursor;
  if (cursor.is("{")) return { kind: "block", body: parseBlock(cursor), line };
  if (cursor.accept("if")) return parseIf(cursor, line);
  if (cursor.accept("for")) return parseFor(cursor, line);
  if (cursor.is(...UNKNOWN)) cursor.fail("`let`, `var`, `if`, `for`, `return` or an assignment is expected");
  const simple = parseSimple(cursor);
  cursor.expect(";");
  return simple;
}

/** @param {Cursor} cursor @param {number} line @returns {Statement} */
function parseIf(cursor, line) {
  const condition = parseExpression(cursor);
  const accept = parseBlock(cursor);
  if (!cursor.accept("else")) return { kind: "if", condition, accept, reject: [], line };
  const reject = cursor.accept("if") ? [parseIf(cursor, line)] : parseBlock(cursor);
  return { kind: "if", condition, accept, reject, line };
}

/** @param {Cursor} cursor @param {number} line @returns {Statement} */
function parseFor(cursor, line) {
  cursor.expect("(");
  const initial = cursor.is(";") ? null : parseSimple(cursor);
  if (initial && initial.kind !== "var") cursor.fail("`var` is expected at the beginning of a loop");
  cursor.expect(";");
  if (cursor.is(";")) cursor.fail("the condition of a loop is expected");
  const condition = parseExpression(cursor);
  cursor.expect(";");
  const update = cursor.is(")") ? null : parseSimple(cursor);
  if (update && update.kind !== "assign") cursor.fail("an assignment is expected at the end of a loop's head");
  cursor.expect(")");
  return { kind: "for", initial, condition, update, body: parseBlock(cursor), line };
}

/** What stands before `;`, also in the head of a loop. @param {Cursor} cursor @returns {Statement} */
function parseSimple(cursor) {
  const { line } = cursor;
  if (cursor.is("let", "const", "var")) {
    const kind = cursor.next().text === "var" ? "var" : "let";
    const name = cursor.name("the name of a variable");
    const type = cursor.accept(":") ? parseType(cursor) : null;
    const value = cursor.accept("=") ? parseExpression(cursor) : null;
    if (!value && (kind === "let" || !type)) cursor.fail("`=` and a value are expected");
    return { kind, name, type, value, line };
  }
  if (cursor.accept("return")) return { kind: "return", value: cursor.is(";") ? null : parseExpression(cursor), line };
  if (cursor.accept("continue")) return { kind: "continue", line };
  if (cursor.accept("break")) return { kind: "break", line };
  return assignment(cursor, line);
}

/** @param {Cursor} cursor @param {number} line @returns {Statement} */
function assignment(cursor, line) {
  const target = parsePostfix(cursor);
  /** @type {Expression} */
  const one = { kind: "number", text: "1", line };
  if (cursor.accept("++")) return { kind: "assign", target, operator: "+", value: one, line };
  if (cursor.accept("--")) return { kind: "assign", target, operator: "-", value: one, line };
  if (cursor.token.kind === "sign" && ASSIGNMENT.test(cursor.token.text)) {
    const operator = cursor.next().text.slice(0, -1);
    return { kind: "assign", target, operator, value: parseExpression(cursor), line };
  }
  if (target.kind !== "call") cursor.fail("`=` or a call is expected");
  return { kind: "call", call: target, line };
}
