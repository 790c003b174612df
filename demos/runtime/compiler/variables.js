/**
 * What names are bound to: values that stay, variables in locals, arrays in memory; and how they are assigned.
 */
import { concrete, expected, settled, zero } from "./conversions.js";
import { binary } from "./operators.js";
import { evaluate, typed } from "./evaluate.js";
import { loadFrom, storeTo } from "./memory.js";
import { multiplied } from "./matrices.js";
import { HIGHEST_ADDRESS, held, integer, isConstant, node, takes } from "./nodes.js";
import { knownAs, read, refer } from "./references.js";
import {
  F32,
  MATRIX,
  U32,
  composite,
  computed,
  elementOf,
  heldIn,
  isArray,
  isLanes,
  isVector,
  mapped,
  strideOf,
} from "./types.js";
import { numbers, register } from "./vectors.js";
import { assigns } from "./assignments.js";

/** @typedef {import("./compiler.d.ts").Assignment} Assignment */
/** @typedef {import("./compiler.d.ts").Declaration} Declaration */
/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Place} Place */
/** @typedef {import("./compiler.d.ts").Statement} Statement */
/** @typedef {import("./compiler.d.ts").Type} Type */
/** @typedef {import("./compiler.d.ts").Value} Value */
/** @typedef {import("./compiler.d.ts").Variable} Variable */
/** @typedef {import("./context.js").Context} Context */

/** Indices of so many instructions are computed where they are used: what is known of them stays known there. */
export const SMALL = 6;
/** Bytes of zeros that one instruction writes faster than some. */
const MANY = 1024;

/**
 * @param {Context} context @param {Value} value @returns {Value} the same, whatever is assigned or stored from now on
 */
export function bound(context, value) {
  const still = (/** @type {Node} */ each) =>
    each.fixed && (each.size === 0 || (each.type === "i32" && each.size <= SMALL));
  return mapped(value, (each) => (still(each) ? each : context.kept(each)));
}

/** @param {Context} context @param {Declaration} declaration @returns {Value} what it begins with */
function initial(context, { type, value, line }) {
  const of = type && typed(context, type);
  if (!value) return zero(context, /** @type {Type} */ (of), line);
  const given = evaluate(context, value);
  return of ? expected(context, given, of, line) : settled(context, given, line);
}

/** `let` and `var`. @param {Context} context @param {Declaration} declaration @param {Statement[]} rest of its block */
export function declare(context, declaration, rest) {
  const { name, kind, line } = declaration;
  const value = initial(context, declaration);
  if (kind === "let") context.bind(name, knownAs(bound(context, value)));
  else if (isArray(value.type)) arrange(context, name, value, line);
  else if (!assigns(name, rest)) context.bind(name, knownAs(bound(context, value)));
  else context.bind(name, variable(context, value, line));
}

/**
 * An array, which lies in memory.
 * @param {Context} context @param {string} name @param {Value} value @param {number} line
 */
function arrange(context, name, value, line) {
  const bytes = strideOf(value.type);
  if (!bytes) context.fail(line, `an array of f32, u32, vec2, vec4 or mat4x4 is expected as \`${name}\``);
  const address = context.allocate(bytes);
  if (bytes > MANY && isZero(value))
    context.emit({ kind: "do", node: node("memory.fill", "i32", [address, integer(0), integer(bytes)]) });
  else storeTo(context, { kind: "place", type: value.type, address, length: 0 }, inMemory(value));
  context.bind(name, { kind: "place", type: value.type, address, length: 0 });
}

/** @param {Value} value @returns {boolean} whether all its bits are known to be 0 */
function isZero({ items, nodes }) {
  return (
    items.every(isZero) &&
    nodes.every((each) => isConstant(each) && Object.is(each.value, 0) && each.lanes.every((bits) => bits === 0))
  );
}

