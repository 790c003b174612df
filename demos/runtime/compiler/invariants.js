/**
 * What a loop computes anew in each pass, though nothing in it changes, is computed before it.
 *
 * In: instructions. Out: instructions that give the same. Engines do this too, but not all, and not of vectors.
 * Whatever is moved neither reads memory nor fails, so that it may be computed where it would not have been.
 */
import { held } from "./nodes.js";

/** @typedef {import("./compiler.d.ts").Instruction} Instruction */
/** @typedef {import("./compiler.d.ts").Local} Local */
/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").WasmType} WasmType */
/** @typedef {(type: WasmType) => Local} NewLocal */

/** @param {Instruction[]} instructions @param {NewLocal} newLocal @returns {Instruction[]} */
export function withoutInvariants(instructions, newLocal) {
  return instructions.flatMap((each) => {
    if (each.kind === "if") {
      const [accept, reject] = [withoutInvariants(each.accept, newLocal), withoutInvariants(each.reject, newLocal)];
      return [{ ...each, accept, reject }];
    }
    if (each.kind === "block") return [{ ...each, body: withoutInvariants(each.body, newLocal) }];
    if (each.kind !== "loop") return [each];
    const loop = new Loop(each.body, newLocal);
    const body = loop.instructions(each.body);
    return [...loop.before, { ...each, body: withoutInvariants(body, newLocal) }];
  });
}

/** @param {Instruction[]} instructions @param {Set<Local>} into @returns {Set<Local>} the locals that they set */
export function localsSet(instructions, into) {
  for (const each of instructions) {
    if (each.kind === "set") into.add(each.local);
    else if (each.kind === "if") localsSet(each.reject, localsSet(each.accept, into));
    else if (each.kind === "block" || each.kind === "loop") localsSet(each.body, into);
  }
  return into;
}

/** One loop, from which what does not change is taken out. */
class Loop {
  /** @type {Instruction[]} */
  before = [];
  /** @type {Map<string, Local>} what has been taken out */
  #moved = new Map();
  /** @type {Map<Node, string | null>} */
  #keys = new Map();

  /** @param {Instruction[]} body @param {NewLocal} newLocal */
  constructor(body, newLocal) {
    this.newLocal = newLocal;
    this.changed = localsSet(body, new Set());
  }

  /** @param {Instruction[]} list @returns {Instruction[]} */
  instructions(list) {
    return list.map((each) => {
      switch (each.kind) {
        case "set":
          return { ...each, node: this.node(each.node) };
        case "do":
          return { ...each, node: this.inside(each.node) };
        case "branch":
          return each.condition ? { ...each, condition: this.node(each.condition) } : each;
        case "if":
          return {
            ...each,
            condition: this.node(each.condition),
            accept: this.instructions(each.accept),
            reject: this.instructions(each.reject),
          };
        default:
          return { ...each, body: this.instructions(each.body) };
      }
    });
  }

  /** @param {Node} node @returns {Node} the same, or what holds it */
  node(node) {
    if (node.size === 0) return node;
    const key = node.type === "i32" && node.size < 2 ? null : this.key(node);
    return key === null ? this.inside(node) : this.moved(key, node);
  }

  /** @param {Node} node which stays where it is @returns {Node} */
  inside(node) {
    const operands = node.operands.map((each) => this.node(each));
    const terms = node.terms.map((term) => ({ ...term, node: this.node(term.node) }));
    return { ...node, operands, terms };
  }

  /** @param {string} key @param {Node} node @returns {Node} */
  moved(key, node) {
    let local = this.#moved.get(key);
    if (!local) {
      local = this.newLocal(node.type);
      this.#moved.set(key, local);
      this.before.push({ kind: "set", local, node });
    }
    return held(local);
  }

  /** @param {Node} node @returns {string | null} what two nodes have in common that are worth the same in every pass */
  key(node) {
    const found = this.#keys.get(node);
    if (found !== undefined) return found;
    const key = node.reads ? null : this.#written(node);
    this.#keys.set(node, key);
    return key;
  }

  /** @param {Node} node @returns {string | null} */
  #written({ op, value, lanes, local, callee, operands, terms }) {
    if (local) return this.changed.has(local) ? null : `l${local.id}`;
    const parts = [op, value, `${lanes}`, callee ? callee.name : ""];
    for (const each of operands) {
      const key = this.key(each);
      if (key === null) return null;
      parts.push(key);
    }
    for (const { factor, node } of terms) {
      const key = this.key(node);
      if (key === null) return null;
      parts.push(`${factor}*${key}`);
    }
    return `(${parts.join(" ")})`;
  }
}
