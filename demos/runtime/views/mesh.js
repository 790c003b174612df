/**
 * A layer of a plot: a sheet of vertices anywhere in the plane, filled by a number at each of them. Where it overlaps
 * itself both layers are seen, and what is turned over is darker.
 *
 * In: names of buffers, or functions that give them. Out: a layer for `plot`.
 */

/** @typedef {import("./plot.js").Layer} Layer */
/** @typedef {import("./surface.js").Mark} Mark */
/**
 * Which number of a vertex is shown, and of what magnitude it is.
 * @typedef {{ name: string, index?: number, range?: number }} Shown
 */
/**
 * @typedef {object} MeshOptions
 * @property {string} xy f32[rows * columns, 2], row by row
 * @property {string | (() => Shown)} value f32 of as many vertices: a number each, or several of which `index` is shown
 * @property {number} columns vertices side by side
 * @property {number} [every] of the vertices only each so many-th is used, in both directions
 * @property {number} [range] what is full colour; without it the sign is shown
 * @property {number} [front] how opaque it is
 * @property {number} [back] and where it is turned over
 * @property {boolean} [contour] a line where the number is zero
 */

const COLOURS = ["--negative", "--paper", "--positive", "--ink"];

/**
 * @param {import("../types.d.ts").Demo} demo @param {MeshOptions} options @param {number[]} window x0, y0, x1, y1
 * @returns {Mark[]} none before there is anything to draw
 */
export function meshMarks(demo, options, window) {
  const { xy, value, columns, every = 1, front = 0.4, back = 0.7, contour } = options;
  const { name, index = 0, range = options.range } = typeof value === "string" ? { name: value } : value();
  const data = demo.markData(xy);
  const kind = demo.markData(name);
  if (!data || !kind) return [];
  const rows = demo.shape(xy)[0] / columns;
  const pixel = demo.shape(name).reduce((product, length) => product * length, 1) / demo.shape(xy)[0];
  const across = Math.floor((columns - 1) / every);
  const count = 2 * across * Math.floor((rows - 1) / every);
  const looks = { range, front, back, half: contour ? 1.1 : 0, colours: COLOURS, flags: 0 };
  return [{ shape: "mesh", data, kind, count, columns, every, across, pixel, image: index, window, ...looks }];
}

/** @param {MeshOptions} options @returns {Layer} */
export const mesh = (options) => ({
  marks: (plot) => meshMarks(plot.demo, options, plot.window),
  table: (plot, make) => make.pairTable(plot, options.xy),
});
