/**
 * Which names a text assigns to: those that it does not may be taken for values.
 */

/** @typedef {import("./compiler.d.ts").Expression} Expression */
/** @typedef {import("./compiler.d.ts").FunctionSyntax} FunctionSyntax */
/** @typedef {import("./compiler.d.ts").ModuleSyntax} ModuleSyntax */
/** @typedef {import("./compiler.d.ts").Statement} Statement */

/** @param {Expression} target @returns {string} the name before all members and indices */
export function rootOf(target) {
  if (target.kind === "name") return target.name;
  return target.kind === "member" || target.kind === "index" ? rootOf(target.of) : "";
}

/** @param {Statement[]} statements @returns {Iterable<Statement>} these and all inside them */
export function* within(statements) {
  for (const each of statements) {
    yield each;
    if (each.kind === "if") yield* within([...each.accept, ...each.reject]);
    else if (each.kind === "block") yield* within(each.body);
    else if (each.kind === "for") {
      yield* within(each.body);
      if (each.update) yield each.update;
    }
  }
}

/** @param {string} name @param {Statement[]} statements */
export function assigns(name, statements) {
  for (const each of within(statements)) if (each.kind === "assign" && rootOf(each.target) === name) return true;
  return false;
}

/**
 * Whether a call of it writes a buffer or memory of the workgroup, itself or through others.
 * @param {ModuleSyntax} module @param {FunctionSyntax} called @returns {boolean}
 */
export function writes(module, called) {
  const global = (/** @type {string} */ name) =>
    [...module.bindings, ...module.shared].some((each) => each.name === name);
  for (const each of within(called.body)) {
    if (each.kind === "assign" && global(rootOf(each.target))) return true;
    const inner = each.kind === "call" ? module.functions.get(each.call.type.name) : undefined;
    if (inner && inner !== called && writes(module, inner)) return true;
  }
  return false;
}

/** How often a name occurs. @param {string} name @param {unknown} syntax @returns {number} */
export function occurrences(name, syntax) {
  if (Array.isArray(syntax)) return syntax.reduce((sum, each) => sum + occurrences(name, each), 0);
  if (typeof syntax !== "object" || syntax === null) return 0;
  const all = /** @type {Record<string, unknown>} */ (syntax);
  if (all.kind === "name" && all.name === name) return 1;
  return occurrences(name, Object.values(all));
}
