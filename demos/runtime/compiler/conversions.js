/**
 * Literals become numbers of a type, types as written become types, and values others of another type.
 */
import { choose, compare, known } from "./integers.js";
import { constant, float, floatOf, integer, isConstant, node } from "./nodes.js";
import {
  BOOL,
  F32,
  INTEGER,
  MATRIX,
  U32,
  composite,
  computed,
  described,
  elementOf,
  heldIn,
  isAbstract,
  isArray,
  isLanes,
  isVector,
  vectorOf,
} from "./types.js";
import { gather, numbers, register, splat } from "./vectors.js";

/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Scalar} Scalar */
/** @typedef {import("./compiler.d.ts").Type} Type */
/** @typedef {import("./compiler.d.ts").TypeSyntax} TypeSyntax */
/** @typedef {import("./compiler.d.ts").Value} Value */
/** @typedef {import("./compiler.d.ts").Vector} Vector */
/** @typedef {import("./context.js").Context} Context */

/** @type {Map<string, Scalar>} */
export const SCALARS = new Map([
  ["f32", F32],
  ["u32", U32],
  ["bool", BOOL],
]);
/** The largest f32 below 2^32: what is larger becomes this u32, as WGSL says. */
const LARGEST_WHOLE = 4294967040;
const SUBSET = "f32, u32, bool, vectors of them, mat4x4<f32>, an array of fixed length or a struct";

/**
 * @param {Context} context @param {TypeSyntax} syntax @param {(syntax: TypeSyntax) => number} lengthOf the length of an
 * array, 0 where it has none @returns {Type}
 */
export function typeOf(context, syntax, lengthOf) {
  const { name, parameters, line } = syntax;
  const scalar = SCALARS.get(name);
  if (scalar) return scalar;
  if (name === "array" && parameters.length) {
    const of = typeOf(context, parameters[0], lengthOf);
    return { kind: "array", name: "array", of, length: lengthOf(syntax) };
  }
  const element = SCALARS.get(parameters[0]?.name);
  if (element && /^vec[234]$/.test(name)) return vectorOf(Number(name[3]), element);
  if (element === F32 && name === "mat4x4") return MATRIX;
  const fields = context.module.structs.get(name);
  if (!fields) return context.fail(line, `${SUBSET} is expected as a type`, written(syntax));
  return {
    kind: "struct",
    name,
    fields: fields.map((each) => ({ name: each.name, type: typeOf(context, each.type, lengthOf) })),
  };
}

/** @param {TypeSyntax} syntax @returns {string} */
function written({ name, parameters }) {
  return parameters.length ? `${name}<${parameters.map(written).join(", ")}>` : name;
}

/**
 * A literal as a number of a scalar's type; other values as they are.
 * @param {Context} context @param {Value} value @param {Scalar} type @param {number} line @returns {Value}
 */
export function concrete(context, value, type, line) {
  if (!isAbstract(value.type)) return value;
  if (type === F32) return computed(F32, [float(value.number)]);
  const fits = type === U32 && value.type === INTEGER && value.number >= 0 && value.number <= 0xffffffff;
  if (!fits)
    context.fail(line, `a value of type ${type.name} is expected, found ${described(value.type)}, ${value.number}`);
  return computed(U32, [integer(value.number)]);
}

/**
 * A literal as it is where nothing says its type: a float is f32.
 * @param {Context} context @param {Value} value @param {number} line @returns {Value}
 */
export function settled(context, value, line) {
  if (value.type === INTEGER)
    context.fail(
      line,
      `a number of type u32 or f32 is expected: write ${value.number}u or ${value.number}.0, there is no i32`,
    );
  return concrete(context, value, F32, line);
}

/**
 * @param {Context} context @param {Value} value @param {Type} type @param {number} line
 * @returns {Value} of that type, or it is refused
 */
export function expected(context, value, type, line) {
  const made = type.kind === "scalar" ? concrete(context, value, type, line) : value;
  if (!equal(made.type, type)) context.fail(line, `a value of type ${described(type)} is expected`, made.type);
  return made;
}

/** @param {Type} a @param {Type} b @returns {boolean} */
export function equal(a, b) {
  if (isArray(a) && isArray(b)) return equal(a.of, b.of) && a.length === b.length;
  return a === b || (a.kind === "struct" && b.kind === "struct" && a.name === b.name);
}

/** @param {Context} context @param {Type} type @param {number} line @returns {Value} */
export function zero(context, type, line) {
  if (isArray(type))
    return composite(
      type,
      Array.from({ length: type.length }, () => zero(context, type.of, line)),
    );
  if (type.kind === "struct")
    return composite(
      type,
      type.fields.map((field) => zero(context, field.type, line)),
    );
  const nodes = heldIn(type).map((each) =>
    each === "f32" ? float(0) : each === "i32" ? integer(0) : constant([0, 0, 0, 0]),
  );
  return computed(type, nodes);
}

/**
 * `f32(…)`, `u32(…)` or `bool(…)` of a number.
 * @param {Context} context @param {Scalar} to @param {Value} value @param {number} line @returns {Value}
 */
