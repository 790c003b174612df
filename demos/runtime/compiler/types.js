/**
 * The types of the subset, how they lie in memory, and what values are made of.
 */

/** @typedef {import("./compiler.d.ts").Type} Type */
/** @typedef {import("./compiler.d.ts").Scalar} Scalar */
/** @typedef {import("./compiler.d.ts").Vector} Vector */
/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Value} Value */
/** @typedef {import("./compiler.d.ts").WasmType} WasmType */

/** @type {Scalar} */
export const F32 = { kind: "scalar", name: "f32" };
/** @type {Scalar} */
export const U32 = { kind: "scalar", name: "u32" };
/** @type {Scalar} */
export const BOOL = { kind: "scalar", name: "bool" };
/** @type {Type} what a literal is before it meets a type */
export const INTEGER = { kind: "abstract", name: "integer" };
/** @type {Type} */
export const FLOAT = { kind: "abstract", name: "float" };
/** @type {Type} four columns of four f32 */
export const MATRIX = { kind: "matrix", name: "mat4x4<f32>" };

/** @type {Map<string, Vector>} */
const VECTORS = new Map();
for (const of of [F32, U32, BOOL]) {
  for (const size of [2, 3, 4]) {
    const name = `vec${size}<${of.name}>`;
    VECTORS.set(name, { kind: "vector", name, size, of });
  }
}

/** @param {number} size @param {Scalar} of @returns {Vector} */
export function vectorOf(size, of) {
  return /** @type {Vector} */ (VECTORS.get(`vec${size}<${of.name}>`));
}

export const VEC4F = vectorOf(4, F32);

/** @param {Type} type @returns {type is Vector} */
export function isVector(type) {
  return type.kind === "vector";
}

/** @param {Type} type @returns {type is Extract<Type, { kind: "array" }>} */
export function isArray(type) {
  return type.kind === "array";
}

/** @param {Type} type @returns {type is Extract<Type, { kind: "abstract" }>} */
export function isAbstract(type) {
  return type.kind === "abstract";
}

/** Of what numbers it is made; of no single kind for arrays and structs. @param {Type} type @returns {Scalar | null} */
export function elementOf(type) {
  if (type.kind === "scalar") return type;
  if (isVector(type)) return type.of;
  return type.kind === "matrix" ? F32 : null;
}

/**
 * How many bytes from one element of an array to the next; 0 where it cannot lie in memory.
 * @param {Type} type @returns {number}
 */
export function strideOf(type) {
  if (type.kind === "scalar") return type === BOOL ? 0 : 4;
  if (isVector(type)) return type.of === BOOL || type.size === 3 ? 0 : 4 * type.size;
  if (type.kind === "matrix") return 64;
  return isArray(type) ? type.length * strideOf(type.of) : 0;
}

/** The types of the nodes that a variable is kept in. @param {Type} type @returns {WasmType[]} none if in memory */
export function heldIn(type) {
  if (type.kind === "scalar") return [type === F32 ? "f32" : "i32"];
  if (isVector(type)) return type.of === U32 ? new Array(type.size).fill("i32") : ["v128"];
  return type.kind === "matrix" ? new Array(4).fill("v128") : [];
}

/** @param {Type} type @returns {string} its name in a sentence */
export function described(type) {
  return isAbstract(type) ? `a literal ${type.name}` : type.name;
}

/** @type {Value[]} */
const NO_ITEMS = [];

/** @param {Type} type @param {Node[]} nodes @returns {Value} */
export function computed(type, nodes) {
  return { type, nodes, items: NO_ITEMS, number: 0 };
}

/** @param {Type} type @param {Value[]} items @returns {Value} */
export function composite(type, items) {
  return { type, nodes: [], items, number: 0 };
}

/**
 * The same with other nodes, also those of its items.
 * @param {Value} value @param {(node: Node) => Node} change @returns {Value}
 */
export function mapped({ type, nodes, items, number }, change) {
  return { type, nodes: nodes.map(change), items: items.map((each) => mapped(each, change)), number };
}

/** A literal, or what is computed of literals. @param {Type} type @param {number} number @returns {Value} */
export function abstract(type, number) {
  return { type, nodes: [], items: NO_ITEMS, number };
}

/** Whether each number of a vector has a node of its own. @param {Value} value */
export function isLanes(value) {
  return isVector(value.type) && value.nodes.length > 1;
}