/**
 * @param {Context} context @param {Value} value that it begins with @param {number} line
 * @param {number} [depth] in how many loops it changes @returns {Variable}
 */
export function variable(context, value, line, depth = context.depth) {
  const locals = heldIn(value.type).map((type) => context.local(type, { depth }));
  if (!locals.length)
    context.fail(line, "a number, a vector, a matrix or an array is expected as a variable that changes", value.type);
  /** @type {Variable} */
  const made = { kind: "variable", type: value.type, locals };
  setTo(context, made, value);
  return made;
}

/** @param {Context} context @param {Variable} target @param {Value} value of its type */
export function setTo(context, { type, locals }, value) {
  const lanes = isVector(type) && elementOf(type) === U32;
  let nodes = lanes ? numbers(context, value, type.size) : isVector(type) ? [register(value)] : value.nodes;
  // All are computed of what the variable held before, also those that are set after others.
  if (nodes.some((each, i) => locals.slice(0, i).some((local) => takes(each, local.id))))
    nodes = nodes.map((each) => (isConstant(each) ? each : context.kept(each)));
  nodes.forEach((each, i) => {
    if (each.local !== locals[i]) context.set(locals[i], each);
  });
}

/**
 * All parts but the first are computed before it is stored, if they are computed of what lies there.
 * @param {Context} context @param {Place} place @param {Value} value @returns {Value} the same, to be stored
 */
function readBefore(context, { address }, value) {
  const all = [address, ...address.terms.map((each) => each.node)];
  let first = true;
  return mapped(value, (each) => {
    const late = !first && each.reads && all.some((base) => base.max === HIGHEST_ADDRESS && takes(each, base.id));
    first = false;
    return late ? context.kept(each) : each;
  });
}

/** @param {Value} value @returns {Value} the same as it lies in memory: vectors in registers */
function inMemory(value) {
  if (value.items.length) return composite(value.type, value.items.map(inMemory));
  return isLanes(value) ? computed(value.type, [register(value)]) : value;
}

/** @param {Context} context @param {Assignment} assignment */
export function assign(context, { target, operator, value: syntax, line }) {
  if (target.kind === "name" && target.name === "_") return void evaluate(context, syntax);
  const to = refer(context, target);
  const { type } = to;
  const copy = to.kind === "place" ? to.copy : undefined;
  if (to.kind === "value" || copy?.of.kind === "value")
    return context.fail(line, "a variable or an element of a buffer is expected before `=`");
  let given;
  if (
    operator === "+" &&
    type === MATRIX &&
    to.kind === "variable" &&
    syntax.kind === "binary" &&
    syntax.operator === "*"
  ) {
    const [a, b] = [evaluate(context, syntax.left), evaluate(context, syntax.right)];
    if (a.type === MATRIX && b.type === MATRIX)
      return setTo(context, to, multiplied(context, a, b, to.locals.map(held)));
    given = binary(context, "*", a, b, line);
  } else given = evaluate(context, syntax);
  const value = operator ? binary(context, operator, read(context, to), given, line) : given;
  const made = expected(
    context,
    elementOf(type) ? concrete(context, value, /** @type {any} */ (elementOf(type)), line) : value,
    type,
    line,
  );
  if (to.kind === "variable") return setTo(context, to, made);
  if (to.kind === "place") {
    storeTo(context, to, readBefore(context, to, inMemory(made)));
    if (copy) setTo(context, /** @type {Variable} */ (copy.of), loadFrom(copy.place));
    return;
  }
  const { of, lane } = to;
  if (of.kind !== "variable") return context.fail(line, "a variable is expected before `=`");
  if (of.locals.length > 1) return context.set(of.locals[lane], made.nodes[0]);
  if (type !== F32) return context.fail(line, `a component of f32 or u32 is expected before \`=\``, type);
  return context.set(of.locals[0], node("f32x4.replace_lane", "v128", [held(of.locals[0]), made.nodes[0]], lane));
}
