/**
 * Names, members and indices: what they refer to, how it is read, and where it is written.
 *
 * An index that is not proved to lie inside is made to: WGSL allows any place of the same buffer then, and this is the
 * last one.
 */
import { concrete } from "./conversions.js";
import { evaluate } from "./evaluate.js";
import { arithmetic, known } from "./integers.js";
import { add, times } from "./linear.js";
import { loadFrom, storeTo } from "./memory.js";
import { held, integer, shuffle } from "./nodes.js";
import {
  F32,
  MATRIX,
  U32,
  VEC4F,
  computed,
  described,
  isArray,
  isLanes,
  isVector,
  strideOf,
  vectorOf,
} from "./types.js";
import { lane, numbers, register } from "./vectors.js";

/** @typedef {import("./compiler.d.ts").Expression} Expression */
/** @typedef {import("./compiler.d.ts").Known} Known */
/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Place} Place */
/** @typedef {import("./compiler.d.ts").Reference} Reference */
/** @typedef {import("./compiler.d.ts").Type} Type */
/** @typedef {import("./compiler.d.ts").Value} Value */
/** @typedef {import("./compiler.d.ts").Vector} Vector */
/** @typedef {import("./context.js").Context} Context */

/** @param {Value} value @returns {Known} */
export function knownAs(value) {
  return { kind: "value", type: value.type, value };
}

/** @param {Context} context @param {Expression} expression @returns {Reference} */
export function refer(context, expression) {
  if (expression.kind === "name") {
    const found = context.find(expression.name);
    return found ?? context.fail(expression.line, "a name that is known here is expected", expression.name);
  }
  if (expression.kind === "index") return indexed(context, expression);
  if (expression.kind === "member") return member(context, expression);
  return knownAs(evaluate(context, expression));
}

/** @param {Context} context @param {Extract<Expression, { kind: "index" }>} expression @returns {Reference} */
function indexed(context, expression) {
  const { line } = expression;
  const of = refer(context, expression.of);
  const index = concrete(context, evaluate(context, expression.at), U32, line);
  if (index.type !== U32) context.fail(line, "an index of type u32 is expected", index.type);
  const [at] = index.nodes;
  if (of.kind === "place") return element(context, of, at, line);
  const fixed = known(at);
  const { type } = of;
  const size = isVector(type) ? type.size : type.kind === "matrix" ? 4 : isArray(type) ? type.length : 0;
  if (!size) context.fail(line, `an array, a vector or a matrix is expected before \`[\``, type);
  if (fixed !== null && fixed >= size) context.fail(line, `an index below ${size} is expected`, fixed);
  if (fixed !== null) return part(context, of, fixed);
  return element(context, spilt(context, of, line), at, line);
}

/**
 * One number, column or item of what is in locals.
 * @param {Context} context @param {Exclude<Reference, Place>} of @param {number} index @returns {Reference}
 */
function part(context, of, index) {
  if (isArray(of.type)) return knownAs(read(context, of).items[index]);
  if (of.type === MATRIX && of.kind === "variable")
    return { kind: "variable", type: VEC4F, locals: [of.locals[index]] };
  if (of.type === MATRIX) return knownAs(computed(VEC4F, [read(context, of).nodes[index]]));
  const { of: type } = /** @type {Vector} */ (of.type);
  return { kind: "part", type, of: of.kind === "part" ? knownAs(read(context, of)) : of, lane: index };
}

/**
 * Puts a value into memory, since registers cannot be indexed by a variable.
 * @param {Context} context @param {Exclude<Reference, Place>} of @param {number} line
 * @returns {Place} which says what it is a copy of
 */
function spilt(context, of, line) {
  const value = whole(read(context, of));
  const stride = isVector(value.type) && value.type.size < 4 ? 0 : strideOf(value.type);
  if (!stride) context.fail(line, `a constant is expected as the index of ${described(value.type)}`);
  /** @type {Place} */
  const place = { kind: "place", type: value.type, address: context.allocate(stride), length: 0 };
  storeTo(context, place, value);
  return { ...place, copy: { of, place } };
}

/** @param {Value} value @returns {Value} the same, vectors in registers */
function whole(value) {
  return isLanes(value) ? computed(value.type, [register(value)]) : value;
}

/** @param {Context} context @param {Place} of @param {Node} index @param {number} line @returns {Place} */
function element(context, of, index, line) {
  const { type } = of;
  const inner = isArray(type) ? type.of : isVector(type) ? type.of : type === MATRIX ? VEC4F : null;
  if (!inner) return context.fail(line, `an array, a vector or a matrix is expected before \`[\``, type);
  const length = isArray(type) ? of.length || type.length : isVector(type) ? type.size : 4;
  const inside =
    index.max < length ? index : /** @type {Node} */ (arithmetic(context, "min", index, integer(length - 1)));
  return { ...of, type: inner, address: add(of.address, times(inside, strideOf(inner))), length: 0 };
}

/** @param {Context} context @param {Extract<Expression, { kind: "member" }>} expression @returns {Reference} */
function member(context, { of: syntax, name, line }) {
  const of = refer(context, syntax);
  const { type } = of;
  if (type.kind === "struct" && of.kind === "value") {
    const at = type.fields.findIndex((field) => field.name === name);
    if (at < 0) context.fail(line, `a field of ${type.name} is expected`, name);
    return knownAs(of.value.items[at]);
  }
  const lanes = isVector(type) ? [...name].map((letter) => "xyzwrgba".indexOf(letter) % 4) : [];
  const fits = isVector(type) && lanes.length <= 4 && lanes.every((each) => each >= 0 && each < type.size);
  if (!fits) return context.fail(line, `a component of ${described(type)} is expected`, name);
  if (lanes.length > 1) return knownAs(swizzled(context, read(context, of), lanes));
  if (of.kind !== "place") return part(context, of, lanes[0]);
  return { ...of, type: type.of, address: add(of.address, integer(4 * lanes[0])), length: 0 };
}

/** @param {Context} context @param {Value} value @param {number[]} lanes @returns {Value} */
function swizzled(context, value, lanes) {
  const { of, size } = /** @type {Vector} */ (value.type);
  const type = vectorOf(lanes.length, of);
  if (isLanes(value)) {
    const each = numbers(context, value, size);
    return computed(
      type,
      lanes.map((i) => each[i]),
    );
  }
  const all = context.shared(value.nodes[0]);
  return computed(type, [shuffle(all, all, [...lanes, 0, 0, 0].slice(0, 4))]);
}

/** @param {Context} context @param {Reference} reference @returns {Value} what it holds now */
export function read(context, reference) {
  if (reference.kind === "value") return reference.value;
  if (reference.kind === "variable") return computed(reference.type, reference.locals.map(held));
  if (reference.kind === "place") return loadFrom(reference);
  const of = read(context, reference.of);
  if (isLanes(of)) return computed(reference.type, [of.nodes[reference.lane]]);
  if (reference.type === F32 || reference.type === U32) {
    return computed(reference.type, [lane(of.nodes[0], reference.lane, reference.type === F32 ? "f32" : "i32")]);
  }
  return computed(reference.type, [numbers(context, of, 4)[reference.lane]]);
}
