/**
 * How much one number changes with another that it is computed from: its derivative.
 *
 * In: cells.js's arithmetic and two cells. Out: a slope, by central differences in double precision: the number is
 * moved by a hundred-thousandth up and down, and all that hangs on it is computed again. The error is some 1e-10 of
 * values near 1. Where slopes differ to the left and to the right, however small the move, there is a kink.
 */

/** @typedef {import("./cells.js").Cells} Cells */
/** @typedef {import("./places.js").Cell} Cell */
/** `left` and `right` where there is a kink. @typedef {{ slope: number, left?: number, right?: number }} Slope */

const MOVE = 1e-5; // of the number, or of 1 where it is smaller
const ROUGH = 1e-9; // of the number: what rounding makes of a slope
const SHARP = 0.75; // of smooth functions half the move has half the difference, of kinks the whole

/**
 * @param {Cells} cells @param {Cell} of the number that changes @param {Cell} by the one that is moved
 * @returns {Slope | undefined} none where an op on the way is not followed or there are too many numbers
 */
export function derivative(cells, of, by) {
  const middle = cells.value(by);
  const move = MOVE * Math.max(1, Math.abs(middle));
  const there = (/** @type {number} */ x) => cells.changed(by, x).value(of);
  const value = cells.value(of);
  const [below, above] = [there(middle - move), there(middle + move)];
  const slope = (above - below) / (2 * move);
  if (Number.isNaN(slope)) return undefined;
  const [left, right] = [(value - below) / move, (above - value) / move];
  const apart = Math.abs(right - left);
  const rough = ROUGH * Math.max(1, Math.abs(value));
  if (apart <= Math.max(rough, 1e-3 * Math.max(Math.abs(left), Math.abs(right)))) return { slope };
  const half = move / 2;
  const nearer = Math.abs(there(middle + half) + there(middle - half) - 2 * value) / half;
  return nearer > SHARP * apart ? { slope, left, right } : { slope };
}
