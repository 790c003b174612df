/**
 * Small images in a grid.
 *
 * In: a buffer of numbers and how pixels lie in it. Out: a view.
 */
import { h, numeral, Tip, viewHead } from "./dom.js";
import { Surface } from "./surface.js";

/** @typedef {import("./run.js").Demo} Demo */
/**
 * @typedef {{ title: string, value: string, count: number, shape: [number, number], strides?: [number, number], labels?: string[],
 *   palette?: "diverging" | "sequential", range?: number, columns?: number }} ImagesOptions
 */

/** @param {string | undefined} palette */
const colours = (palette) => ["--negative", "--paper", palette === "sequential" ? "--ink" : "--positive", "--ink"];

/** @param {Demo} demo @param {ImagesOptions} options */
export function images(
  demo,
  {
    title,
    value,
    count,
    shape: [rows, columns],
    strides: [image, pixel] = [rows * columns, 1],
    labels,
    palette,
    range,
    columns: side,
  },
) {
  const surface = new Surface(() => {
    layOut(); // its height is known before anyone clicks
    demo.redraw();
  });
  const tip = new Tip();
  const names = h(
    "div",
    { className: "image-labels", "aria-hidden": "true" },
    ...(labels ?? []).map((label) => h("span", null, label)),
  );
  const area = h(
    "div",
    { className: "images", role: "img", "aria-label": `${title}: ${count} images` },
    surface.canvas,
    names,
    tip.element,
  );
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
    const [u, v] = [
      ((event.clientX - box.left) / box.width) * across,
      ((event.clientY - box.top) / box.height) * Math.ceil(count / across),
    ];
    const k = Math.floor(v) * across + Math.floor(u);
    if (k < 0 || k >= count) return;
    const [row, column] = [Math.floor((v % 1) * rows), Math.floor((u % 1) * columns)];
    probing = true;
    const found = await demo.probe(value, k * image + (row * columns + column) * pixel).catch(() => NaN);
    probing = false;
    tip.show(event, box, `${labels?.[k] ?? k}: ${numeral(found)}\nrow ${row + 1}, column ${column + 1}`);
  });
  area.addEventListener("pointerleave", () => tip.hide());
  return {
    element: h("div", { className: "plot" }, viewHead(title), area),
    layOut,
    /** @param {import("./types.d.ts").Frame} frame */
    draw(frame) {
      layOut();
      const data = demo.source(value);
      if (data)
        surface.draw(frame, [
          {
            shape: "raster",
            data,
            colours: colours(palette),
            count,
            flags: 0,
            range,
            gap: 3,
            rows,
            columns,
            across,
            image,
            pixel,
          },
        ]);
    },
    async table() {
      const values = await demo.read(value);
      // Row by row, as the picture is read.
      const table = Array.from({ length: rows * columns }, (_, i) => [
        `${Math.floor(i / columns) + 1}, ${(i % columns) + 1}`,
        ...Array.from({ length: count }, (_, k) => numeral(values[k * image + i * pixel])),
      ]);
      return {
        title,
        head: ["row, column", ...Array.from({ length: count }, (_, k) => labels?.[k] ?? `${k}`)],
        rows: table,
      };
    },
    destroy: () => surface.destroy(),
  };
}
