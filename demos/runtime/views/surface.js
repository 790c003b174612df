/**
 * A canvas on which marks are drawn, sharp at any device-pixel ratio. How they are drawn, a frame's `paint` knows:
 * paint-gpu.js from a plan's buffers, paint-flat.js from arrays.
 */
import { DemoError } from "../common/errors.js";
import { h, onTheme } from "../common/dom.js";

/** @typedef {import("../types.d.ts").MarkData} MarkData */
/**
 * @typedef {object} Mark
 * @property {"segment" | "disc" | "bar" | "mesh" | "raster"} shape
 * @property {MarkData} data
 * @property {MarkData} [kind]
 * @property {string[]} colours tokens; a raster's and a mesh' are low, zero, high, line
 * @property {number} count marks; a raster's images, a mesh' triangles
 * @property {number} flags as in the WGSL
 * @property {number[]} [window] x0, y0, x1, y1
 * @property {number[]} [logs]
 * @property {number[]} [x] first and step
 * @property {number} [width] CSS pixels; of a bar: share of its place
 * @property {number} [base]
 * @property {number} [first]
 * @property {number} [size]
 * @property {number} [run]
 * @property {number} [range]
 * @property {number} [gap] CSS pixels
 * @property {number} [rows]
 * @property {number} [columns]
 * @property {number} [across]
 * @property {number} [image]
 * @property {number} [pixel]
 * @property {number} [every] of a mesh: only each so many-th vertex is used
 * @property {number} [front] how opaque a mesh is
 * @property {number} [back] and where it is turned over
 * @property {number} [half] of the width of a mesh' contour, CSS pixels
 */
/** @typedef {(surface: Surface, marks: Mark[]) => void} Paint */

export class Surface {
  canvas = h("canvas", { "aria-hidden": "true" });
  width = 1;
  height = 1;
  ratio = 1;
  /** Gives back what a painter holds for it. */
  free = () => {};
  /** What its canvas gives, once a painter asked for one. @type {"" | "2d" | "webgpu"} */
  #kind = "";

  /** @param {() => void} changed its size or the theme did: it wants to be drawn again */
  constructor(changed) {
    this.#observer = new ResizeObserver(([entry]) => {
      const exact = entry.devicePixelContentBoxSize?.[0];
      const { inlineSize, blockSize } = entry.contentBoxSize[0];
      this.width = Math.max(1, exact?.inlineSize ?? Math.round(inlineSize * devicePixelRatio));
      this.height = Math.max(1, exact?.blockSize ?? Math.round(blockSize * devicePixelRatio));
      this.ratio = this.width / (inlineSize || 1);
      changed();
    });
    this.#observe();
    this.#stopListening = onTheme(changed);
  }

  #observe() {
    try {
      this.#observer.observe(this.canvas, { box: "device-pixel-content-box" });
    } catch {
      this.#observer.observe(this.canvas); // Safari
    }
  }

  /** @param {import("../types.d.ts").Frame} frame @param {Mark[]} marks */
  draw({ paint }, marks) {
    paint(this, marks);
  }

  /**
   * What a painter draws with, as large as the surface now is. A canvas gives contexts of one kind, all its life: for
   * another kind there is another canvas, and what the painter before held is given back.
   * @param {"2d" | "webgpu"} kind @returns {RenderingContext} throws DemoError where the browser gives none
   */
  context(kind) {
    if (this.#kind && this.#kind !== kind) {
      this.free();
      this.free = () => {};
      const fresh = /** @type {HTMLCanvasElement} */ (this.canvas.cloneNode());
      this.#observer.unobserve(this.canvas);
      this.canvas.replaceWith(fresh);
      this.canvas = fresh;
      this.#observe();
    }
    this.#kind = kind;
    if (this.canvas.width !== this.width) this.canvas.width = this.width;
    if (this.canvas.height !== this.height) this.canvas.height = this.height;
    const context = this.canvas.getContext(kind);
    if (!context) throw new DemoError("This browser gives the demo nothing to draw on.");
    return context;
  }

  destroy() {
    this.#observer.disconnect();
    this.#stopListening();
    this.free();
  }

  /** @type {ResizeObserver} */
  #observer;
  #stopListening = () => {};
}
