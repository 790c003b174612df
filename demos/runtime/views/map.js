/**
 * A map from tokens to tokens: a number for each pair, with the tokens' names along both sides.
 *
 * In: a buffer of f32[rows, columns], and names for both. Out: a view. Which tokens there are may change while it is
 * shown.
 */
import { h, viewHead } from "../common/dom.js";
import { numeral } from "../common/numbers.js";
import { visible } from "../common/texts.js";
import { coloursOf, scaleLegend } from "./scale.js";
import { Surface } from "./surface.js";
import { Walk } from "./walk.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {string[] | ((demo: Demo) => string[])} Names */
/**
 * @typedef {{ title: string, value: string, rows: Names, columns: Names, rowName?: string, columnName?: string,
 *   palette?: import("./scale.js").Palette, range?: number, choose?: (row: number, column: number) => void,
 *   chosen?: () => [number, number] | undefined }} MapOptions
 */

/** Names side by side for which there is room at any width. */
const MOST = 24;

/** @param {Demo} demo @param {Names} names */
const namesOf = (demo, names) => (typeof names === "function" ? names(demo) : names);

/** Names along one side; where there are many, some of them. */
class Side {
  #shown = "";
  element;

  /** @param {string} className */
  constructor(className) {
    this.element = h("div", { className, "aria-hidden": "true" });
  }

  /** @param {string[]} names */
  show(names) {
    const key = names.join("\n");
    if (key === this.#shown) return;
    this.#shown = key;
    const every = Math.ceil(names.length / MOST);
    this.element.replaceChildren(...names.map((name, i) => h("span", null, i % every ? "" : visible(name))));
  }
}

/**
 * @param {Demo} demo @param {MapOptions} options @param {() => { rows: string[], columns: string[] }} names
 * @param {() => number} stride from one row of the buffer to the next
 */
function walkOver(demo, options, names, stride) {
  const { title, value, choose, rowName = "from", columnName = "to" } = options;
  return new Walk(demo, {
    title,
    value,
    size: () => [names().rows.length, names().columns.length],
    index: (row, column) => row * stride() + column,
    words: (found, row, column) => {
      const { rows, columns } = names();
      return `${rowName} ${visible(rows[row])}, ${columnName} ${visible(columns[column])}: ${numeral(found)}`;
    },
    choose,
  });
}

/** @param {Demo} demo @param {MapOptions} options @returns {import("../types.d.ts").View} */
export function map(demo, options) {
  const { title, value, palette = "sequential", range, rowName = "from", columnName = "to" } = options;
  const names = () => ({ rows: namesOf(demo, options.rows), columns: namesOf(demo, options.columns) });
  const surface = new Surface(() => demo.redraw());
  const [left, top] = [new Side("map-rows"), new Side("map-columns")];
  const legend = scaleLegend(palette, "--accent");
  const stride = () => demo.shape(value).at(-1) ?? names().columns.length;
  const walk = walkOver(demo, options, names, stride);
  const area = h("div", { className: "plot-area map-area" }, surface.canvas, walk.element);
  const sides = [
    h("span", { className: "map-row-name" }, rowName),
    h("span", { className: "map-column-name" }, columnName),
  ];
  const frame = h("div", { className: "map" }, ...sides, left.element, top.element, area);
  const layOut = () => {
    const { rows, columns } = names();
    left.show(rows);
    top.show(columns);
    frame.style.setProperty("--aspect", `${columns.length / rows.length || 1}`);
    frame.classList.toggle("crowded", columns.length > MOST / 2);
  };
  layOut();
  return {
    element: h("div", { className: "plot" }, viewHead(title, legend.element), frame),
    reads: range ? [] : [value],
    draw(frame) {
      layOut();
      const data = demo.markData(value);
      const { rows, columns } = names();
      if (!data || !rows.length || !columns.length) return;
      // Each row is an image of its own: the buffer may have room for more tokens than there are.
      const grid = { rows: 1, columns: columns.length, across: 1, count: rows.length, image: stride(), pixel: 1 };
      const colours = coloursOf(palette, "--accent");
      surface.draw(frame, [{ shape: "raster", data, colours, flags: 0, range, ...grid }]);
      walk.mark(options.chosen?.());
    },
    update() {
      legend.show(range, demo.values[value]);
      walk.update();
    },
    async table(make) {
      const [rows, columns] = [names().rows, names().columns].map((each) => each.map(visible));
      return make.mapTable(demo, { title, value, rows, columns, stride: stride() });
    },
    destroy: () => surface.destroy(),
  };
}
