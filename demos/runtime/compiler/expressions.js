/**
 * Expressions and types, parsed.
 *
 * In: a cursor. Out: their syntax. What names mean is not known here.
 */

/** @typedef {import("./compiler.d.ts").Expression} Expression */
/** @typedef {import("./compiler.d.ts").TypeSyntax} TypeSyntax */
/** @typedef {import("./cursor.js").Cursor} Cursor */

/** The names behind which `<` begins a list of type parameters. */
const GENERIC = ["vec2", "vec3", "vec4", "mat4x4", "array", "bitcast"];
const SHORT = /^(vec[234]|mat4x4)([fu])$/;
/** Operators, the loosest first. */
const LEVELS = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];
const ADDITION = LEVELS.length - 2;
/** Operations in a row, as deep as trees become: what walks them calls itself. */
const MOST = 1000;

/** @param {Cursor} cursor @returns {TypeSyntax} */
export function parseType(cursor) {
  const { line } = cursor;
  const name = cursor.name("the name of a type");
  const short = SHORT.exec(name);
  if (short) {
    const of = short[2] === "f" ? "f32" : "u32";
    return { name: short[1], parameters: [{ name: of, parameters: [], length: null, line }], length: null, line };
  }
  /** @type {TypeSyntax} */
  const type = { name, parameters: [], length: null, line };
  if (!GENERIC.includes(name) || !cursor.accept("<")) return type;
  type.parameters.push(parseType(cursor));
  if (cursor.accept(",") && !cursor.is(">")) type.length = binary(cursor, ADDITION);
  cursor.accept(",");
  cursor.closeAngle();
  return type;
}

/** @param {Cursor} cursor @returns {Expression} */
export function parseExpression(cursor) {
  return binary(cursor, 0);
}

/** @param {Cursor} cursor @param {number} level @returns {Expression} */
function binary(cursor, level) {
  if (level === LEVELS.length) return unary(cursor);
  let left = binary(cursor, level + 1);
  for (let count = 0; cursor.token.kind === "sign" && LEVELS[level].includes(cursor.token.text); count++) {
    if (count > MOST) cursor.fail("fewer operations in a row are expected: split them with `let`");
    const { text, line } = cursor.next();
    left = { kind: "binary", operator: text, left, right: binary(cursor, level + 1), line };
  }
  return left;
}

/** @param {Cursor} cursor @returns {Expression} */
function unary(cursor) {
  if (!cursor.is("-", "!", "~")) return parsePostfix(cursor);
  const { text, line } = cursor.next();
  return { kind: "unary", operator: text, of: unary(cursor), line };
}

/** What may stand left of `=`: a name with its members and indices. @param {Cursor} cursor @returns {Expression} */
export function parsePostfix(cursor) {
  let of = primary(cursor);
  for (;;) {
    const { line } = cursor;
    if (cursor.accept(".")) of = { kind: "member", of, name: cursor.name("the name of a component"), line };
    else if (cursor.accept("[")) {
      of = { kind: "index", of, at: parseExpression(cursor), line };
      cursor.expect("]");
    } else return of;
  }
}

/** @param {Cursor} cursor @returns {Expression} */
function primary(cursor) {
  const { kind, text, line } = cursor.token;
  if (kind === "number") {
    cursor.next();
    return { kind, text, line };
  }
  if (cursor.accept("(")) {
    const inner = parseExpression(cursor);
    cursor.expect(")");
    return inner;
  }
  if (kind !== "name") cursor.fail("an expression is expected");
  if (text === "true" || text === "false") {
    cursor.next();
    return { kind: "boolean", value: text === "true", line };
  }
  const type = parseType(cursor);
  if (cursor.accept("("))
    return { kind: "call", type, operands: cursor.list(")", () => parseExpression(cursor)), line };
  if (type.parameters.length) cursor.fail("`(` is expected behind a type");
  return { kind: "name", name: text, line };
}
