/**
 * A small image that the reader draws, by mouse, touch and keyboard.
 *
 * In: the name of an input. Out: a view, and `demo.edit` calls, so that the drawing is in the link.
 */
import { h, numeral, viewHead } from "./dom.js";

/** @typedef {import("./run.js").Demo} Demo */

/** @param {Demo} demo @param {{ title: string, write: string, shape: [number, number], brush?: number }} options */
export function drawing(demo, { title, write, shape: [rows, columns], brush = 0.7 }) {
  // The reader's own numbers are here anyway, so a table of cells will do: each is an element that the theme colours.
  const cells = Array.from({ length: rows * columns }, () => h("i", null));
  const pad = h(
    "div",
    {
      className: "pad",
      tabIndex: 0,
      role: "application",
      "aria-label": `${title}. Arrow keys move, space draws and rubs out.`,
    },
    ...cells,
  );
  pad.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
  pad.style.aspectRatio = `${columns / rows}`;
  const clear = h("button", {
    type: "button",
    className: "plain",
    textContent: "Clear",
    onclick: () => demo.edit(write, new Float32Array(rows * columns)),
  });
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
    demo.edit(
      write,
      ink.map((value) => Math.round(value * 16) / 16),
    );
    draw();
  };
  /** @param {PointerEvent} event */
  const at = (event) => {
    const box = pad.getBoundingClientRect();
    return /** @type {const} */ ([
      ((event.clientY - box.top) / box.height) * rows,
      ((event.clientX - box.left) / box.width) * columns,
    ]);
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
    element: h("div", { className: "plot" }, viewHead(title, clear), pad),
    draw,
    table: () => ({
      title,
      head: ["", ...Array.from({ length: columns }, (_, k) => `${k + 1}`)],
      rows: Array.from({ length: rows }, (_, i) => [
        i + 1,
        ...Array.from(demo.input(write).slice(i * columns, (i + 1) * columns), numeral),
      ]),
    }),
  };
}
