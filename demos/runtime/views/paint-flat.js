/**
 * Marks on a 2-d canvas: what shaders/plots/*.wgsl draw, for browsers without WebGPU. Loaded when a recorded run is
 * shown.
 *
 * In: surfaces, and marks whose numbers are in arrays. Out: pixels.
 */
import { rgba, token } from "../common/dom.js";

/** @typedef {import("./surface.js").Mark} Mark */

/** @type {import("./surface.js").Paint} */
export function flatPaint({ canvas, ratio }, marks) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (const mark of marks)
    if (mark.data.array) (mark.shape === "raster" ? paintRaster : paintMarks)(context, mark, ratio);
}

/** @param {CanvasRenderingContext2D} context @param {Mark} mark @param {number} ratio */
function paintMarks(context, mark, ratio) {
  const { width, height } = context.canvas;
  const values = mark.data.array ?? [];
  const [x0, y0, x1, y1] = mark.window ?? [0, 0, 1, 1];
  const [logX, logY] = mark.logs ?? [0, 0];
  const [from, step] = mark.x ?? [0, 1];
  const size = mark.size ?? mark.count;
  /** @param {number} value @param {number} log */
  const scaled = (value, log) => (log ? Math.log10(Math.max(value, 1e-30)) : value);
  /** @param {number} y */
  const down = (y) => height - ((scaled(y, logY) - y0) / (y1 - y0)) * height;
  /** @param {number} i @returns {[number, number]} */
  const pixel = (i) => {
    const j = ((mark.first ?? 0) + i) % size;
    const [x, y] = mark.flags & 1 ? [values[2 * j], values[2 * j + 1]] : [from + step * i, values[j]];
    return [((scaled(x, logX) - x0) / (x1 - x0)) * width, down(y)];
  };
  /** @param {number} i */
  const colour = (i) => {
    const kind = mark.flags & 2 ? (mark.kind?.array?.[i % size] ?? 0) : 0;
    return token(mark.colours[mark.flags & 4 ? Number(kind > 0) : kind % 7] ?? mark.colours[0]);
  };
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = (mark.width ?? 2) * ratio;
  for (let i = 0; i < mark.count; i++) {
    const [x, y] = pixel(i);
    context.fillStyle = context.strokeStyle = colour(i);
    if (mark.shape === "bar") {
      const wide = ((mark.width ?? 0.7) * width) / (x1 - x0);
      const foot = down(mark.base ?? 0);
      if (mark.flags & 8) context.fillStyle = token(mark.colours[Number(y <= foot)]);
      context.fillRect(x - wide / 2, Math.min(y, foot), wide, Math.abs(foot - y));
    } else if (mark.shape === "disc") {
      context.beginPath();
      context.arc(x, y, ((mark.width ?? 2) * ratio) / 2, 0, 7);
      context.fill();
    } else if ((i + 1) % (mark.run ?? Infinity)) {
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(...pixel(i + 1));
      context.stroke();
    }
  }
}

/** @param {CanvasRenderingContext2D} context @param {Mark} mark @param {number} ratio */
function paintRaster(context, mark, ratio) {
  const { width, height } = context.canvas;
  const { rows = 1, columns = 1, across = 1, count, image: apart = 0, pixel = 1, flags } = mark;
  const values = mark.data.array ?? new Float32Array(1);
  const gap = (mark.gap ?? 0) * ratio;
  let range = mark.range || 1e-12;
  if (!mark.range) for (const each of values) range = Math.max(range, Math.abs(each));
  const [low, zero, high, line] = mark.colours.map((name) => rgba(name).map((part) => part * 255));
  const side = [width / across, height / Math.ceil(count / across)];
  /** @param {number} image @param {number} row @param {number} column */
  const value = (image, row, column) => values[image * apart + (row * columns + column) * pixel];
  /** @param {number} x @param {number} y both 0 to 1, y upwards */
  const interpolated = (x, y) => {
    const [px, py] = [x * (columns - 1), y * (rows - 1)];
    const [ax, ay] = [Math.floor(px), Math.floor(py)];
    const [bx, by] = [Math.min(ax + 1, columns - 1), Math.min(ay + 1, rows - 1)];
    const across = (/** @type {number} */ row) => value(0, row, ax) * (1 - px + ax) + value(0, row, bx) * (px - ax);
    return across(ay) * (1 - py + ay) + across(by) * (py - ay);
  };
  const picture = context.createImageData(width, height);
  let left = 0;
  const above = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [tx, ty] = [Math.floor(x / side[0]), Math.floor(y / side[1])];
      const image = ty * across + tx;
      const u = (x + 0.5 - tx * side[0] - gap / 2) / (side[0] - gap);
      const v = (y + 0.5 - ty * side[1] - gap / 2) / (side[1] - gap);
      if (image >= count || u < 0 || v < 0 || u >= 1 || v >= 1) continue;
      const here = flags & 1 ? interpolated(u, 1 - v) : value(image, Math.floor(v * rows), Math.floor(u * columns));
      const t = Math.min(1, Math.abs(here) / range);
      const slope = Math.abs(here - left) + Math.abs(here - above[x]);
      const near = flags & 2 && x && y ? Math.min(1, Math.max(0, 1.6 - Math.abs(here) / Math.max(slope, 1e-12))) : 0;
      for (let part = 0; part < 3; part++) {
        const plain = zero[part] + ((here < 0 ? low : high)[part] - zero[part]) * t;
        picture.data[4 * (y * width + x) + part] = plain + (line[part] - plain) * near;
      }
      picture.data[4 * (y * width + x) + 3] = 255;
      left = above[x] = here;
    }
  }
  context.putImageData(picture, 0, 0);
}
