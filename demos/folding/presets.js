/** Points to start from: three sets that a formula makes. The manifest's own is the spiral. */
import { pointSet } from "../runtime/index.js";

const ROOM = 128; // as in model.py

/** @param {number} count @param {(share: number, n: number) => number[]} point */
const list = (count, point) => Array.from({ length: count }, (_, n) => point(n / count, n));

const circle = (/** @type {number} */ radius, /** @type {number} */ share) => [
  radius * Math.cos(2 * Math.PI * share),
  radius * Math.sin(2 * Math.PI * share),
];

/**
 * As sunflowers set their seeds: even, without a lattice's lines. @param {number} n @param {number} count
 * @param {number} radius
 */
const sunflower = (n, count, radius) => circle(radius * Math.sqrt((n + 0.5) / count), n * 0.381966);

/** @type {Record<string, Record<string, number[]>>} */
export const PRESETS = {
  xor: pointSet(
    [
      [1, 1, -1],
      [-1, -1, -1],
      [1, -1, 1],
      [-1, 1, 1],
    ].flatMap(([x, y, kind]) =>
      list(20, (_, n) => {
        const [dx, dy] = sunflower(n, 20, 0.36);
        return [0.5 * x + dx, 0.5 * y + dy, kind];
      }),
    ),
    ROOM,
  ),
  rings: pointSet(
    [
      ...list(36, (_, n) => [...sunflower(n, 36, 0.4), -1]),
      ...list(54, (share, n) => [...circle(n % 2 ? 0.72 : 0.84, share), 1]),
    ],
    ROOM,
  ),
  moons: pointSet(
    [
      ...list(40, (share, n) => [
        -0.25 + (0.5 + 0.06 * (n % 3)) * Math.cos(Math.PI * share),
        -0.12 + (0.5 + 0.06 * (n % 3)) * Math.sin(Math.PI * share),
        -1,
      ]),
      ...list(40, (share, n) => [
        0.25 + (0.5 + 0.06 * (n % 3)) * Math.cos(Math.PI * share),
        0.12 - (0.5 + 0.06 * (n % 3)) * Math.sin(Math.PI * share),
        1,
      ]),
    ],
    ROOM,
  ),
};
