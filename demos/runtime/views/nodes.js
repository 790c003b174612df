/**
 * A graph of nodes with arrows, and the numbers of the moment in it.
 *
 * In: nodes on a grid, arrows between them, what each shows. Out: a view in SVG, as wide as its place. What the numbers
 * are, the demo knows.
 */
import { h, s, viewHead } from "../common/dom.js";
import { isForBrowser } from "../common/keys.js";
import { numeral } from "../common/numbers.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/**
 * @typedef {{ at: [number, number], label: string, value?: (demo: Demo) => number }} GraphNode `at` column and row,
 *   whole numbers or not, from the upper left corner
 * @typedef {{ from: string, to: string, value?: (demo: Demo) => number }} GraphArrow `value`: its size is the arrow's
 *   width, its sign its colour
 * @typedef {{ title: string, nodes: Record<string, GraphNode>, arrows: GraphArrow[], range?: number,
 *   choose?: (node: string) => void, chosen?: () => string | undefined }} NodesOptions
 */

const [COLUMN, ROW, WIDE, HIGH, TIP] = [120, 72, 84, 40, 8];
/** Of an arrow: its least and its largest width. */
const WIDTHS = [1, 6];

/** @param {NodesOptions} options @param {string} name @returns {[number, number]} the middle of a node */
function middle({ nodes }, name) {
  const [column, row] = nodes[name].at;
  return [(column + 0.5) * COLUMN, (row + 0.5) * ROW];
}

