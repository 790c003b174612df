/**
 * Marks on a 2-d canvas: the pictures that shaders/plots/*.wgsl draw, without a GPU. Loaded with the processor.
 *
 * In: surfaces, and marks whose numbers are in arrays. Out: pixels. `paint-gpu.js` draws the same from buffers.
 */
import { paintMarks } from "./flat-marks.js";
import { paintMesh } from "./flat-mesh.js";
import { paintRaster } from "./flat-raster.js";

/** @typedef {import("./surface.js").Mark} Mark */
/** @typedef {import("./surface.js").Surface} Surface */

/** @type {Record<Mark["shape"], (sheet: import("./flat-sheet.js").Sheet, mark: Mark) => void>} */
const painters = { segment: paintMarks, disc: paintMarks, bar: paintMarks, mesh: paintMesh, raster: paintRaster };

/** What each surface was last drawn in, and will be again. @type {WeakMap<Surface, ImageData>} */
const images = new WeakMap();

/** @type {import("./surface.js").Paint} */
export function flatPaint(surface, marks) {
  const context = /** @type {CanvasRenderingContext2D} */ (surface.context("2d"));
  const { width, height, ratio } = surface;
  let image = images.get(surface);
  if (image?.width !== width || image.height !== height) image = context.createImageData(width, height);
  images.set(surface, image);
  surface.free = () => images.delete(surface);
  const pixels = new Uint32Array(image.data.buffer).fill(0);
  let blank = true;
  for (const mark of marks) {
    if (!mark.data.array || mark.count < 1) continue;
    painters[mark.shape]({ pixels, width, height, ratio, blank }, mark);
    blank = false;
  }
  context.putImageData(image, 0, 0);
}
