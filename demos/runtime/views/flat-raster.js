/**
 * Numbers as colours, pixel by pixel: what shaders/plots/raster.wgsl draws, on the processor.
 *
 * In: a mark with its numbers, a sheet of pixels. Out: pixels. The values of a row of them come first, then its shades.
 */
import { largestOf } from "../common/data.js";
import { inkOf, mixed } from "./flat-sheet.js";

/** @typedef {import("./flat-sheet.js").Sheet} Sheet */
/** @typedef {import("./surface.js").Mark} Mark */

/** From no colour to full colour: finer than eight bits a channel can show. */
const SHADES = 1024;
const SMOOTH = 1;
const CONTOUR = 2;
const UPWARDS = 4; // cells, too: the first row is the lowest
const WIDE = 1.6; // half of a contour's width, in pixels
// What is no number has stripes that no value has, so many pixels wide, of so much of the contour's colour on zero's.
const HATCH = 4;
const FAINT = 0.15;
const DARK = 0.45;

/** @param {Sheet} sheet @param {Mark} mark */
export function paintRaster(sheet, mark) {
  const raster = new Raster(sheet, mark);
  if (mark.flags & CONTOUR) raster.paintContour();
  else raster.paint();
}

/** Where the pixels along one side lie: in which tile, in which of its cells, between which of its corners. */
class Side {
  /**
   * @param {number} length in pixels @param {number} tiles @param {number} gap @param {number} cells of a tile
   * @param {boolean} [upwards] whether corners are counted from its end
   * @param {boolean} [rising] whether cells are
   */
  constructor(length, tiles, gap, cells, upwards, rising) {
    const room = length + 2; // slopes are asked for beyond the edge, too
    const { fround } = Math; // where a cell ends at the middle of a pixel, the GPU's roundings decide
    const side = fround(length / tiles);
    this.tile = new Int32Array(room);
    this.inside = new Uint8Array(room);
    this.cell = new Int32Array(room);
    this.before = new Int32Array(room);
    this.after = new Int32Array(room);
    this.share = new Float32Array(room);
    for (let i = 0; i < room; i++) {
      const tile = Math.min(Math.floor(fround((i + 0.5) / side)), tiles - 1);
      const within = fround(fround(fround(i + 0.5 - fround(tile * side)) - gap / 2) / fround(side - gap));
      const clamped = Math.min(1, Math.max(0, upwards ? 1 - within : within));
      this.tile[i] = tile;
      this.inside[i] = Number(within >= 0 && within < 1);
      const place = rising ? fround(1 - within) : within;
      this.cell[i] = fround(Math.min(0.9999, Math.max(0, place)) * cells);
      this.before[i] = clamped * (cells - 1);
      this.after[i] = Math.min(this.before[i] + 1, cells - 1);
      this.share[i] = clamped * (cells - 1) - this.before[i];
    }
  }
}

class Raster {
  /** Whether the row that was shaded last has stripes, which the next row has elsewhere. */
  striped = false;

  /** @param {Sheet} sheet @param {Mark} mark */
  constructor(sheet, mark) {
    const { rows = 1, columns = 1, across = 1, pixel = 1, image = 0, count } = mark;
    const gap = (mark.gap ?? 0) * sheet.ratio;
    this.sheet = sheet;
    this.values = mark.data.array ?? new Float32Array(1);
    this.count = count;
    this.across = across;
    this.columns = columns;
    this.pixel = pixel;
    this.image = image;
    this.smooth = Boolean(mark.flags & SMOOTH);
    this.x = new Side(sheet.width, across, gap, columns);
    this.y = new Side(sheet.height, Math.ceil(count / across), gap, rows, true, Boolean(mark.flags & UPWARDS));
    /** Where the value of a pixel lies, from the beginning of its row. */
    this.offsets = this.x.cell.map((cell, i) => this.x.tile[i] * image + cell * pixel);
    this.corners = new Float32Array(columns);
    const [low, zero, high, line] = mark.colours.map(inkOf);
    this.shades = Uint32Array.from({ length: 2 * SHADES + 1 }, (_, i) =>
      mixed(zero, i < SHADES ? low : high, Math.abs(i - SHADES) / SHADES),
    );
    this.line = line;
    this.scale = SHADES / (mark.range || Math.max(largestOf(this.values), 1e-12));
  }

