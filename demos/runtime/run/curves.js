/**
 * What a replayed figure shows: its two curves, and how it was made. Loaded when the reader asks for either.
 *
 * In: a canvas and numbers, or the figure's record. Out: pixels, or a list. It runs nothing.
 */
import { h, token } from "../common/dom.js";

/** @param {import("../types.d.ts").ReplayRecord} record @returns {HTMLElement} */
export function recordList({ adapter, seed, times, program, versions, kernels }) {
  const rows = [
    ["run", `${program}, ${times} times, seed ${seed}`],
    ["adapter", adapter],
    ...Object.entries(versions),
    ...Object.entries(kernels),
  ];
  return h("dl", null, ...rows.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
}

/** @param {HTMLCanvasElement} canvas @param {number[]} built @param {ArrayLike<number>} live: as far as it has come */
export function drawCurves(canvas, built, live) {
  canvas.hidden = false;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * devicePixelRatio));
  Object.assign(canvas, { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const [low, high] = [Math.min(0, ...built), Math.max(...built)];
  // The built curve is a broad band, the live one a thin line in it: agreement is seen as a line that stays inside.
  for (const [values, colour, wide] of /** @type {[ArrayLike<number>, string, number][]} */ ([
    [built, "--line", 7],
    [live, "--cat-1", 1.75],
  ])) {
    context.strokeStyle = token(colour);
    context.lineWidth = wide * devicePixelRatio;
    context.lineJoin = context.lineCap = "round";
    context.beginPath();
    for (let i = 0; i < values.length; i++)
      context.lineTo(
        (width * (i + 0.5)) / built.length,
        height - (0.05 + (0.9 * (values[i] - low)) / (high - low || 1)) * height,
      );
    context.stroke();
  }
}
