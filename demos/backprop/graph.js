/**
 * The ten nodes as a drawing: how far the walk has come, what each node holds, what flows along the arrows. Nothing is
 * shown before its step.
 *
 * In: a demo with `values`, `gradients` and `locals` in the order of model.py. Out: a view. No number is computed here
 * that the GPU has not computed as well: products are only written down.
 */
import { fixed, h, picture, s, viewHead } from "../runtime/index.js";
import { LAYOUTS, WIDE } from "./layouts.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/** @typedef {import("./layouts.js").Layout} Layout */

export const NODES = ["x", "w", "b", "t", "u", "z", "h", "y", "e", "L"];
const EDGES = ["wu", "xu", "uz", "bz", "zh", "hy", "xy", "ye", "te", "eL"];
/** @type {Record<string, string>} */
const FORMULAS = { u: "w x", z: "u + b", h: "tanh z", y: "h + x", e: "y − t", L: "e²" };
/** @type {Record<string, string>} What an edge multiplies by, as a formula. */
const LOCALS = { wu: "x", xu: "w", uz: "1", bz: "1", zh: "(1 − h²)", hy: "1", xy: "1", ye: "1", te: "−1", eL: "2e" };
export const LAST = 2 * NODES.length;
const FLOW_MS = 600; // as demo.css has it

/** @param {Demo} demo @returns {number} 0 at the start, 10 when all values are there, 20 when all gradients are */
export const stage = (demo) => demo.lookedAt;

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

/** @param {Demo} demo @param {string} node @returns {string} how its value is computed, with numbers */
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
  return FORMULAS[node] ? `${node} = ${FORMULAS[node]} = ${filled[node]} = ` : `${node} is given as `;
}

/** @param {Demo} demo @param {string} node @returns {string} how its gradient is put together, up to the result */
function backwards(demo, node) {
  const { gradient, local } = numbers(demo);
  if (node === "L") return "∂L/∂L = ";
  const leaving = EDGES.filter(([from]) => from === node);
  const words = leaving.map((edge) => `∂L/∂${edge[1]} · ∂${edge[1]}/∂${node}`).join(" + ");
  const filled = leaving.map((edge) => `${factor(gradient(edge[1]))} · ${factor(local(edge))}`).join(" + ");
  return `∂L/∂${node} = ${words} = ${filled} = `;
}

/** @param {number} now a stage, 1 to 20 @returns {{ node: string, back: boolean }} what it reaches, which way */
const visit = (now) =>
  now <= NODES.length ? { node: NODES[now - 1], back: false } : { node: NODES[LAST - now], back: true };

/** @param {Demo} demo @param {number} now a stage, 1 to 20 @returns {string} what it found, and how */
function told(demo, now) {
  const { node, back } = visit(now);
  const { value, gradient } = numbers(demo);
  return back ? `${backwards(demo, node)}${exact(gradient(node))}` : `${forwards(demo, node)}${exact(value(node))}`;
}

/** @param {Demo} demo @returns {string} where the walk is, in a sentence */
export function whereabouts(demo) {
  const now = stage(demo);
  if (!now) return "The walk has not begun.";
  const way = now <= NODES.length ? "forward" : "backward";
  return `Step ${now} of ${LAST}, ${way}: ${told(demo, now)}.`;
}

/** @param {Demo} demo @returns {string} what the next step asks for, and nothing that helps */
export function question(demo) {
  const now = stage(demo);
  if (now === LAST) return "All derivatives are there. Press Reset to walk again.";
  const { node, back } = visit(now + 1);
  if (back) return `Next, backward: what is ∂L/∂${node}?`;
  return FORMULAS[node] ? `Next, forward: what is ${node}?` : `Next, forward: ${node}, which is given.`;
}

/**
 * @param {number[]} start @param {number[]} end centres of two nodes @param {number} radius of both
 * @returns the line between them, and its head
 */
function arrow([xa, ya], [xb, yb], radius) {
  const long = Math.hypot(xb - xa, yb - ya);
  const [dx, dy] = [(xb - xa) / long, (yb - ya) / long];
  const at = (/** @type {number} */ along, /** @type {number} */ aside) =>
    `${xb - dx * along - dy * aside} ${yb - dy * along + dx * aside}`;
  const shaft = `M${xa + dx * radius} ${ya + dy * radius}L${at(radius + 8, 0)}`;
  return { shaft, head: `M${at(radius + 11, 6)}L${at(radius + 1, 0)}L${at(radius + 11, -6)}Z` };
}