  paint() {
    const { sheet, y } = this;
    const { width, height, pixels, blank } = sheet;
    const row = new Float32Array(width + 2);
    for (let down = 0; down < height; down++) {
      const same = !this.smooth && blank && down > 0 && y.inside[down] && y.inside[down - 1];
      // A row of cells is several of pixels.
      if (same && !this.striped && y.tile[down - 1] === y.tile[down] && y.cell[down - 1] === y.cell[down])
        pixels.copyWithin(down * width, (down - 1) * width, down * width);
      else {
        this.striped = false;
        this.#fill(row, down);
        this.#shade(row, down);
      }
    }
  }

  /** By two rows at once, for a slope is that of four pixels in a square. */
  paintContour() {
    const { width, height } = this.sheet;
    const upper = new Float32Array(width + 2);
    const lower = new Float32Array(width + 2);
    for (let down = 0; down < height; down += 2) {
      this.#fill(upper, down);
      this.#fill(lower, down + 1);
      this.#shade(upper, down);
      if (down + 1 < height) this.#shade(lower, down + 1);
      this.#trace(upper, lower, down);
    }
  }

  /** @param {Float32Array} row gets its values @param {number} down */
  #fill(row, down) {
    const { values, x, y, offsets, corners, columns, pixel } = this;
    if (!this.smooth) {
      const first = y.tile[down] * this.across;
      const start = first * this.image + y.cell[down] * columns * pixel;
      for (let i = 0; i < row.length; i++) row[i] = first + x.tile[i] < this.count ? values[start + offsets[i]] : 0;
      return;
    }
    const share = y.share[down];
    for (let k = 0; k < columns; k++) {
      const below = values[(y.before[down] * columns + k) * pixel];
      corners[k] = below + (values[(y.after[down] * columns + k) * pixel] - below) * share;
    }
    for (let i = 0; i < row.length; i++) {
      const left = corners[x.before[i]];
      row[i] = left + (corners[x.after[i]] - left) * x.share[i];
    }
  }

  /** @param {number} down @returns {number} the first pixel of a row that is beyond the last image in it */
  #end(down) {
    const { x, y, count, across } = this;
    if (!y.inside[down]) return 0;
    const images = count - y.tile[down] * across;
    const { width } = this.sheet;
    return images >= across ? width : Math.max(0, x.tile.indexOf(images));
  }

  /** @param {Float32Array} row @param {number} down */
  #shade(row, down) {
    const { sheet, x, shades, scale } = this;
    const { pixels, width } = sheet;
    const end = this.#end(down);
    for (let i = 0, at = down * width; i < end; i++, at++) {
      if (!x.inside[i]) continue;
      const shade = row[i] * scale + SHADES + 0.5;
      if (shade > 0) pixels[at] = shades[shade < 2 * SHADES ? shade | 0 : 2 * SHADES];
      else if (shade <= 0) pixels[at] = shades[0];
      else pixels[at] = Number.isNaN(row[i]) ? this.#hatch(i, down) : shades[row[i] > 0 ? 2 * SHADES : 0]; // ∞ · 0
    }
  }

  /** @param {number} i @param {number} down a pixel whose value is no number @returns {number} */
  #hatch(i, down) {
    const { line, shades } = this;
    this.striped = true;
    return mixed(shades[SHADES], line, (i + down) & HATCH ? FAINT : DARK);
  }

  /**
   * Where the values pass zero. A square's slope is that of its first pixel, as GPUs have it that are quick about it.
   * @param {Float32Array} upper @param {Float32Array} lower @param {number} down row of the upper
   */
  #trace(upper, lower, down) {
    const { width } = this.sheet;
    for (let i = 0; i < width; i += 2) {
      const slope = Math.max(Math.abs(upper[i + 1] - upper[i]) + Math.abs(lower[i] - upper[i]), 1e-12);
      const far = WIDE * slope;
      if (Math.abs(upper[i]) < far) this.#dot(upper[i], slope, i, down);
      if (Math.abs(upper[i + 1]) < far) this.#dot(upper[i + 1], slope, i + 1, down);
      if (Math.abs(lower[i]) < far) this.#dot(lower[i], slope, i, down + 1);
      if (Math.abs(lower[i + 1]) < far) this.#dot(lower[i + 1], slope, i + 1, down + 1);
    }
  }

  /** @param {number} value @param {number} slope @param {number} i @param {number} down a pixel near zero */
  #dot(value, slope, i, down) {
    const { sheet, x, line } = this;
    const { pixels, width, height } = sheet;
    const at = down * width + i;
    if (i < width && down < height && x.inside[i] && i < this.#end(down))
      pixels[at] = mixed(pixels[at], line, Math.min(1, WIDE - Math.abs(value) / slope));
  }
}
