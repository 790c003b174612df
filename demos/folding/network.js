/**
 * The network as a drawing: every weight and every unit can be pointed at, and says its numbers.
 *
 * In: a demo whose plan has parameters network.layers.N.weight and .bias, their .gradient, and probe.N, what enters the
 * units of layer N at the probe. Out: a view. What enters and leaves is read from the GPU; here it is only written down.
 */
import { h, numeral, s } from "../runtime/index.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/** @typedef {{ layer: number, from: number, to: number, element: SVGElement, line?: SVGElement }} Item an edge, or with from = -1 a unit */

const LAYERS = 4;
const [SIDE, TOP, BOTTOM] = [34, 26, 12];
const DIGITS = "₀₁₂₃₄₅₆₇₈₉";
/** @type {Record<string, (z: number) => number>} */
const BENDS = { tanh: Math.tanh, relu: (z) => Math.max(z, 0), none: (z) => z };
/** @type {Record<string, string>} */
const WORDS = { tanh: "tanh", relu: "ReLU", none: "" };

export const READS = [0, 1, 2, 3].flatMap((n) => [
  `probe.${n}`,
  ...["weight", "bias"].flatMap((part) => [`network.layers.${n}.${part}`, `network.layers.${n}.${part}.gradient`]),
]);

const sub = (/** @type {number} */ n) => DIGITS[n];
const signed = (/** @type {number} */ value) => (value < 0 ? "−" : "+");
const fixed = (/** @type {number} */ value) => value.toFixed(2).replace("-", "−");

/** What the demo knows now, by layer and place. @param {Demo} demo */
export function reading(demo) {
  const { values } = demo;
  const bend = `${demo.control("activation") ?? "tanh"}`;
  const size = (/** @type {number} */ column) =>
    column === 0 ? 2 : (demo.shape(`network.layers.${column - 1}.bias`)[0] ?? 0);
  /** @param {number} column of units, 0 is the input @param {number} k */
  const out = (column, k) =>
    column === 0
      ? Number(demo.control(k ? "probe_y" : "probe_x"))
      : column === LAYERS
        ? entering(column, k)
        : BENDS[bend](entering(column, k));
  const entering = (/** @type {number} */ column, /** @type {number} */ k) => values[`probe.${column - 1}`]?.[k] ?? NaN;
  const parameter = (/** @type {string} */ name, /** @type {number} */ index) => ({
    value: values[name]?.[index] ?? NaN,
    gradient: values[`${name}.gradient`]?.[index] ?? NaN,
  });
  return {
    bend,
    size,
    out,
    entering,
    weight: (/** @type {number} */ layer, /** @type {number} */ from, /** @type {number} */ to) =>
      parameter(`network.layers.${layer}.weight`, from * size(layer + 1) + to),
    bias: (/** @type {number} */ layer, /** @type {number} */ to) => parameter(`network.layers.${layer}.bias`, to),
  };
}

/** @param {number} column @param {number} k */
const name = (column, k) =>
  column === 0 ? `x${sub(k + 1)}` : column === LAYERS ? "f" : `h${sub(column)}.${sub(k + 1)}`;

/** @param {number} gradient of a parameter */
const push = (gradient) =>
  Math.abs(gradient) < 1e-12 ? "no step will move it" : `going downhill ${gradient > 0 ? "lowers" : "raises"} it`;

