/**
 * A small image that the reader draws. By what hand, edit-drawing.js knows, which is loaded with it.
 *
 * In: the name of an input. Out: a view.
 */
import { h, viewHead } from "../common/dom.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {{ title: string, write: string, shape: [number, number], brush?: number }} DrawingOptions */

/** @param {Demo} demo @param {DrawingOptions} options @returns {import("../types.d.ts").View} */
export function drawing(demo, options) {
  const { title, write, shape } = options;
  const [rows, columns] = shape;
  demo.experiment.limits.set(write, [[0, 1]]);
  // The reader's own numbers are here anyway, so a table of cells will do: each is an element that the theme colours.
  const cells = Array.from({ length: rows * columns }, () => h("i", null));
  const label = `${title}. Arrow keys move, space draws and rubs out.`;
  const pad = h("div", { className: "pad", tabIndex: 0, role: "application", "aria-label": label }, ...cells);
  pad.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
  pad.style.aspectRatio = `${columns / rows}`;
  const onclick = () => demo.edit(write, new Float32Array(rows * columns));
  const clear = h("button", { type: "button", className: "plain", textContent: "Clear", onclick });
  let shown = "";
  const draw = () => {
    const ink = demo.input(write);
    if (ink.join() === shown) return;
    shown = ink.join();
    for (const [i, cell] of cells.entries())
      cell.style.background = `color-mix(in srgb, var(--ink) ${100 * (ink[i] ?? 0)}%, var(--paper))`;
  };
  import("./edit-drawing.js").then(({ editDrawing }) => editDrawing(demo, options, pad, draw));
  return {
    element: h("div", { className: "plot" }, viewHead(title, clear), pad),
    draw,
    table: (make) => make.drawingTable(demo, options),
  };
}
