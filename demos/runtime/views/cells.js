/**
 * A field whose cells are chosen: each value of f32[rows, columns] fills its own part of the plane, the first row
 * lowest.
 *
 * In: the name of a buffer, what its cells are called, what choosing one does. Out: a layer for `plot`, which may have
 * other layers over it and axes of any kind.
 */
import { numeral } from "../common/numbers.js";
import { coloursOf } from "./scale.js";
import { Walk } from "./walk.js";

/** @typedef {import("./plot.js").Layer} Layer */
/** @typedef {import("./plot.js").Plot} Plot */
/**
 * @typedef {{ value: string, name?: (row: number, column: number) => string, label?: string, range?: number,
 *   palette?: import("./scale.js").Palette, choose?: (row: number, column: number) => void,
 *   chosen?: () => [number, number] | undefined }} CellsOptions
 */

/** @param {CellsOptions} options @returns {Layer} */
export function cells({ value, name, label = value, range, palette, choose, chosen }) {
  /** @type {Walk | undefined} */
  let walk;
  /** @type {Plot | undefined} */
  let on;
  const size = () => {
    const [rows = 0, columns = 0] = on?.demo.shape(value) ?? [];
    return /** @type {[number, number]} */ ([rows, columns]);
  };
  /** @param {number} row from above @returns {number} as the buffer has it, or the other way round */
  const turned = (row) => size()[0] - 1 - row;
  /** @param {Plot} plot @param {number} row @param {number} column @returns {string} else where its middle lies */
  const called = ({ x, y }, row, column) => {
    const [rows, columns] = size();
    const [u, v] = [(column + 0.5) / columns, (row + 0.5) / rows];
    return name?.(row, column) ?? `at (${numeral(x.value(u))}, ${numeral(y.value(v))})`;
  };
  return {
    covers: true,
    attach(plot) {
      on = plot;
      walk = new Walk(plot.demo, {
        title: plot.options.title,
        size,
        value,
        index: (row, column) => turned(row) * size()[1] + column,
        words: (found, row, column) => `${label} ${numeral(found)}\n${called(plot, turned(row), column)}`,
        choose: choose && ((row, column) => choose(turned(row), column)),
      });
      plot.area.append(walk.element);
    },
    marks(plot) {
      const data = plot.demo.markData(value);
      const [rows, columns] = size();
      const colours = coloursOf(palette, "--accent");
      return data ? [{ shape: "raster", data, colours, count: 1, rows, columns, across: 1, range, flags: 4 }] : [];
    },
    refresh() {
      const cell = chosen?.();
      walk?.mark(cell && [turned(cell[0]), cell[1]]);
    },
    update: () => walk?.update(),
    table: (plot, make) => make.fieldTable(plot, value),
  };
}
