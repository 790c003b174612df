/**
 * Small images in a grid.
 *
 * In: a buffer of numbers and how pixels lie in it. Out: a view.
 */
import { h, viewHead } from "../common/dom.js";
import { numeral } from "../common/numbers.js";
import { Surface } from "./surface.js";
import { tip } from "./tip.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/**
 * @typedef {{ title: string, value: string, count: number, shape: [number, number], strides?: [number, number],
 *   labels?: string[], palette?: "diverging" | "sequential", range?: number, columns?: number }} ImagesOptions
 */

/** @param {Demo} demo @param {ImagesOptions} options @returns {import("../types.d.ts").View} */
export function images(demo, options) {
  const { title, value, count, shape, labels = [], palette, range } = options;
  const [rows, columns] = shape;
  const [image, pixel] = options.strides ?? [rows * columns, 1];
  const colours = ["--negative", "--paper", palette === "sequential" ? "--ink" : "--positive", "--ink"];
  const surface = new Surface(() => {
    layOut(); // its height is known before anyone clicks
    demo.redraw();
  });
  const spans = labels.map((label) => h("span", null, label));
  const names = h("div", { className: "image-labels", "aria-hidden": "true" }, ...spans);
  const label = { role: "img", "aria-label": `${title}: ${count} images` };
  const area = h("div", { className: "images", ...label }, surface.canvas, names);
  let across = 0;
  const layOut = () => {
    const now = options.columns ?? (area.clientWidth > 42 * count ? count : Math.ceil(count / 2));
    if (across === now) return;
    across = now;
    area.style.aspectRatio = `${(across * columns) / (Math.ceil(count / across) * rows)}`;
    names.style.gridTemplateColumns = `repeat(${across}, 1fr)`;
  };
  /** @param {number} u @param {number} v shares of the area, from its upper left corner */
  const probe = async (u, v) => {
    const [x, y] = [u * across, v * Math.ceil(count / across)];
    const k = Math.floor(y) * across + Math.floor(x);
    if (k < 0 || k >= count) return "";
    const [row, column] = [Math.floor((y % 1) * rows), Math.floor((x % 1) * columns)];
    const found = await demo.probe(value, k * image + (row * columns + column) * pixel);
    return `${labels[k] ?? k}: ${numeral(found)}\nrow ${row + 1}, column ${column + 1}`;
  };
  area.append(tip(demo, area, probe));
  return {
    element: h("div", { className: "plot" }, viewHead(title), area),
    draw(frame) {
      layOut();
      const data = demo.markData(value);
      const grid = { rows, columns, across, image, pixel, gap: 3 };
      if (data) surface.draw(frame, [{ shape: "raster", data, colours, count, flags: 0, range, ...grid }]);
    },
    table: (make) => make.imageTable(demo, options),
    destroy: () => surface.destroy(),
  };
}