/** @param {Demo} demo @param {Item} item @returns {string[]} what it is, in lines */
export function account(demo, { layer, from, to }) {
  const { bend, size, out, entering, weight, bias } = reading(demo);
  const target = name(layer + 1, to);
  if (from >= 0) {
    const { value, gradient } = weight(layer, from, to);
    const source = name(layer, from);
    return [
      `Weight from ${source} to ${target}: w = ${numeral(value)}`,
      `Gradient ∂L/∂w = ${numeral(gradient)}: ${push(gradient)}.`,
      `At the ring it carries w ${source} = ${fixed(value)} × ${fixed(out(layer, from))} = ${fixed(value * out(layer, from))}.`,
    ];
  }
  if (layer < 0)
    return [`Input ${name(0, to)} = ${fixed(out(0, to))}: where the ring is. Move over the plane, or use the sliders.`];
  const { value, gradient } = bias(layer, to);
  const terms = Array.from({ length: size(layer) }, (_, k) => [weight(layer, k, to).value, out(layer, k)]);
  const sum = terms
    .map(
      ([w, x], k) => `${k || w < 0 ? `${signed(w)} ` : ""}${fixed(Math.abs(w))}·${x < 0 ? `(${fixed(x)})` : fixed(x)}`,
    )
    .join(" ");
  const z = entering(layer + 1, to);
  const word = layer === LAYERS - 1 ? "" : WORDS[bend];
  return [
    word
      ? `${target} = ${word}(${sum} ${signed(value)} ${fixed(Math.abs(value))})`
      : `${target} = ${sum} ${signed(value)} ${fixed(Math.abs(value))}`,
    word
      ? `= ${word}(${fixed(z)}) = ${fixed(out(layer + 1, to))}`
      : `= ${fixed(z)}${layer === LAYERS - 1 ? `: ${z > 0 ? "orange" : "blue"}, with probability ${(100 / (1 + Math.exp(-Math.abs(z)))).toFixed(1)} %` : ""}`,
    `Its bias is ${numeral(value)}, with gradient ${numeral(gradient)}: ${push(gradient)}.`,
  ];
}

