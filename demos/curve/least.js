/**
 * The lower edge of the error's curve: beside Adam's spikes, how far training has come.
 *
 * In: a demo that keeps the curve of `loss.history`, thinned. Out: a layer. At each step that is kept it draws the
 * least error that is kept of the last RECENT steps, broad enough to be seen below the error where both are the same.
 */

/** @typedef {import("../runtime/types.d.ts").Curve} Curve */
/** @typedef {import("../runtime/views/plot.js").Layer} Layer */

const RECENT = 500;

/** @param {Curve} curve @returns {Float32Array} steps and least errors by turns */
function least({ steps, values, count }) {
  const pairs = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    let low = values[i];
    for (let j = i - 1; j >= 0 && steps[i] - steps[j] < RECENT; j--) low = Math.min(low, values[j]);
    pairs.set([steps[i], low], 2 * i);
  }
  return pairs;
}

/** @returns {Layer} */
export function leastLine() {
  const colour = "--cat-2";
  return {
    label: `least of ${RECENT} steps`,
    colour,
    marks(plot) {
      const curve = plot.demo.curve("loss.history").find(({ ghost }) => !ghost);
      if (!curve || curve.count < 2) return [];
      const { count } = curve;
      /** @type {import("../runtime/types.d.ts").MarkData} */
      const data = { shape: [count, 2], dtype: "f32", array: least(curve) };
      const place = { flags: 1, size: count, count: count - 1, ...plot.scale };
      return [{ shape: "segment", data, colours: [colour], ...place, width: 3.5 }];
    },
  };
}
