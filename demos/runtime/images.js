/**
 * Small images in a grid, and one that the reader draws.
 *
 * In: a buffer of numbers and how pixels lie in it. Out: views.
 */
import { h, numeral } from "./dom.js";
import { Surface } from "./surface.js";

/** @typedef {import("./run.js").Demo} Demo */
/**
 * @typedef {{ title: string, value: string, count: number, shape: [number, number], strides?: [number, number], labels?: string[],
 *   palette?: "diverging" | "sequential", range?: number, columns?: number }} ImagesOptions
 */

/** @param {string} title @param {...HTMLElement} rest */
const head = (title, ...rest) => h("div", { className: "view-head" }, h("h4", null, title), ...rest);

/** @param {string | undefined} palette */
const colours = (palette) => ["--negative", "--paper", palette === "sequential" ? "--ink" : "--positive", "--ink"];

/** @param {Demo} demo @param {ImagesOptions} options */
export function images(demo, { title, value, count, shape: [rows, columns], strides: [image, pixel] = [rows * columns, 1], labels, palette, range, columns: side }) {
  const surface = new Surface(() => demo.redraw());
  const tip = h("div", { className: "plot-tip", hidden: true });
  const names = h("div", { className: "image-labels", "aria-hidden": "true" }, ...(labels ?? []).map((label) => h("span", null, label)));
  const area = h("div", { className: "images", role: "img", "aria-label": `${title}: ${count} images` }, surface.canvas, names, tip);
  const all = () => side ?? (area.clientWidth > 42 * count ? count : Math.ceil(count / 2));
  let across = 0;
  let probing = false;
  const layOut = () => {
    if (across === all()) return;
    across = all();
    area.style.aspectRatio = `${(across * columns) / (Math.ceil(count / across) * rows)}`;
    names.style.gridTemplateColumns = `repeat(${across}, 1fr)`;
  };
  area.addEventListener("pointermove", async (event) => {
    if (probing || !demo.awake) return;
    const box = area.getBoundingClientRect();
    const [u, v] = [((event.clientX - box.left) / box.width) * across, ((event.clientY - box.top) / box.height) * Math.ceil(count / across)];
    const k = Math.floor(v) * across + Math.floor(u);
    if (k < 0 || k >= count) return;
    const [row, column] = [Math.floor((v % 1) * rows), Math.floor((u % 1) * columns)];
    probing = true;
    const found = await demo.probe(value, k * image + (row * columns + column) * pixel).catch(() => NaN);
    probing = false;
    tip.hidden = false;
    tip.textContent = `${labels?.[k] ?? k}: ${numeral(found)}\nrow ${row + 1}, column ${column + 1}`;
    tip.style.translate = `calc(${event.clientX - box.left}px + ${u > across / 2 ? "-100% - 0.75rem" : "0.75rem"}) ${event.clientY - box.top}px`;
  });
  area.addEventListener("pointerleave", () => (tip.hidden = true));
  return {
    element: h("div", { className: "plot" }, head(title), area),
    layOut,
    /** @param {import("./types.d.ts").Frame} frame */
    draw(frame) {
      layOut();
      const data = demo.source(value);
      if (data) surface.draw(frame, [{ shape: "raster", data, colours: colours(palette), count, flags: 0, range, gap: 3, rows, columns, across, image, pixel }]);
    },
    async table() {
      const values = await demo.read(value);
      // Row by row, as the picture is read.
      const table = Array.from({ length: rows * columns }, (_, i) => [`${Math.floor(i / columns) + 1}, ${(i % columns) + 1}`, ...Array.from({ length: count }, (_, k) => numeral(values[k * image + i * pixel]))]);
      return { title, head: ["row, column", ...Array.from({ length: count }, (_, k) => labels?.[k] ?? `${k}`)], rows: table };
    },
    destroy: () => surface.destroy(),
  };
}

/** @param {Demo} demo @param {{ title: string, write: string, shape: [number, number], brush?: number }} options */
export function drawing(demo, { title, write, shape: [rows, columns], brush = 0.7 }) {
  // The reader's own numbers are here anyway, so a table of cells will do: each is an element that the theme colours.
  const cells = Array.from({ length: rows * columns }, () => h("i", null));
  const pad = h("div", { className: "pad", tabIndex: 0, role: "application", "aria-label": `${title}. Arrow keys move, space draws and rubs out.` }, ...cells);
  pad.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
  pad.style.aspectRatio = `${columns / rows}`;
  const clear = h("button", { type: "button", className: "plain", textContent: "Clear", onclick: () => demo.edit(write, new Float32Array(rows * columns)) });
  let [row, column] = [rows >> 1, columns >> 1];
  let shown = "";
  let rubbing = false;
  const draw = () => {
    const ink = demo.input(write);
    const key = `${ink.join()} ${row} ${column}`;
    if (key === shown) return;
    shown = key;
    cells.forEach((cell, i) => {
      cell.style.background = `color-mix(in srgb, var(--ink) ${100 * (ink[i] ?? 0)}%, var(--paper))`;
      cell.classList.toggle("here", i === row * columns + column);
    });
  };
  /** @param {number} y @param {number} x in cells @param {boolean} rub */
  const dab = (y, x, rub) => {
    const ink = demo.input(write);
    ink.forEach((old, i) => {
      const distance = Math.hypot(Math.floor(i / columns) + 0.5 - y, (i % columns) + 0.5 - x);
      // Soft edges, as in scanned digits: full within half the brush, nothing beyond it by a cell.
      const cover = Math.min(1, Math.max(0, brush + 0.5 - distance));
      ink[i] = rub ? Math.min(old, 1 - cover) : Math.max(old, cover);
    });
    demo.edit(write, ink.map((value) => Math.round(value * 16) / 16));
    draw();
  };
  /** @param {PointerEvent} event */
  const at = (event) => {
    const box = pad.getBoundingClientRect();
    return /** @type {const} */ ([((event.clientY - box.top) / box.height) * rows, ((event.clientX - box.left) / box.width) * columns]);
  };
  pad.addEventListener("pointerdown", (event) => {
    if (event.button || !demo.live) return;
    pad.setPointerCapture(event.pointerId);
    const [y, x] = at(event);
    rubbing = demo.input(write)[Math.floor(y) * columns + Math.floor(x)] > 0.9;
    dab(y, x, rubbing);
  });
  pad.addEventListener("pointermove", (event) => {
    if (pad.hasPointerCapture(event.pointerId)) dab(...at(event), rubbing);
  });
  pad.addEventListener("keydown", (event) => {
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (event.key === " ") dab(row + 0.5, column + 0.5, demo.input(write)[row * columns + column] > 0.9);
    else if (move) {
      row = Math.min(rows - 1, Math.max(0, row + move[0]));
      column = Math.min(columns - 1, Math.max(0, column + move[1]));
      draw();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    element: h("div", { className: "plot" }, head(title, clear), pad),
    draw,
    table: () => ({ title, head: ["", ...Array.from({ length: columns }, (_, k) => `${k + 1}`)], rows: Array.from({ length: rows }, (_, i) => [i + 1, ...Array.from(demo.input(write).slice(i * columns, (i + 1) * columns), numeral)]) }),
  };
}
