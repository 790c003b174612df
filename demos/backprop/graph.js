/**
 * The ten nodes as a drawing: how far the walk has come, what each node holds, what each edge multiplies by, in words
 * too.
 *
 * In: a demo with `values`, `gradients` and `locals` in the order of model.py. Out: a view. No number is computed here
 * that the GPU has not computed as well: products are only written down.
 */
import { fixed, h, picture, s, viewHead } from "../runtime/index.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

export const NODES = ["x", "w", "b", "t", "u", "z", "h", "y", "e", "L"];
const EDGES = ["wu", "xu", "uz", "bz", "zh", "hy", "xy", "ye", "te", "eL"];
/** @type {Record<string, string>} */
const FORMULAS = { u: "w x", z: "u + b", h: "tanh z", y: "h + x", e: "y − t", L: "e²" };
/** @type {Record<string, string>} What an edge multiplies by, as a formula. */
const LOCALS = { wu: "x", xu: "w", uz: "1", bz: "1", zh: "1 − h²", hy: "1", xy: "1", ye: "1", te: "−1", eL: "2e" };
/**
 * Columns and rows of the drawing, from left to right, and from top to bottom where it is narrow.
 * @type {Record<string, [number, number]>}
 */
const WIDE = {
  w: [0, 1],
  x: [0, 2.3],
  b: [1, 0.05],
  u: [1, 1.5],
  z: [2, 1],
  h: [3, 1],
  y: [4, 1.7],
  t: [4, 3],
  e: [5, 2.2],
  L: [6, 2.2],
};
/** @type {Record<string, [number, number]>} */
const TALL = {
  w: [0, 0],
  x: [2.3, 0],
  b: [0, 1.2],
  u: [1.25, 1],
  z: [0.6, 2.2],
  h: [0.6, 3.3],
  y: [1.6, 4.3],
  t: [0, 4.4],
  e: [0.9, 5.4],
  L: [0.9, 6.5],
};
export const LAST = 2 * NODES.length;

/** @param {Demo} demo @returns {number} 0 at the start, 10 when all values are there, 20 when all gradients are */
export const stage = (demo) => demo.lookedAt % (LAST + 1);

/** In formulas, where a small sum of large terms must add up. @param {number} value */
const exact = (value) => fixed(value, 3);
const factor = (/** @type {number} */ value) => (value < 0 ? `(${exact(value)})` : exact(value));

/** @param {Demo} demo */
function numbers(demo) {
  return {
    value: (/** @type {string} */ node) => demo.number("values", NODES.indexOf(node)),
    gradient: (/** @type {string} */ node) => demo.number("gradients", NODES.indexOf(node)),
    local: (/** @type {string} */ edge) => demo.number("locals", EDGES.indexOf(edge)),
  };
}

/** @param {Demo} demo @param {string} node @returns {string} its value, as it is computed */
function forwards(demo, node) {
  const { value } = numbers(demo);
  const [x, w, , , u, z, a, y, e] = NODES.map((each) => exact(value(each)));
  /** @type {Record<string, string>} */
  const filled = {
    u: `${w} × ${x}`,
    z: `${u} + ${factor(value("b"))}`,
    h: `tanh(${z})`,
    y: `${a} + ${factor(value("x"))}`,
    e: `${y} − ${factor(value("t"))}`,
    L: `(${e})²`,
  };
  return FORMULAS[node]
    ? `${node} = ${FORMULAS[node]} = ${filled[node]} = ${exact(value(node))}`
    : `${node} = ${exact(value(node))}, given`;
}

/** @param {Demo} demo @param {string} node @returns {string} its gradient, as it is put together from what arrives */
function backwards(demo, node) {
  const { gradient, local } = numbers(demo);
  if (node === "L") return "∂L/∂L = 1, to begin with";
  const leaving = EDGES.filter(([from]) => from === node);
  const words = leaving.map((edge) => `∂L/∂${edge[1]} · ∂${edge[1]}/∂${node}`).join(" + ");
  const filled = leaving.map((edge) => `${factor(gradient(edge[1]))} · ${factor(local(edge))}`).join(" + ");
  return `∂L/∂${node} = ${words} = ${filled} = ${exact(gradient(node))}`;
}

/** @param {Demo} demo @returns {string | undefined} the node that the last step reached */
export function current(demo) {
  const now = stage(demo);
  return now === 0 ? undefined : now <= NODES.length ? NODES[now - 1] : NODES[LAST - now];
}

/** @param {Demo} demo @returns {string} where the walk is, in few words */
export function whereabouts(demo) {
  const node = current(demo);
  if (!node) return "The walk has not begun.";
  const { value, gradient } = numbers(demo);
  const now = stage(demo);
  const forward = `forward: ${node} is ${exact(value(node))}`;
  const backward = `backward: the derivative at ${node} is ${exact(gradient(node))}`;
  return `Step ${now} of ${LAST}, ${now <= NODES.length ? forward : backward}.`;
}

/** @param {Demo} demo @returns {string} what the last step did */
function sentence(demo) {
  const node = current(demo);
  if (!node) return "Press Step: ten steps forward, one node each, then ten back.";
  return stage(demo) <= NODES.length ? `Forward: ${forwards(demo, node)}.` : `Backward: ${backwards(demo, node)}.`;
}

class Graph {
  /** The node that the pointer or the focus is on. */
  #pointed = "";
  #words = h("p", { className: "ten-words" });
  #picture;