function scalarFrom(context, to, value, line) {
  if (isAbstract(value.type) && to !== BOOL) {
    if (to === F32 || value.type === INTEGER) return concrete(context, value, to, line);
    return scalarFrom(context, to, concrete(context, value, F32, line), line);
  }
  const [only] = value.nodes;
  if (value.type === to) return value;
  if (to === BOOL && value.type === F32) return computed(BOOL, [node("f32.ne", "i32", [only, float(0)])]);
  if (to === BOOL && value.type === U32) return computed(BOOL, [compare("!=", only, integer(0))]);
  if (to === F32 && value.type === U32) {
    const number = known(only);
    return computed(F32, [number === null ? node("f32.convert_i32_u", "f32", [only]) : float(number)]);
  }
  if (to === F32 && value.type === BOOL) return computed(F32, [choose(float(1), float(0), only)]);
  if (to === U32 && value.type === BOOL) return computed(U32, [only]);
  if (to === U32 && value.type === F32) {
    if (isConstant(only))
      return computed(U32, [integer(Math.min(Math.max(Math.trunc(only.value) || 0, 0), LARGEST_WHOLE))]);
    const whole = context.shared(node("i32.trunc_sat_f32_u", "i32", [only]));
    const most = integer(LARGEST_WHOLE);
    return computed(U32, [node("select", "i32", [whole, most, node("i32.lt_u", "i32", [whole, most])])]);
  }
  return context.fail(line, `a number is expected in ${to.name}(…)`, value.type);
}

/**
 * A vector from another of the same size.
 * @param {Context} context @param {Vector} to @param {Value} value @param {number} line @returns {Value}
 */
function vectorFrom(context, to, value, line) {
  const from = /** @type {Vector} */ (value.type);
  if (from === to) return value;
  if (from.size === to.size && from.of !== BOOL && to.of !== BOOL) {
    const whole = register(value);
    if (to.of === F32) return computed(to, [node("f32x4.convert_i32x4_u", "v128", [whole])]);
    const most = constant(new Array(4).fill(LARGEST_WHOLE));
    return computed(to, [node("i32x4.min_u", "v128", [node("i32x4.trunc_sat_f32x4_u", "v128", [whole]), most])]);
  }
  return context.fail(line, `${to.size} numbers are expected in ${to.name}(…)`, from);
}

/**
 * `TYPE(…)`.
 * @param {Context} context @param {Type} type @param {Value[]} operands @param {number} line @returns {Value}
 */
export function constructed(context, type, operands, line) {
  if (!operands.length) return zero(context, type, line);
  if (type.kind === "scalar" && operands.length === 1) return scalarFrom(context, type, operands[0], line);
  if (isVector(type)) return vector(context, type, operands, line);
  if (type.kind === "matrix" && operands.length === 4) {
    return computed(
      MATRIX,
      operands.map((each) => register(expected(context, each, vectorOf(4, F32), line))),
    );
  }
  if (isArray(type) && operands.length === type.length) {
    return composite(
      type,
      operands.map((each) => expected(context, each, type.of, line)),
    );
  }
  if (type.kind === "struct" && operands.length === type.fields.length) {
    return composite(
      type,
      operands.map((each, i) => expected(context, each, type.fields[i].type, line)),
    );
  }
  return context.fail(line, `as many operands as ${described(type)} has parts are expected`, operands.length);
}

/** @param {Context} context @param {Vector} type @param {Value[]} operands @param {number} line @returns {Value} */
function vector(context, type, operands, line) {
  const values = operands.map((each) => concrete(context, each, type.of, line));
  if (values.length === 1) {
    const [only] = values;
    if (isVector(only.type)) return vectorFrom(context, type, only, line);
    const one = expected(context, only, type.of, line).nodes[0];
    if (type.of === U32) return computed(type, new Array(type.size).fill(one));
    return computed(type, [splat(type.of === BOOL ? node("i32.sub", "i32", [integer(0), one]) : one)]);
  }
  const all = values.flatMap((each) => {
    if (elementOf(each.type) !== type.of)
      context.fail(line, `numbers of type ${type.of.name} are expected in ${type.name}(…)`, each.type);
    return isVector(each.type) ? numbers(context, each, each.type.size) : each.nodes;
  });
  const { size, name } = type;
  if (all.length !== size) context.fail(line, `${size} numbers are expected in ${name}(…)`, all.length);
  if (type.of === U32) return computed(type, all);
  return computed(type, [
    type.of === BOOL ? gather(all.map((each) => node("i32.sub", "i32", [integer(0), each]))) : gather(all),
  ]);
}

/**
 * `bitcast<TYPE>(…)`.
 * @param {Context} context @param {Type} to @param {Value} value @param {number} line @returns {Value}
 */
export function bitcast(context, to, value, line) {
  const from = value.type;
  const size = (/** @type {Type} */ type) => (isVector(type) ? type.size : type.kind === "scalar" ? 1 : 0);
  const fits = size(from) && size(from) === size(to) && elementOf(from) !== BOOL && elementOf(to) !== BOOL;
  if (!fits) context.fail(line, `f32, u32 or a vector of them is expected in bitcast<${described(to)}>(…)`, from);
  if (from === to) return value;
  if (isVector(to)) return computed(to, [isLanes(value) ? register(value) : value.nodes[0]]);
  const [only] = value.nodes;
  if (to === U32) return computed(U32, [node("i32.reinterpret_f32", "i32", [only])]);
  const number = only.op === "i32.const" ? floatOf(only.value) : NaN;
  return computed(F32, [Number.isNaN(number) ? node("f32.reinterpret_i32", "f32", [only]) : float(number)]);
}
