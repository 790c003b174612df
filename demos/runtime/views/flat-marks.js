/**
 * Lines, dots and bars, pixel by pixel: what shaders/plots/marks.wgsl draws, on the processor.
 *
 * In: a mark with its numbers, a sheet of pixels. Out: pixels, each covered by its distance from the shape. A mark that
 * lies nowhere, for a number of it is none, is left out.
 */
import { inkOf, lay } from "./flat-sheet.js";

/** @typedef {import("./flat-sheet.js").Sheet} Sheet */
/** @typedef {import("./surface.js").Mark} Mark */

const PAIRS = 1; // x and y in the buffer
const BY_KIND = 2;
const BY_SIGN = 4; // the kind is f32
const BARS_BY_SIGN = 8;
const COLOURS = 7; // that kinds have
const BLACK = 0xff000000;

/** @param {import("../types.d.ts").Numbers} numbers */
const bitsOf = ({ buffer, byteOffset, length }) => new Uint32Array(buffer, byteOffset, length);

/** @param {Sheet} sheet @param {Mark} mark */
export function paintMarks(sheet, mark) {
  const figure = new Figure(sheet, mark);
  if (mark.shape === "segment") figure.paintSegments();
  else if (mark.shape === "disc") figure.paintDiscs();
  else figure.paintBars();
}

class Figure {
  /** @param {Sheet} sheet @param {Mark} mark */
  constructor(sheet, mark) {
    const { kind, count, size = count, first = 0 } = mark;
    this.sheet = sheet;
    this.mark = mark;
    this.window = mark.window ?? [0, 0, 1, 1];
    this.inks = mark.colours.map(inkOf);
    this.radius = ((mark.width ?? 2) * sheet.ratio) / 2;
    this.kinds = kind?.array;
    if (this.kinds && !(mark.flags & BY_SIGN)) this.kinds = bitsOf(this.kinds);
    const places = count + (mark.shape === "segment" ? 2 : 0); // a segment looks at where the path goes on
    this.entries = Uint32Array.from({ length: places }, (_, i) => (first + i) % size);
    /** Pixels from the upper left corner. */
    this.xs = this.#along(0, sheet.width);
    this.ys = this.#along(1, sheet.height).map((up) => sheet.height - up);
  }