  /** @param {Demo} demo */
  constructor(demo) {
    this.demo = demo;
    this.#picture = picture({
      area: "ten-area",
      attributes: { class: "ten", role: "group", "aria-label": "The graph of ten nodes" },
      shows: () =>
        demo.awake ? [stage(demo), demo.values.values, demo.values.gradients, demo.values.locals] : undefined,
      parts: (width, height) => this.#parts(width, height),
    });
    this.element = h("div", { className: "ten-view" }, viewHead("Ten nodes"), this.#picture.area, this.#words);
  }

  draw() {
    const { svg, draw } = this.#picture;
    const focused = svg.contains(document.activeElement)
      ? document.activeElement?.getAttribute("data-node")
      : undefined;
    if (!draw()) return;
    /** @type {SVGElement | null} */
    const again = svg.querySelector(`[data-node="${focused}"]`);
    again?.focus();
    this.#say();
  }

  update() {
    this.draw();
  }

  /** @param {string} node */
  #point(node) {
    this.#pointed = node;
    this.#say();
  }

  #say() {
    const { demo } = this;
    const node = this.#pointed;
    if (!demo.awake) return;
    const reached = stage(demo);
    const known = reached > NODES.indexOf(node);
    const back = reached >= LAST - NODES.indexOf(node);
    const formula = FORMULAS[node] ? ` = ${FORMULAS[node]}` : "";
    if (!node) this.#words.textContent = sentence(demo);
    else if (!known) this.#words.textContent = `${node}${formula}: not yet computed`;
    else this.#words.textContent = `${forwards(demo, node)}${back ? `;  ${backwards(demo, node)}` : ""}`;
  }

  /** @param {number} width @param {number} height */
  #parts(width, height) {
    const tall = width < 560;
    const spots = tall ? TALL : WIDE;
    const [columns, rows] = tall ? [3.3, 7.35] : [6.6, 3.75];
    const at = (/** @type {string} */ node) => [
      ((spots[node][0] + 0.3) * width) / columns,
      ((spots[node][1] + 0.35) * height) / rows,
    ];
    return [
      ...EDGES.map((edge) => this.#drawEdge(edge, at)),
      ...NODES.map((node) => this.#drawNode(node, at(node), tall)),
    ];
  }

  /** @param {string} edge @param {(node: string) => number[]} at */
  #drawEdge(edge, at) {
    const { demo } = this;
    const { local } = numbers(demo);
    const [from, to] = edge;
    const [[xa, ya], [xb, yb]] = [at(from), at(to)];
    const now = stage(demo);
    const known = now > NODES.indexOf(to);
    const sent = now >= LAST - NODES.indexOf(from);
    const active = current(demo) === (now <= NODES.length ? to : from);
    const share = { xy: 0.36, xu: 0.36, te: 0.42 }[edge] ?? 0.5;
    const [x, y] = [xa + (xb - xa) * share, ya + (yb - ya) * share];
    const text = /^−?1$/.test(LOCALS[edge]) ? LOCALS[edge] : `${LOCALS[edge]} = ${fixed(local(edge))}`;
    const half = 6 + 3.4 * text.length;
    const back = s("rect", { x: x - half, y: y - 10, width: 2 * half, height: 20, rx: 4 });
    const label = [back, s("text", { x, y: y + 4, "text-anchor": "middle" }, text)];
    const state = `wire${known ? " known" : ""}${sent ? " sent" : ""}${active ? " active" : ""}`;
    return s("g", { class: state }, s("path", { d: `M${xa} ${ya}L${xb} ${yb}` }), ...(known ? label : []));
  }

  /** @param {string} node @param {number[]} place @param {boolean} tall */
  #drawNode(node, [x, y], tall) {
    const { demo } = this;
    const { value, gradient } = numbers(demo);
    const now = stage(demo);
    const known = now > NODES.indexOf(node);
    const title = FORMULAS[node] ? `${node} = ${FORMULAS[node]}` : node;
    const slope = now >= LAST - NODES.indexOf(node) ? `∂L/∂${node} = ${fixed(gradient(node))}` : "";
    const [dx, rise, anchor] = tall ? [30, 9, "start"] : [0, 36, "middle"];
    const said = known ? `, value ${fixed(value(node))}` : ", not yet computed";
    const label = { role: "img", "data-node": node, "aria-label": `${title}${said}${slope && `, ${slope}`}` };
    const above = { x: x + dx, y: y - rise + (tall ? 5 : 4), "text-anchor": anchor, class: "title" };
    const tone = gradient(node) < 0 ? "slope down" : "slope up";
    const group = s(
      "g",
      {
        class: `ten-node${known ? " known" : ""}${current(demo) === node ? " current" : ""}`,
        tabindex: 0,
        ...label,
      },
      s("circle", { cx: x, cy: y, r: 23 }),
      s("text", { x, y: y + 5, "text-anchor": "middle", class: "number" }, known ? fixed(value(node)) : ""),
      s("text", above, title),
      s("text", { x: x + dx, y: y + rise + 5, "text-anchor": anchor, class: tone }, slope),
    );
    for (const enter of ["pointerenter", "focus"]) group.addEventListener(enter, () => this.#point(node));
    for (const leave of ["pointerleave", "blur"]) group.addEventListener(leave, () => this.#point(""));
    return group;
  }

  /** @returns {import("../runtime/types.d.ts").Table} */
  table() {
    const { value, gradient, local } = numbers(this.demo);
    return {
      title: "Nodes and edges",
      head: ["node", "formula", "value", "derivative of L", "edge", "local derivative"],
      rows: NODES.map((node, i) => [
        node,
        FORMULAS[node] ?? "given",
        fixed(value(node), 4),
        fixed(gradient(node), 4),
        `${EDGES[i][0]} → ${EDGES[i][1]}`,
        fixed(local(EDGES[i]), 4),
      ]),
    };
  }
}

/** @param {Demo} demo @returns {import("../runtime/types.d.ts").View} */
export const graph = (demo) => new Graph(demo);