/** @param {[number, number]} a @param {[number, number]} b @returns {string} between the edges of two nodes */
function path([ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  // Where the straight line leaves a box: by its side, or by its top.
  const share = Math.min(WIDE / 2 / Math.abs(dx || 1e-9), HIGH / 2 / Math.abs(dy || 1e-9), 0.45);
  const long = Math.hypot(dx, dy);
  const stop = share + TIP / long;
  return `M${ax + dx * share} ${ay + dy * share}L${bx - dx * stop} ${by - dy * stop}`;
}

/** @param {Demo} demo @param {NodesOptions} options @returns {import("../types.d.ts").View} */
export function nodes(demo, options) {
  const graph = new Graph(demo, options);
  graph.update();
  return {
    element: h("div", { className: "plot" }, viewHead(options.title), graph.element),
    draw: () => graph.choose(),
    update: () => graph.update(),
    table: () => graph.table(),
  };
}

class Graph {
  element;
  /** @type {Map<string, { box: SVGElement, number: SVGElement }>} */
  #nodes = new Map();
  /** @type {{ arrow: import("./nodes.js").GraphArrow, line: SVGElement, head: SVGElement }[]} */
  #arrows = [];
  #focused;

  /** @param {Demo} demo @param {NodesOptions} options */
  constructor(demo, options) {
    this.demo = demo;
    this.options = options;
    const names = Object.keys(options.nodes);
    this.#focused = names[0];
    const places = Object.values(options.nodes).map(({ at }) => at);
    const [wide, high] = [0, 1].map((i) => Math.max(...places.map((at) => at[i])) + 1);
    const arrows = options.arrows.map((arrow) => this.#arrow(arrow));
    const box = `0 0 ${wide * COLUMN} ${high * ROW}`;
    const svg = s("svg", { viewBox: box, class: "nodes", role: "group", "aria-label": options.title }, ...arrows);
    svg.append(...names.map((name) => this.#node(name)));
    svg.addEventListener("keydown", (event) => this.#press(/** @type {KeyboardEvent} */ (event)));
    svg.style.maxInlineSize = `${wide * COLUMN}px`; // else its words grow larger than those around it
    this.element = svg;
  }

  /** @param {GraphArrow} arrow */
  #arrow(arrow) {
    const d = path(middle(this.options, arrow.from), middle(this.options, arrow.to));
    const [, ax, ay, bx, by] = /** @type {string[]} */ (/M(\S+) (\S+)L(\S+) (\S+)/.exec(d)).map(Number);
    const turn = (Math.atan2(by - ay, bx - ax) * 180) / Math.PI;
    const head = s("path", { d: `M0 -5L${TIP + 2} 0L0 5Z`, transform: `translate(${bx} ${by}) rotate(${turn})` });
    const line = s("path", { d });
    this.#arrows.push({ arrow, line, head });
    return s("g", { class: "arrow" }, line, head);
  }

  /** @param {string} name */
  #node(name) {
    const { label, value } = this.options.nodes[name];
    const [x, y] = middle(this.options, name);
    const number = s("text", { y: 14, class: "number" });
    const box = s(
      "g",
      { transform: `translate(${x} ${y})`, role: this.options.choose ? "button" : "img" },
      s("rect", { x: -WIDE / 2, y: -HIGH / 2, width: WIDE, height: HIGH, rx: 6 }),
      s("text", { y: value ? -2 : 5 }, `${label} `), // a space, or its name and number would be one word
      number,
    );
    box.addEventListener("click", () => this.#take(name));
    this.#nodes.set(name, { box, number });
    return box;
  }

  /** @param {string} name */
  async #take(name) {
    this.#focused = name;
    await this.demo.wake();
    this.options.choose?.(name);
    this.choose();
  }

  /** Which node is chosen, and which one Tab reaches. */
  choose() {
    const chosen = this.options.chosen?.();
    for (const [name, { box }] of this.#nodes) {
      box.setAttribute("tabindex", name === this.#focused ? "0" : "-1");
      box.classList.toggle("chosen", name === chosen);
      if (this.options.choose) box.setAttribute("aria-pressed", `${name === chosen}`);
    }
  }

  update() {
    const { demo, options } = this;
    for (const [name, { box, number }] of this.#nodes) {
      const { label, value } = options.nodes[name];
      const found = value ? numeral(value(demo)) : "";
      number.textContent = found;
      box.setAttribute("aria-label", found ? `${label} ${found}` : label);
    }
    const found = this.#arrows.map(({ arrow }) => arrow.value?.(demo) ?? NaN);
    const full = options.range ?? Math.max(1e-12, ...found.map(Math.abs).filter(Number.isFinite));
    for (const [i, { line, head }] of this.#arrows.entries()) {
      const share = Math.min(1, Math.abs(found[i]) / full);
      const [least, most] = WIDTHS;
      const colour = Number.isFinite(share) ? (found[i] < 0 ? "--negative" : "--positive") : "--ink-3";
      line.style.strokeWidth = `${Number.isFinite(share) ? least + share * (most - least) : 1.5}`;
      for (const each of [line, head]) each.style.color = `var(${colour})`;
    }
    this.choose();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { key } = event;
    if (isForBrowser(event)) return;
    const steps = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    })[key];
    if (steps) this.#walk(...steps);
    else if (key === "Enter" || key === " ") this.#take(this.#focused);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} across @param {number} down: to the nearest node that lies there */
  #walk(across, down) {
    const [x, y] = this.options.nodes[this.#focused].at;
    const far = (/** @type {[number, number]} */ at) => {
      const [dx, dy] = [at[0] - x, at[1] - y];
      const along = dx * across + dy * down;
      return along > 0 ? along + 2 * Math.abs(dx * down + dy * across) : Infinity;
    };
    const entries = Object.entries(this.options.nodes).map(([name, { at }]) => ({ name, far: far(at) }));
    const next = entries.reduce((best, each) => (each.far < best.far ? each : best), { name: "", far: Infinity });
    if (!next.name) return;
    this.#focused = next.name;
    this.choose();
    this.#nodes.get(next.name)?.box.focus();
  }

  table() {
    const { title, nodes: all, arrows } = this.options;
    const number = (/** @type {((demo: Demo) => number) | undefined} */ value) =>
      value ? numeral(value(this.demo)) : "";
    const rows = Object.values(all).map(({ label, value }) => [label, number(value)]);
    const edges = arrows.map(({ from, to, value }) => [`${all[from].label} → ${all[to].label}`, number(value)]);
    return { title, head: ["", "number"], rows: [...rows, ...edges] };
  }
}
