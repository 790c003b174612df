/** Points to start from: three sets that a formula makes, in the model's 128 slots. The manifest's own is the spiral. */

const SLOTS = 128;

/** @param {number[][]} all positions and class: [x, y, -1 or 1] @returns {Record<string, number[]>} the model's inputs */
function slots(all) {
  return {
    points: Array.from({ length: 2 * SLOTS }, (_, i) => all[i >> 1]?.[i % 2] ?? 0),
    labels: Array.from({ length: SLOTS }, (_, i) => all[i]?.[2] ?? 0),
    count: [all.length],
  };
}

/** @param {number} count @param {(share: number, n: number) => number[]} point */
const row = (count, point) => Array.from({ length: count }, (_, n) => point(n / count, n));

const circle = (/** @type {number} */ radius, /** @type {number} */ share) => [
  radius * Math.cos(2 * Math.PI * share),
  radius * Math.sin(2 * Math.PI * share),
];

/** Sunflower seeds: even, without a lattice's lines. @param {number} n @param {number} count @param {number} radius */
const seed = (n, count, radius) => circle(radius * Math.sqrt((n + 0.5) / count), n * 0.381966);

/** @type {Record<string, Record<string, number[]>>} */
export const PRESETS = {
  xor: slots(
    [
      [1, 1, -1],
      [-1, -1, -1],
      [1, -1, 1],
      [-1, 1, 1],
    ].flatMap(([x, y, kind]) =>
      row(20, (_, n) => {
        const [dx, dy] = seed(n, 20, 0.36);
        return [0.5 * x + dx, 0.5 * y + dy, kind];
      }),
    ),
  ),
  rings: slots([
    ...row(36, (_, n) => [...seed(n, 36, 0.4), -1]),
    ...row(54, (share, n) => [...circle(n % 2 ? 0.72 : 0.84, share), 1]),
  ]),
  moons: slots([
    ...row(40, (share, n) => [
      -0.25 + (0.5 + 0.06 * (n % 3)) * Math.cos(Math.PI * share),
      -0.12 + (0.5 + 0.06 * (n % 3)) * Math.sin(Math.PI * share),
      -1,
    ]),
    ...row(40, (share, n) => [
      0.25 + (0.5 + 0.06 * (n % 3)) * Math.cos(Math.PI * share),
      0.12 - (0.5 + 0.06 * (n % 3)) * Math.sin(Math.PI * share),
      1,
    ]),
  ]),
};
