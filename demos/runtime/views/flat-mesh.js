/**
 * A sheet of triangles, pixel by pixel: what shaders/plots/mesh.wgsl draws, on the processor.
 *
 * In: a mark with its numbers, a sheet of pixels. Out: pixels. A triangle's edges are cut by the same products as on
 * the GPU, so that of two that share an edge each pixel belongs to one.
 */
import { inkOf, lay, mixed } from "./flat-sheet.js";

/** @typedef {import("./flat-sheet.js").Sheet} Sheet */
/** @typedef {import("./surface.js").Mark} Mark */

const { fround } = Math;
const EDGE_ON = 1e-6; // square pixels, twice the area of a triangle that is not drawn

/** @param {Sheet} sheet @param {Mark} mark */
export function paintMesh(sheet, mark) {
  const mesh = new Mesh(sheet, mark);
  const { across = 1, columns = 1, every = 1 } = mark;
  for (let i = 0; i < mark.count; i++) {
    const cell = i >> 1;
    const first = (Math.floor(cell / across) * columns + (cell % across)) * every;
    mesh.paint(first, first + (i % 2 ? columns : 1) * every, first + (columns + 1) * every, i % 2 === 0);
  }
}

/** What is left of its numbers where a triangle is filled. @typedef {{ v: number, x: number, y: number }} Rise */

class Mesh {
  // Of the triangle in hand: its vertices in pixels, up and to the right, and whether they turn left.
  ax = 0;
  ay = 0;
  bx = 0;
  by = 0;
  cx = 0;
  cy = 0;
  left = true;

  /** @param {Sheet} sheet @param {Mark} mark */
  constructor(sheet, mark) {
    this.sheet = sheet;
    this.mark = mark;
    this.half = (mark.half ?? 0) * sheet.ratio;
    this.range = mark.range ?? 0;
    this.numbers = mark.kind?.array ?? new Float32Array(0);
    this.inks = mark.colours.map(inkOf); // low, zero, high, line
    this.xs = this.#along(0, sheet.width);
    this.ys = this.#along(1, sheet.height);
  }

  /** @param {0 | 1} axis @param {number} length @returns {Float32Array} rounded as on the GPU */
  #along(axis, length) {
    const { data, window = [0, 0, 1, 1] } = this.mark;
    const places = data.array ?? [];
    const room = fround(window[axis + 2] - window[axis]);
    return Float32Array.from(
      { length: places.length / 2 },
      (_, i) => fround(fround(places[2 * i + axis] - window[axis]) / room) * length,
    );
  }

  /**
   * @param {number} a @param {number} b @param {number} c vertices
   * @param {boolean} lower whether it is the lower one of its cell, whose front turns left
   */
  paint(a, b, c, lower) {
    const { xs, ys, sheet } = this;
    [this.ax, this.ay, this.bx, this.by, this.cx, this.cy] = [xs[a], ys[a], xs[b], ys[b], xs[c], ys[c]];
    const { ax, ay, bx, by, cx, cy } = this;
    const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    if (!(Math.abs(area) > EDGE_ON)) return;
    this.left = area > 0;
    const { pixel = 1, image = 0, front = 1, back = 1 } = this.mark;
    const [v, second, third] = [a, b, c].map((i) => this.numbers[image + i * pixel]);
    const rise = {
      v,
      x: ((second - v) * (cy - ay) - (third - v) * (by - ay)) / area,
      y: ((third - v) * (bx - ax) - (second - v) * (cx - ax)) / area,
    };
    const steep = Math.max(Math.sqrt(rise.x * rise.x + rise.y * rise.y), 1e-12);
    const cover = this.left === lower ? front : back;
    const plain = this.#plain(Math.min(v, second, third) / steep, Math.max(v, second, third) / steep);
    const end = Math.min(sheet.height - 1, Math.floor(Math.max(ay, by, cy) + 0.5));
    for (let up = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 1.5)); up <= end; up++) {
      const [from, to] = this.#span(up + 0.5);
      const row = (sheet.height - 1 - up) * sheet.width;
      if (plain !== undefined) for (let x = from; x <= to; x++) lay(sheet.pixels, row + x, plain, cover);
      else if (from <= to) this.#shade(row, from, to, up, rise, steep, cover);
    }
  }

  /** @param {number} y @returns {[number, number]} the first and the last pixel of a row */
  #span(y) {
    const { ax, ay, bx, by, cx, cy, sheet } = this;
    const ab = crossing(ax, ay, bx, by, y);
    const bc = crossing(bx, by, cx, cy, y);
    const ac = crossing(ax, ay, cx, cy, y);
    let from = Math.max(0, Math.ceil(Math.min(ab ?? Infinity, bc ?? Infinity, ac ?? Infinity) - 1.5));
    let to = Math.min(sheet.width - 1, Math.floor(Math.max(ab ?? -1, bc ?? -1, ac ?? -1) + 0.5));
    while (from <= to && !this.#holds(from + 0.5, y)) from++;
    while (from <= to && !this.#holds(to + 0.5, y)) to--;
    return [from, to];
  }

  /** @param {number} x @param {number} y the middle of a pixel */
  #holds(x, y) {
    const { ax, ay, bx, by, cx, cy, left } = this;
    return (
      (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0 === left &&
      (cx - bx) * (y - by) - (cy - by) * (x - bx) >= 0 === left &&
      (cx - ax) * (y - ay) - (cy - ay) * (x - ax) >= 0 !== left
    );
  }

  /** @param {number} least @param {number} most pixels from the contour @returns {number | undefined} its one ink */
  #plain(least, most) {
    const near = Math.max(0.5, this.half + 0.5);
    if (this.range || !(least > near || most < -near)) return;
    return this.inks[least > 0 ? 2 : 0];
  }

  /**
   * @param {number} row @param {number} from @param {number} to pixels of it @param {number} up
   * @param {Rise} rise at the first vertex, and from there by pixel @param {number} steep @param {number} cover
   */
  #shade(row, from, to, up, rise, steep, cover) {
    const { ax, ay, sheet, range, half } = this;
    const [low, zero, high, line] = this.inks;
    const start = rise.v + rise.y * (up + 0.5 - ay);
    for (let x = from; x <= to; x++) {
      const v = start + rise.x * (x + 0.5 - ax);
      const far = v / steep;
      const near = half ? Math.min(1, Math.max(0, half + 0.5 - Math.abs(far))) : 0;
      const share = range ? Math.min(1, Math.abs(v) / range) : Math.min(1, Math.max(0, far + 0.5));
      const ink = range ? mixed(zero, v < 0 ? low : high, share) : mixed(low, high, share);
      lay(sheet.pixels, row + x, near ? mixed(ink, line, near) : ink, cover + (1 - cover) * near);
    }
  }
}

/**
 * @param {number} ax @param {number} ay @param {number} bx @param {number} by @param {number} y
 * @returns {number | undefined} where an edge passes or touches that height, if it does
 */
function crossing(ax, ay, bx, by, y) {
  if (ay === by || y < Math.min(ay, by) || y > Math.max(ay, by)) return;
  return ax + ((bx - ax) * (y - ay)) / (by - ay);
}
