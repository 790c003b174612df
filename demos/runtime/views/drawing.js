/**
 * A small image that the reader draws, and shifts. By what hand, edit-drawing.js knows, which is loaded with it.
 *
 * In: the name of an input. Out: a view.
 */
import { h, viewHead } from "../common/dom.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/**
 * @typedef {{ title: string, write: string, shape: [number, number], brush?: number, size?: "large", shift?: boolean }}
 *   DrawingOptions
 */

const SHIFTS = { left: ["←", -1, 0], right: ["→", 1, 0], up: ["↑", 0, -1], down: ["↓", 0, 1] };

/**
 * @param {ArrayLike<number>} ink row by row @param {[number, number]} shape @param {number} across @param {number} down
 * @returns {Float32Array} moved by so many cells; what leaves is gone, and what comes is empty
 */
export function shifted(ink, [rows, columns], across, down) {
  const moved = new Float32Array(rows * columns);
  for (let i = 0; i < moved.length; i++) {
    const [row, column] = [Math.floor(i / columns) - down, (i % columns) - across];
    if (row >= 0 && row < rows && column >= 0 && column < columns) moved[i] = ink[row * columns + column];
  }
  return moved;
}

/** @param {Demo} demo @param {DrawingOptions} options @returns {HTMLElement} buttons that move it by one pixel */
function shiftButtons(demo, { write, shape }) {
  const buttons = Object.entries(SHIFTS).map(([name, [sign, across, down]]) =>
    h("button", {
      type: "button",
      className: "plain",
      textContent: `${sign}`,
      "aria-label": `Shift the drawing one pixel ${name === "left" || name === "right" ? `to the ${name}` : name}`,
      onclick: () => demo.edit(write, shifted(demo.input(write), shape, Number(across), Number(down))),
    }),
  );
  return h("div", { className: "shifts", role: "group", "aria-label": "Shift" }, h("span", null, "Shift"), ...buttons);
}

/** @param {Demo} demo @param {DrawingOptions} options @returns {import("../types.d.ts").View} */
export function drawing(demo, options) {
  const { title, write, shape, size, shift } = options;
  const [rows, columns] = shape;
  demo.experiment.limits.set(write, [[0, 1]]);
  // The reader's own numbers are here anyway, so a table of cells will do: each is an element that the theme colours.
  const cells = Array.from({ length: rows * columns }, () => h("i", null));
  const label = `${title}. Arrow keys move, Space draws, Backspace rubs out.`;
  const className = size === "large" ? "pad large" : "pad";
  const pad = h("div", { className, tabIndex: 0, role: "application", "aria-label": label }, ...cells);
  pad.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
  pad.style.aspectRatio = `${columns / rows}`;
  const onclick = () => demo.edit(write, new Float32Array(rows * columns));
  const clear = h("button", { type: "button", className: "plain", textContent: "Clear", onclick });
  const rub = h("button", { type: "button", className: "plain", textContent: "Rub out", "aria-pressed": "false" });
  const rubs = () => rub.getAttribute("aria-pressed") === "true";
  rub.onclick = () => rub.setAttribute("aria-pressed", `${!rubs()}`);
  let shown = "";
  const draw = () => {
    const ink = demo.input(write);
    if (ink.join() === shown) return;
    shown = ink.join();
    for (const [i, cell] of cells.entries())
      cell.style.background = `color-mix(in srgb, var(--ink) ${100 * (ink[i] ?? 0)}%, var(--paper))`;
  };
  import("./edit-drawing.js").then(({ editDrawing }) => editDrawing(demo, options, { element: pad, rubs, draw }));
  return {
    element: h(
      "div",
      { className: "plot" },
      viewHead(title, h("span", null, rub, clear)),
      pad,
      ...(shift ? [shiftButtons(demo, options)] : []),
    ),
    draw,
    table: (make) => make.drawingTable(demo, options),
  };
}