/** @param {number[]} start @param {number[]} end @returns {SVGElement} a dot that goes from one to the other, once */
function flow(start, end) {
  const dot = s("circle", { r: 5, class: "flow" });
  const [from, to] = [start, end].map(([x, y]) => ({ transform: `translate(${x}px, ${y}px)` }));
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) dot.style.transform = to.transform;
  else dot.animate([from, to], { duration: FLOW_MS, fill: "forwards", easing: "ease-in-out" });
  return dot;
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
    const { value, gradient } = numbers(demo);
    if (!node) this.#words.textContent = question(demo);
    else if (!known) this.#words.textContent = `${node}${formula}: not yet computed`;
    else {
      const upstream = back ? `;  ${backwards(demo, node)}${exact(gradient(node))}` : "";
      this.#words.textContent = `${forwards(demo, node)}${exact(value(node))}${upstream}`;
    }
  }

  /** @param {number} width @param {number} height */
  #parts(width, height) {
    const layout = LAYOUTS[width < WIDE ? "narrow" : "wide"];
    const { box, spots } = layout;
    const at = (/** @type {string} */ node) => [(spots[node][0] * width) / box[0], (spots[node][1] * height) / box[1]];
    return [
      ...EDGES.map((edge) => this.#drawEdge(edge, at, layout)),
      ...NODES.map((node) => this.#drawNode(node, at(node), layout)),
    ];
  }

  /** @param {string} edge @param {(node: string) => number[]} at @param {Layout} layout */
  #drawEdge(edge, at, layout) {
    const { demo } = this;
    const [from, to] = edge;
    const now = stage(demo);
    const sent = now >= LAST - NODES.indexOf(from);
    const { node, back } = now ? visit(now) : { node: "", back: false };
    const flows = node === (back ? from : to);
    const [start, end] = sent ? [at(to), at(from)] : [at(from), at(to)];
    const line = arrow(start, end, layout.radius);
    const parts = [s("path", { d: line.shaft }), s("path", { d: line.head, class: "head" })];
    if (flows) parts.push(flow(start, end));
    if (sent) parts.push(...this.#drawLocal(edge, start, end, layout));
    const reached = now > NODES.indexOf(to) ? " known" : "";
    return s("g", { class: `wire${reached}${sent ? " sent" : ""}${flows ? " active" : ""}` }, ...parts);
  }

  /** @param {string} edge @param {number[]} start @param {number[]} end @param {Layout} layout what it multiplies by */
  #drawLocal(edge, [xa, ya], [xb, yb], { radius, shares }) {
    const share = shares[edge] ?? 0.5;
    const [x, y] = [xa + (xb - xa) * share, ya + (yb - ya) * share];
    const number = fixed(numbers(this.demo).local(edge));
    const short = radius === LAYOUTS.narrow.radius ? [`× ${number}`] : [`× ${LOCALS[edge]}`, `= ${number}`];
    const lines = /^−?1$/.test(LOCALS[edge]) ? [`× ${LOCALS[edge]}`] : short;
    const write = (/** @type {string} */ line, /** @type {number} */ at) =>
      s("text", { x, y: at, "text-anchor": "middle" }, line);
    // A level arrow is short: nothing stands on it, and what is long, above it and below.
    if (Math.abs(yb - ya) < 8) return lines.map((line, i) => write(line, y + (i ? 18 : -9)));
    const text = lines.join(" ");
    const half = 4 + 3.1 * text.length;
    return [s("rect", { x: x - half, y: y - 10, width: 2 * half, height: 20, rx: 4 }), write(text, y + 4)];
  }

  /** @param {string} node @param {number[]} place @param {Layout} layout */
  #drawNode(node, [x, y], { radius, above, below }) {
    const { demo } = this;
    const { value, gradient } = numbers(demo);
    const now = stage(demo);
    const known = now > NODES.indexOf(node);
    const here = now > 0 && visit(now).node === node;
    const title = FORMULAS[node] ? `${node} = ${FORMULAS[node]}` : node;
    const slope = now >= LAST - NODES.indexOf(node) ? `∂L/∂${node} = ${fixed(gradient(node))}` : "";
    const rise = below.includes(node) ? -radius - 17 : radius + (above.includes(node) && slope ? 22 : 7);
    const fall = above.includes(node) ? -radius - 7 : radius + (below.includes(node) ? 33 : 17);
    const said = known ? `, value ${fixed(value(node))}` : ", not yet computed";
    const label = { role: "img", "data-node": node, "aria-label": `${title}${said}${slope && `, ${slope}`}` };
    const name = { x, y: y - rise, "text-anchor": "middle", class: "title" };
    const tone = gradient(node) < 0 ? "slope down" : "slope up";
    const group = s(
      "g",
      {
        class: `ten-node${known ? " known" : ""}${here ? " current" : ""}`,
        tabindex: 0,
        ...label,
      },
      s("circle", { cx: x, cy: y, r: radius }),
      s("text", { x, y: y + 5, "text-anchor": "middle", class: "number" }, known ? fixed(value(node)) : ""),
      s("text", name, title),
      s("text", { x, y: y + fall, "text-anchor": "middle", class: tone }, slope),
    );
    for (const enter of ["pointerenter", "focus"]) group.addEventListener(enter, () => this.#point(node));
    for (const leave of ["pointerleave", "blur"]) group.addEventListener(leave, () => this.#point(""));
    return group;
  }

  /** @returns {import("../runtime/types.d.ts").Table} */
  table() {
    const { value, gradient, local } = numbers(this.demo);
    const now = stage(this.demo);
    const rows = NODES.map((node, i) => {
      const back = now >= LAST - i;
      const leaving = EDGES.filter(([from]) => from === node);
      const factors = leaving.map((edge) => `${fixed(local(edge), 4)} from ${edge[1]}`).join(", ");
      const known = [now > i ? fixed(value(node), 4) : "", back ? fixed(gradient(node), 4) : ""];
      return [node, FORMULAS[node] ?? "given", ...known, back ? factors : ""];
    });
    return { title: "Nodes", head: ["node", "formula", "value", "derivative of L", "local derivatives"], rows };
  }
}

/** @param {Demo} demo @returns {import("../runtime/types.d.ts").View} */
export const graph = (demo) => new Graph(demo);
