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

/** @param {Statement} statement @returns {Statement[][]} the blocks in it, of which each has names of its own */
function blocksOf(statement) {
  if (statement.kind === "if") return [statement.accept, statement.reject];
  if (statement.kind === "block") return [statement.body];
  if (statement.kind !== "for") return [];
  const { initial, update, body, line } = statement;
  return [/** @type {Statement[]} */ ([initial, update, { kind: "block", body, line }].filter(Boolean))];
}

/** @param {Statement[]} statements @returns {Iterable<Statement>} these and all inside them */
export function* within(statements) {
  for (const each of statements) {
    yield each;
    yield* within(blocksOf(each).flat());
  }
}

/** @param {string} name @param {Statement[]} statements @returns {boolean} whether what it means before them changes */
export function assigns(name, statements) {
  for (const each of statements) {
    if ((each.kind === "let" || each.kind === "var") && each.name === name) return false;
    if (each.kind === "assign" && rootOf(each.target) === name) return true;
    if (blocksOf(each).some((block) => assigns(name, block))) return true;
  }
  return false;
}

/**
 * Whether a call of it writes a buffer or memory of the workgroup, itself or through others.
 * @param {ModuleSyntax} module @param {FunctionSyntax} called @returns {boolean}
 */
export function writes(module, called) {
  const shadowed = called.parameters.map(({ name }) => name);
  const globals = [...module.bindings, ...module.shared].filter(({ name }) => !shadowed.includes(name));
  if (globals.some(({ name }) => assigns(name, called.body))) return true;
  for (const each of within(called.body)) {
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
