/**
 * What a plot can hold besides lines: points, fields, bars. Each says what to draw, what lies under the pointer, and
 * its numbers as a table.
 *
 * In: names of buffers. Out: layers for `plot`.
 */
import { sizeOf } from "../common/data.js";
import { CATEGORIES } from "./lines.js";
import { numeral } from "../common/numbers.js";

/** @typedef {import("./plot.js").Layer} Layer */
/** @typedef {import("./plot.js").Plot} Plot */
/**
 * @typedef {{ xy: string, kind?: string, classes?: number, label?: string, colour?: string, size?: number,
 *   edit?: import("./edit-points.js").PointEdit }} PointsOptions
 */
/**
 * @typedef {{ value: string, palette?: "diverging" | "sequential", range?: number, contour?: boolean, smooth?: boolean,
 *   label?: string }} FieldOptions
 */

export const SIGNS = ["--negative", "--positive"];

/** @param {PointsOptions} options @returns {Layer} */
export function points({ xy, kind, classes, label, colour = "--ink", size = 7, edit }) {
  /** @type {(() => void) | undefined} */
  let refresh;
  return {
    label,
    colour,
    // Points of the reader's own are SVG: each can be focused, moved and named.
    marks(plot) {
      const data = plot.demo.markData(xy);
      if (!data || edit) return [];
      const kinds = kind ? plot.demo.markData(kind) : undefined;
      const signed = kinds?.dtype === "f32";
      const count = sizeOf(plot.demo.shape(xy)) / 2;
      const colours = !kinds ? [colour] : signed || classes === 2 ? SIGNS : CATEGORIES;
      const flags = 1 | (kinds ? 2 : 0) | (signed ? 4 : 0);
      return [{ shape: "disc", data, kind: kinds, colours, count, flags, ...plot.scale, width: size }];
    },
    table: (plot, make) => make.pairTable(plot, xy),
    attach:
      edit &&
      (async (plot) => {
        const { limits, pointSets } = plot.demo.experiment;
        limits.set(xy, [plot.x.ends, plot.y.ends]);
        pointSets.push({ xy, kind: kind ?? "", count: edit.count, classes: edit.classes });
        const { editPoints } = await import("./edit-points.js");
        refresh = editPoints(plot, xy, kind ?? "", edit, size);
      }),
    refresh: () => refresh?.(),
  };
}

/** @param {FieldOptions} options @returns {Layer} */
export function field({ value, palette, range, contour = false, smooth = true, label }) {
  const colours = ["--negative", "--paper", palette === "sequential" ? "--accent" : "--positive", "--ink"];
  const flags = (smooth ? 1 : 4) + 2 * Number(contour);
  return {
    marks(plot) {
      const data = plot.demo.markData(value);
      const [rows, columns] = plot.demo.shape(value);
      return data ? [{ shape: "raster", data, colours, count: 1, rows, columns, across: 1, range, flags }] : [];
    },
    probe(plot, x, y) {
      const [rows, columns] = plot.demo.shape(value);
      const [u, v] = [plot.x.share(x), plot.y.share(y)];
      if (!rows || u < 0 || u > 1 || v < 0 || v > 1) return;
      // Values stand on the corners of a smooth field; else each has a cell of its own.
      const place = (/** @type {number} */ share, /** @type {number} */ count) =>
        smooth ? Math.round(share * (count - 1)) : Math.min(Math.floor(share * count), count - 1);
      const index = place(v, rows) * columns + place(u, columns);
      const words = (/** @type {number} */ found) =>
        `${label ?? value} ${numeral(found)} at (${numeral(x)}, ${numeral(y)})`;
      return plot.demo.probe(value, index).then(words);
    },
    table: (plot, make) => make.fieldTable(plot, value),
  };
}

/** @param {{ value: string, labels: string[], colour?: string, label?: string }} options @returns {Layer} */
export function bars({ value, labels, colour, label }) {
  return {
    label,
    colour,
    categories: labels,
    extent: () => ({ x: undefined }),
    attach: (plot) => plot.x.fit(-0.6, labels.length - 0.4, true),
    marks(plot) {
      const data = plot.demo.markData(value);
      if (!data) return [];
      const colours = colour ? [colour] : SIGNS;
      const place = { window: plot.window, base: Math.max(0, plot.y.low), width: 0.72 };
      return [{ shape: "bar", data, colours, count: labels.length, flags: colour ? 0 : 8, x: [0, 1], ...place }];
    },
    probe(plot, x) {
      const i = Math.round(x);
      if (!(i >= 0 && i < labels.length)) return;
      return plot.demo.probe(value, i).then((found) => `${labels[i]}: ${numeral(found)}`);
    },
    table: (plot, make) => make.barTable(plot, value, label ?? value, labels),
  };
}
