/**
 * What a condition proves: past `if (i >= COUNT) { return; }` i is below COUNT, so that i needs no test as an index.
 */
import { evaluate } from "./evaluate.js";
import { LARGEST } from "./nodes.js";
import { knownAs, read } from "./references.js";
import { U32, computed, isAbstract } from "./types.js";

/** @typedef {import("./compiler.d.ts").Expression} Expression */
/** @typedef {import("./context.js").Context} Context */

/** What a comparison says where it does not hold, and where its sides change places. @type {Record<string, string>} */
const OPPOSITE = { "<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "==" };
/** @type {Record<string, string>} */
const MIRRORED = { ">": "<", ">=": "<=", "==": "==" };

/**
 * In the innermost scope, gives names the ranges that follow.
 * @param {Context} context @param {Expression} condition @param {boolean} holds whether it is taken to hold or not to
 */
export function assume(context, condition, holds) {
  if (condition.kind === "unary" && condition.operator === "!") assume(context, condition.of, !holds);
  if (condition.kind !== "binary") return;
  const { operator, left, right } = condition;
  if ((operator === "&&" && holds) || (operator === "||" && !holds)) {
    assume(context, left, holds);
    assume(context, right, holds);
  } else if (operator in OPPOSITE) {
    const said = holds ? operator : OPPOSITE[operator];
    narrow(context, left, said, right);
    narrow(context, right, MIRRORED[said], left);
  }
}

/** @param {Context} context @param {Expression} expression @param {string} operator @param {Expression} bound */
function narrow(context, expression, operator, bound) {
  if (expression.kind !== "name" || !["<", "<=", "=="].includes(operator)) return;
  const meaning = context.find(expression.name);
  const still =
    meaning?.kind === "value" || (meaning?.kind === "variable" && meaning.locals.every((local) => local.frozen));
  if (!meaning || !still || meaning.type !== U32) return;
  let most = LARGEST;
  context.collected(() => {
    const value = evaluate(context, bound);
    const of = value.type === U32 ? value.nodes[0].max : isAbstract(value.type) ? value.number : LARGEST;
    most = operator === "<" ? of - 1 : of;
  });
  const [now] = read(context, meaning).nodes;
  if (most < 0 || most >= now.max) return;
  const leaf = { ...context.shared(now) };
  leaf.max = most - (most % leaf.divisor);
  context.bind(expression.name, knownAs(computed(U32, [leaf])));
}