/** @param {Demo} demo @returns {{ drawing: import("../runtime/types.d.ts").View, words: import("../runtime/types.d.ts").View, update: () => void }} the drawing, and what it says of the place pointed at */
export function network(demo) {
  const svg = s("svg", {
    class: "network",
    role: "group",
    "aria-label": "The network. Arrow keys go from unit to unit and, with Shift, along the connections of a unit.",
  });
  const area = h("div", { className: "network-area" }, svg);
  const lines = [h("p", null), h("p", null), h("p", null)];
  const words = h("div", { className: "network-words" }, ...lines);
  const titled = (/** @type {string} */ title, /** @type {Element} */ content) =>
    h("div", null, h("div", { className: "view-head" }, h("h3", null, title)), content);
  /** @type {Item[]} */
  let items = [];
  /** @type {Item | undefined} */
  let chosen;
  let drawn = "";

  /** @param {Item} item @param {boolean} [focus] */
  function choose(item, focus = false) {
    chosen?.element.classList.remove("chosen");
    chosen?.element.setAttribute("tabindex", "-1");
    chosen = item;
    item.element.classList.add("chosen");
    item.element.setAttribute("tabindex", "0");
    if (focus) item.element.focus();
    say();
  }

  function say() {
    const said = chosen ? account(demo, chosen) : [];
    for (const [i, line] of lines.entries()) line.textContent = said[i] ?? "";
  }

  /** @param {Item} item @param {string} label */
  function live(item, label) {
    item.element.setAttribute("role", "button");
    item.element.setAttribute("tabindex", "-1");
    item.element.setAttribute("aria-label", label);
    item.element.addEventListener("pointerenter", () => choose(item));
    item.element.addEventListener("focus", () => chosen === item || choose(item));
    items.push(item);
    return item.element;
  }

  function layout() {
    const { clientWidth: width, clientHeight: height } = area;
    const { size } = reading(demo);
    const sizes = [0, 1, 2, 3, 4].map(size);
    const key = [width, height, ...sizes].join();
    if (!width || !sizes[1] || key === drawn) return;
    drawn = key;
    items = [];
    chosen = undefined;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const radius = Math.min(13, (height - TOP - BOTTOM) / 17, width / 40);
    const at = (/** @type {number} */ column, /** @type {number} */ k) => [
      SIDE + ((width - 2 * SIDE) * column) / LAYERS,
      TOP + ((height - TOP - BOTTOM) * (k + 0.5)) / sizes[column],
    ];
    const edges = [0, 1, 2, 3].flatMap((layer) =>
      Array.from({ length: sizes[layer] * sizes[layer + 1] }, (_, i) => {
        const [from, to] = [Math.floor(i / sizes[layer + 1]), i % sizes[layer + 1]];
        const [[xa, ya], [xb, yb]] = [at(layer, from), at(layer + 1, to)];
        const d = `M${xa} ${ya}L${xb} ${yb}`;
        const line = s("path", { d, class: "edge" });
        return live(
          { layer, from, to, line, element: s("g", {}, s("path", { d, class: "reach" }), line) },
          `Weight from ${name(layer, from)} to ${name(layer + 1, to)}`,
        );
      }),
    );
    const units = sizes.flatMap((count, column) =>
      Array.from({ length: count }, (_, k) => {
        const [x, y] = at(column, k);
        return live(
          {
            layer: column - 1,
            from: -1,
            to: k,
            element: s("g", { class: "unit" }, s("circle", { cx: x, cy: y, r: radius })),
          },
          `Unit ${name(column, k)}`,
        );
      }),
    );
    const heads = ["input", "", "", "last hidden", "output"].map((text, column) =>
      s(
        "text",
        {
          x: at(column, 0)[0],
          y: 12,
          "text-anchor": column === 0 ? "start" : column === LAYERS ? "end" : "middle",
          dx: column === 0 ? -SIDE : column === LAYERS ? SIDE : 0,
        },
        text,
      ),
    );
    svg.replaceChildren(...heads, ...edges, ...units);
    const output = items.at(-1);
    if (output) choose(output);
  }

  function paint() {
    layout();
    const { out, weight } = reading(demo);
    const sizes = items
      .filter(({ line }) => line)
      .map(({ layer, from, to }) => Math.abs(weight(layer, from, to).value));
    const most = Math.max(...sizes, 1e-6);
    for (const { layer, from, to, element: group, line } of items) {
      const value = line ? weight(layer, from, to).value : out(layer + 1, to);
      const share = line ? Math.abs(value) / most : Math.min(1, Math.abs(value));
      const colour = value < 0 ? "--negative" : "--positive";
      if (line) {
        line.setAttribute("stroke", `var(${colour})`);
        line.setAttribute("stroke-width", `${0.4 + 5 * share}`);
        line.setAttribute("stroke-opacity", `${0.25 + 0.65 * share}`);
      } else if (Number.isFinite(value))
        group.firstElementChild?.setAttribute(
          "fill",
          `color-mix(in srgb, var(${colour}) ${Math.round(100 * share)}%, var(--paper))`,
        );
    }
    say();
  }

  svg.addEventListener("keydown", (event) => {
    const { key, shiftKey } = /** @type {KeyboardEvent} */ (event);
    if (!chosen || !key.startsWith("Arrow")) return;
    event.preventDefault();
    event.stopPropagation();
    const [across, along] = [
      Number(key === "ArrowRight") - Number(key === "ArrowLeft"),
      Number(key === "ArrowDown") - Number(key === "ArrowUp"),
    ];
    const { layer, from, to } = chosen;
    const { size } = reading(demo);
    const column = Math.min(LAYERS, Math.max(0, layer + 1 + across));
    const place = Math.min(size(column) - 1, Math.max(0, to + (shiftKey ? 0 : along)));
    const entry =
      shiftKey && layer >= 0 ? (from + along + (from < 0 && along < 0 ? 1 : 0) + size(layer)) % size(layer) : -1;
    const next = items.find((item) => item.layer === column - 1 && item.from === entry && item.to === place);
    if (next) choose(next, true);
  });

  function table() {
    const { size, weight, bias } = reading(demo);
    const rows = [0, 1, 2, 3].flatMap((layer) =>
      Array.from({ length: size(layer + 1) }, (_, to) => [
        ...Array.from({ length: size(layer) }, (_, from) => ({
          path: `${name(layer, from)} → ${name(layer + 1, to)}`,
          ...weight(layer, from, to),
        })),
        { path: `bias of ${name(layer + 1, to)}`, ...bias(layer, to) },
      ]).flat(),
    );
    return {
      title: "Weights",
      head: ["parameter", "value", "gradient"],
      rows: rows.map(({ path, value, gradient }) => [path, numeral(value), numeral(gradient)]),
    };
  }

  return {
    drawing: { element: titled("Every weight and every unit", area), draw: layout, table },
    words: { element: titled("What you point at", words) },
    update: paint,
  };
}
