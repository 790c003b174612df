/**
 * The straight pieces of the fit that is drawn. Where a unit switches the fit need not bend: what the unit gives may
 * not reach the output, for its way there is switched off or its weight is 0.
 *
 * In: the fit at evenly spaced places, and how many units have switched before each. Out: a number. Switches between
 * the same two samples all count if the fit bends there at all.
 */

/** @typedef {import("../runtime/types.d.ts").Numbers} Numbers */

/** Times the rounding that is seen where no unit switches. */
const MARGIN = 4;

/** @param {Record<string, Numbers>} values `fit`, and `piece`: how many units have switched before each place */
export function piecesOf({ fit, piece }) {
  const last = fit.length - 1;
  const switches = (/** @type {number} */ gap) => piece[gap + 1] - piece[gap];
  const turn = (/** @type {number} */ i) => (i > 0 && i < last ? Math.abs(fit[i + 1] - 2 * fit[i] + fit[i - 1]) : 0);
  let rounding = 0;
  for (let i = 1; i < last; i++) if (piece[i + 1] === piece[i - 1]) rounding = Math.max(rounding, turn(i));
  let pieces = 1;
  for (let gap = 0; gap < last; gap++)
    if (Math.max(turn(gap), turn(gap + 1)) > MARGIN * rounding) pieces += switches(gap);
  return pieces;
}