  /** @param {0 | 1} axis @param {number} length @returns {Float64Array} where each entry lies on it */
  #along(axis, length) {
    const { flags, data, logs, x = [0, 1] } = this.mark;
    const { [axis]: from, [axis + 2]: to } = this.window;
    const values = data.array ?? [];
    const log = logs?.[axis];
    return Float64Array.from(this.entries, (j, i) => {
      const value = flags & PAIRS ? values[2 * j + axis] : axis ? values[j] : x[0] + x[1] * i;
      return (((log ? Math.log10(Math.max(value, 1e-30)) : value) - from) / (to - from)) * length;
    });
  }

  /** @param {number} i @returns {number} */
  #ink(i) {
    const { mark, kinds, entries, inks } = this;
    if (!(mark.flags & BY_KIND)) return inks[0];
    const kind = kinds?.[entries[i]] ?? 0;
    return inks[mark.flags & BY_SIGN ? Number(kind > 0) : kind % COLOURS] ?? BLACK;
  }

  /** Where the path goes straight on, both segments end at one clean cut; else an end is round. */
  paintSegments() {
    const { run = Infinity, count } = this.mark;
    let start = this.#joint(1);
    for (let i = 0; i < count; i++) {
      const end = this.#joint(i + 1);
      const stops = (i + 2) % run === 0;
      // The last entry of a path is joined to nothing.
      if ((i + 1) % run) this.#capsule(i, i + 1, i % run ? start : null, stops || !end.straight ? null : end);
      start = end;
    }
  }

  /**
   * @param {number} i where two segments meet
   * @returns {{ x: number, y: number, straight: boolean }} a normal of their common cut, whether they go straight on
   */
  #joint(i) {
    const { xs, ys } = this;
    const [bx, by, ax, ay] = [xs[i] - xs[i - 1], ys[i] - ys[i - 1], xs[i + 1] - xs[i], ys[i + 1] - ys[i]];
    const [before, after] = [Math.sqrt(bx * bx + by * by), Math.sqrt(ax * ax + ay * ay)];
    const onward = after > 1e-6 ? { x: ax / after, y: ay / after } : { x: 1, y: 0 };
    if (!(ax * bx + ay * by > 0.97 * after * before)) return { ...onward, straight: false };
    return { x: onward.x + bx / before, y: onward.y + by / before, straight: true };
  }

  paintDiscs() {
    for (let i = 0; i < this.mark.count; i++) this.#capsule(i, i, null, null);
  }

  /**
   * All that lies within the radius of a line between two entries. @param {number} i @param {number} j
   * @param {{ x: number, y: number } | null} start normals of the cuts at both ends, null where one is round
   * @param {{ x: number, y: number } | null} stop
   */
  #capsule(i, j, start, stop) {
    const { xs, ys, sheet } = this;
    const [ax, ay, bx, by] = [xs[i], ys[i], xs[j], ys[j]];
    const length = Math.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay));
    if (!Number.isFinite(ax + ay + length)) return;
    const [ux, uy] = length > 1e-6 ? [(bx - ax) / length, (by - ay) / length] : [1, 0];
    const { pixels, width, height } = sheet;
    const ink = this.#ink(i);
    const reach = this.radius + 0.5;
    const steep = Math.abs(uy) > 1e-9;
    const half = steep ? reach / Math.abs(uy) : 0; // of a row, on both sides of the line's own axis
    const last = Math.min(height - 1, Math.floor(Math.max(ay, by) + reach - 0.5));
    for (let y = Math.max(0, Math.ceil(Math.min(ay, by) - reach - 0.5)); y <= last; y++) {
      const down = y + 0.5 - ay;
      const middle = steep ? ax + (down * ux) / uy : 0;
      const left = Math.max(Math.min(ax, bx) - reach, steep ? middle - half : 0);
      const right = Math.min(Math.max(ax, bx) + reach, steep ? middle + half : width);
      const end = Math.min(width - 1, Math.floor(right - 0.5));
      for (let x = Math.max(0, Math.ceil(left - 0.5)), at = y * width + x; x <= end; x++, at++) {
        if (pixels[at] === ink) continue;
        const across = x + 0.5 - ax;
        if (start && across * start.x + down * start.y < 0) continue;
        if (stop && (x + 0.5 - bx) * stop.x + (y + 0.5 - by) * stop.y >= 0) continue;
        const along = across * ux + down * uy;
        const aside = Math.abs(down * ux - across * uy);
        const beyond = along < 0 && !start ? along : along > length && !stop ? along - length : 0;
        const cover = reach - (beyond === 0 ? aside : Math.sqrt(beyond * beyond + aside * aside));
        if (cover > 0) lay(pixels, at, ink, cover);
      }
    }
  }

  /** Bars end at whole pixels. */
  paintBars() {
    const { sheet, mark, xs, ys, window, inks } = this;
    const { pixels, width, height } = sheet;
    const half = ((mark.width ?? 0.7) * width) / (window[2] - window[0]) / 2;
    const foot = height - (((mark.base ?? 0) - window[1]) / (window[3] - window[1])) * height;
    /** @param {number} edge @param {number} most */
    const pixel = (edge, most) => Math.min(most, Math.max(0, Math.ceil(edge - 0.5)));
    for (let i = 0; i < mark.count; i++) {
      const [x, tip] = [xs[i], ys[i]];
      if (!Number.isFinite(x + tip)) continue;
      const ink = inks[Number(Boolean(mark.flags & BARS_BY_SIGN) && tip <= foot)] ?? BLACK;
      const [left, right] = [pixel(x - half, width), pixel(x + half, width)];
      const bottom = pixel(Math.max(tip, foot), height);
      for (let y = pixel(Math.min(tip, foot), height); y < bottom; y++)
        pixels.fill(ink, y * width + left, y * width + right);
    }
  }
}
