/**
 * Barriers: the loop over the lanes of a workgroup is split at each, and what lives on lies in memory in between, a
 * slot for each lane.
 */
import { occurrences } from "./assignments.js";
import { expanded, isBarrier } from "./expansion.js";
import { count } from "./kernel.js";
import { add, times } from "./linear.js";
import { held, integer, isConstant, node } from "./nodes.js";
import { knownAs } from "./references.js";
import { lower } from "./statements.js";
import { computed, strideOf } from "./types.js";

/** @typedef {import("./compiler.d.ts").Meaning} Meaning */
/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Place} Place */
/** @typedef {import("./compiler.d.ts").Statement} Statement */
/** @typedef {import("./context.js").Context} Context */

/** What a stretch leaves in memory for the next: by name. @typedef {Map<string, (lane: Node) => Meaning>} Left */

/**
 * @param {Context} context @param {Statement[]} body of main @param {number} size lanes
 * @param {(lane: Node) => void} enter binds what an invocation is given
 */
export function phases(context, body, size, enter) {
  clear(context);
  /** @type {Left} */
  let left = new Map();
  const stretches = split(expanded(context, body));
  stretches.forEach((stretch, i) => {
    const rest = stretches.slice(i + 1).flat();
    const local = context.local("i32", { depth: 2, frozen: true, max: size - 1 });
    count(context, local, integer(0), integer(size), () => {
      context.depth = 2;
      left = lanes(context, stretch, rest, held(local), size, enter, left);
    });
    context.depth = 1;
  });
}

/** @param {Statement[]} body @returns {Statement[][]} what stands between its barriers */
function split(body) {
  /** @type {Statement[][]} */
  const stretches = [[]];
  for (const each of body) {
    if (isBarrier(each)) stretches.push([]);
    else stretches[stretches.length - 1].push(each);
  }
  return stretches;
}

/** Memory of a workgroup is 0 when it begins. @param {Context} context */
function clear(context) {
  for (const { name } of context.module.shared) {
    const place = /** @type {Place} */ (context.find(name));
    context.emit({
      kind: "do",
      node: node("memory.fill", "i32", [place.address, integer(0), integer(strideOf(place.type))]),
    });
  }
}

/**
 * @param {Context} context @param {Statement[]} stretch @param {Statement[]} rest @param {Node} lane
 * @param {number} size @param {(lane: Node) => void} enter @param {Left} left @returns {Left}
 */
function lanes(context, stretch, rest, lane, size, enter, left) {
  const label = { used: false };
  context.exit = { label, result: null };
  /** @type {Left} */
  let next = new Map();
  const body = context.collected(() => {
    context.scoped(() => {
      enter(lane);
      for (const [name, meaning] of left) context.bind(name, meaning(lane));
      lower(context, stretch, rest);
      if (rest.length && label.used)
        context.fail(stretch[0].line, "no `return` is expected before a barrier, which all invocations must reach");
      next = leave(context, rest, lane, size);
    });
  });
  context.emit({ kind: "block", label, body });
  return next;
}

/**
 * Stores what later stretches name.
 * @param {Context} context @param {Statement[]} rest @param {Node} lane @param {number} size @returns {Left}
 */
function leave(context, rest, lane, size) {
  /** @type {Left} */
  const left = new Map();
  for (const [name, meaning] of context.scope.names) {
    if (!occurrences(name, rest)) continue;
    if (meaning.kind === "place" || (meaning.kind === "value" && meaning.value.items.length)) {
      context.fail(rest[0].line, "no array is expected to outlive a barrier in a function", name);
    }
    const locals = meaning.kind === "variable" ? meaning.locals : [];
    const nodes = meaning.kind === "value" ? meaning.value.nodes : locals.map(held);
    const slots = nodes.map((each) => (isConstant(each) ? () => each : slot(context, each, lane, size)));
    left.set(name, (to) => {
      for (const [i, local] of locals.entries()) context.set(local, slots[i](to));
      if (meaning.kind !== "value") return meaning;
      const again = slots.map((each) => context.shared(each(to)));
      return knownAs(computed(meaning.type, again));
    });
  }
  return left;
}

/**
 * @param {Context} context @param {Node} worth @param {Node} lane @param {number} size
 * @returns {(lane: Node) => Node} what loads it again
 */
function slot(context, worth, lane, size) {
  const bytes = worth.type === "v128" ? 16 : 4;
  const address = context.allocate(bytes * size);
  const at = (/** @type {Node} */ to) => add(address, times(to, bytes));
  context.emit({ kind: "do", node: node(`${worth.type}.store`, worth.type, [at(lane), worth]) });
  return (to) => {
    const made = node(`${worth.type}.load`, worth.type, [at(to)]);
    made.reads = true;
    made.fixed = false;
    made.max = worth.max;
    return made;
  };
}
