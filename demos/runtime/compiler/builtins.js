/**
 * WGSL's own functions: those that WebAssembly has instructions for, and, through the library, those that it lacks.
 */
import { concrete, expected, settled } from "./conversions.js";
import { nearer } from "./floats.js";
import { arithmetic, choose, known } from "./integers.js";
import { transposed } from "./matrices.js";
import { atMost, called, float, node } from "./nodes.js";
import {
  BOOL,
  F32,
  MATRIX,
  U32,
  VEC4F,
  computed,
  elementOf,
  isAbstract,
  isLanes,
  isVector,
  vectorOf,
} from "./types.js";
import { lane, numbers, register, spread } from "./vectors.js";

/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Value} Value */
/** @typedef {import("./compiler.d.ts").Vector} Vector */
/** @typedef {import("./context.js").Context} Context */
/** @typedef {(context: Context, operands: Value[], line: number) => Value | null} Builtin */

/**
 * Functions of f32 that are one instruction. round() takes the even one of two, as WGSL's.
 * @type {Record<string, string>}
 */
const INSTRUCTIONS = { abs: "abs", ceil: "ceil", floor: "floor", round: "nearest", sqrt: "sqrt", trunc: "trunc" };
/** Functions of f32 that the library has, of four at once. */
const LIBRARY = ["cos", "exp", "exp2", "log", "log2", "sign", "sin", "tanh"];

/** @type {Record<string, Builtin>} */
const OTHERS = {
  min: (context, operands) => extreme(context, "min", operands),
  max: (context, operands) => extreme(context, "max", operands),
  clamp: (context, [x, low, high]) => {
    const above = extreme(context, "max", [x, low]);
    return above && extreme(context, "min", [above, high]);
  },
  dot: (context, operands) => dot(context, operands),
  transpose: (context, [x]) => (x.type === MATRIX ? computed(MATRIX, transposed(context, x.nodes)) : null),
  any: (_, [x]) => truth(x, "v128.any_true"),
  all: (_, [x]) => truth(x, "i32x4.all_true"),
};

/** How many operands those take that do not take one. @type {Record<string, number>} */
const TAKES = { select: 3, clamp: 3, min: 2, max: 2, dot: 2 };
const ALL = ["select", ...LIBRARY, ...Object.keys(INSTRUCTIONS), ...Object.keys(OTHERS)];

/** @param {Context} context @param {string} name @param {Value[]} operands @param {number} line @returns {Value} */
export function builtin(context, name, operands, line) {
  const takes = TAKES[name] ?? 1;
  if (!ALL.includes(name)) context.fail(line, "a function that is known here is expected", name);
  if (operands.length !== takes)
    context.fail(line, `operands of ${name}() are expected, ${takes} of them`, operands.length);
  if (name === "select") return select(context, operands, line);
  const lead = operands.find((each) => !isAbstract(each.type)) ?? settled(context, operands[0], line);
  const values = operands.map((each) => concrete(context, each, elementOf(lead.type) ?? F32, line));
  const result = name in OTHERS ? OTHERS[name](context, values, line) : ofFloats(context, name, values[0]);
  return (
    result ??
    context.fail(
      line,
      `operands that ${name}() takes are expected`,
      operands.map((each) => each.type),
    )
  );
}

/** @param {Context} context @param {string} name @param {Value} x @returns {Value | null} */
function ofFloats(context, name, x) {
  if (elementOf(x.type) !== F32 || x.type === MATRIX) return null;
  const [only] = x.nodes;
  if (name in INSTRUCTIONS) {
    const shape = x.type === F32 ? "f32" : "f32x4";
    if (name === "sqrt" && only.op === "f32.const" && only.value >= 0)
      return computed(F32, [float(Math.sqrt(only.value))]);
    return computed(x.type, [node(`${shape}.${INSTRUCTIONS[name]}`, only.type, [only])]);
  }
  const callee = context.library(name);
  if (!callee) return null;
  const four = called(callee, [spread(x)]);
  return computed(x.type, [x.type === F32 ? node("f32x4.extract_lane", "f32", [four], 0) : four]);
}

/** @param {Context} context @param {"min" | "max"} which @param {Value[]} operands @returns {Value | null} */
function extreme(context, which, [a, b]) {
  if (a.type !== b.type || a.type === MATRIX) return null;
  const of = elementOf(a.type);
  if (of === F32) return computed(a.type, [nearer(which, a.nodes[0], b.nodes[0])]);
  if (of !== U32) return null;
  const size = isVector(a.type) ? a.type.size : 1;
  const [x, y] = [numbers(context, a, size), numbers(context, b, size)];
  return computed(
    a.type,
    x.map((each, i) => /** @type {Node} */ (arithmetic(context, which, each, y[i]))),
  );
}

/** @param {Context} context @param {Value[]} operands @returns {Value | null} (x0 y0 + x1 y1) + (x2 y2 + x3 y3) */
function dot(context, [a, b]) {
  if (a.type !== VEC4F || b.type !== VEC4F) return null;
  const products = context.shared(node("f32x4.mul", "v128", [a.nodes[0], b.nodes[0]]));
  const [x, y, z, w] = [0, 1, 2, 3].map((i) => lane(products, i, "f32"));
  return computed(F32, [node("f32.add", "f32", [node("f32.add", "f32", [x, y]), node("f32.add", "f32", [z, w])])]);
}

/** @param {Value} x @param {string} op @returns {Value | null} */
function truth(x, op) {
  if (x.type === BOOL) return x;
  return x.type === vectorOf(4, BOOL) ? computed(BOOL, [atMost(node(op, "i32", x.nodes), 1)]) : null;
}

/**
 * select(a, b, condition): b where the condition holds.
 * @param {Context} context @param {Value[]} operands @param {number} line @returns {Value}
 */
function select(context, [first, second, condition], line) {
  const of = elementOf(first.type) ?? elementOf(second.type) ?? F32;
  const [a, b] = [first, second].map((each) => concrete(context, each, of, line));
  if (a.type !== b.type) context.fail(line, `two values of one type are expected in select()`, [a.type, b.type]);
  if (condition.type === BOOL) return byOne(context, a, b, condition.nodes[0]);
  const size = isVector(a.type) ? a.type.size : 0;
  if (!size) expected(context, condition, BOOL, line);
  expected(context, condition, vectorOf(size, BOOL), line);
  if (of === U32 && (isLanes(a) || isLanes(b))) {
    const [x, y, mask] = [numbers(context, a, size), numbers(context, b, size), numbers(context, condition, size)];
    return computed(
      a.type,
      x.map((each, i) => choose(y[i], each, mask[i])),
    );
  }
  return computed(a.type, [node("v128.bitselect", "v128", [register(b), register(a), register(condition)])]);
}

/** @param {Context} context @param {Value} a @param {Value} b @param {Node} condition @returns {Value} */
function byOne(context, a, b, condition) {
  const certain = known(condition);
  if (certain !== null) return certain ? b : a;
  const whole = (/** @type {Value} */ value) => (isLanes(a) === isLanes(b) ? value.nodes : [register(value)]);
  const [x, y] = [whole(a), whole(b)];
  const chosen = x.length > 1 ? context.shared(condition) : condition;
  return computed(
    a.type,
    x.map((each, i) => choose(y[i], each, chosen)),
  );
}
