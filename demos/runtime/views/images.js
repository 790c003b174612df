/**
 * Small images in a grid, all on one scale.
 *
 * In: a buffer of numbers and how pixels lie in it. Out: a view. How many stand side by side CSS decides, by the width
 * that there is.
 */
import { h, viewHead } from "../common/dom.js";
import { numeral } from "../common/numbers.js";
import { coloursOf, scaleLegend } from "./scale.js";
import { Surface } from "./surface.js";
import { Walk } from "./walk.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/**
 * @typedef {{ title: string, value: string, count: number, shape: [number, number], strides?: [number, number],
 *   labels?: string[], palette?: import("./scale.js").Palette, range?: number, columns?: number,
 *   choose?: (image: number, row: number, column: number) => void }} ImagesOptions
 */

/** CSS pixels between images. */
const GAP = 3;
/** More images than these stand in two rows where it is narrow. */
const FEW = 6;

/** How many images stand side by side, where it is wide and where it is narrow. */
class Rows {
  /** @param {ImagesOptions} options */
  constructor({ count, columns, shape: [high, wide] }) {
    this.count = count;
    this.wide = columns ?? count;
    this.narrow = columns ?? (count > FEW ? Math.ceil(count / 2) : count);
    this.side = wide / high;
  }

  /** @param {number} across @returns {number} width over height of all */
  aspect(across) {
    return (across * this.side) / Math.ceil(this.count / across);
  }

  /** @param {HTMLElement} area is laid out so */
  style(area) {
    for (const name of /** @type {const} */ (["wide", "narrow"])) {
      area.style.setProperty(`--${name}-columns`, `${this[name]}`);
      area.style.setProperty(`--${name}-aspect`, `${this.aspect(this[name])}`);
    }
  }

  /** @param {Surface} surface @returns {number} as its shape shows */
  across({ width, height }) {
    const between = Math.sqrt(this.aspect(this.wide) * this.aspect(this.narrow));
    return width / height >= between ? this.wide : this.narrow;
  }
}

/** @param {Demo} demo @param {ImagesOptions} options @returns {import("../types.d.ts").View} */
export function images(demo, options) {
  const { title, value, count, shape, labels = [], palette, range, choose } = options;
  const [rows, columns] = shape;
  const [image, pixel] = options.strides ?? [rows * columns, 1];
  const place = new Rows(options);
  const surface = new Surface(() => demo.redraw());
  const across = () => place.across(surface);
  const spans = labels.map((label) => h("span", null, label));
  const names = h("div", { className: "image-labels", "aria-hidden": "true" }, ...spans);
  const legend = scaleLegend(palette);
  /** @param {number} y @param {number} x @returns {[number, number, number]} image, and row and column in it */
  const cell = (y, x) => [Math.floor(y / rows) * across() + Math.floor(x / columns), y % rows, x % columns];
  const walk = new Walk(demo, {
    title: `${title}: ${count} images`,
    size: () => [Math.ceil(count / across()) * rows, across() * columns],
    box: (y, x) => boxOf(y, x, shape, across(), Math.ceil(count / across())),
    value,
    index(y, x) {
      const [k, row, column] = cell(y, x);
      return k < count ? k * image + (row * columns + column) * pixel : -1;
    },
    words(found, y, x) {
      const [k, row, column] = cell(y, x);
      return `${labels[k] ?? k}: ${numeral(found)}\nrow ${row + 1}, column ${column + 1}`;
    },
    choose: choose && ((y, x) => choose(...cell(y, x))),
  });
  const area = h("div", { className: "plot-area images" }, surface.canvas, names, walk.element);
  place.style(area);
  return {
    element: h("div", { className: "plot images-view" }, viewHead(title, legend.element), area),
    reads: range ? [] : [value],
    draw(frame) {
      const data = demo.markData(value);
      const grid = { rows, columns, across: across(), image, pixel, gap: GAP };
      const mark = { shape: /** @type {const} */ ("raster"), colours: coloursOf(palette), count, flags: 0, range };
      if (data) surface.draw(frame, [{ ...mark, ...grid, data }]);
    },
    update() {
      legend.show(range, demo.values[value]);
      walk.update();
    },
    table: (make) => make.imageTable(demo, options),
    destroy: () => surface.destroy(),
  };
}

/**
 * @param {number} y @param {number} x of a pixel among all @param {[number, number]} shape of an image
 * @param {number} across @param {number} down images
 * @returns {import("./walk.js").Box} between the gaps
 */
function boxOf(y, x, [rows, columns], across, down) {
  /** @param {number} i @param {number} cells @param {number} tiles */
  const along = (i, cells, tiles) => {
    const [tile, share] = [Math.floor(i / cells), (i % cells) / cells];
    const length = `(${100 / tiles}% - ${GAP}px)`;
    return [`calc(${(100 * tile) / tiles}% + ${GAP / 2}px + ${share} * ${length})`, `calc(${length} / ${cells})`];
  };
  const [left, width] = along(x, columns, across);
  const [top, height] = along(y, rows, down);
  return { left, top, width, height };
}
