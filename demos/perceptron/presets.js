/** Points to start from, in the model's 64 rows. The manifest's own are two classes well apart. */
import { pointSet } from "../runtime/index.js";

const ROOM = 64; // as in model.py

/** @param {number[]} flat x and y of each @param {number} kind @returns {number[][]} with their class */
const rows = (flat, kind) => Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1], kind]);

/** @param {number[]} negative @param {number[]} positive x and y of each */
const both = (negative, positive) => pointSet([...rows(negative, -1), ...rows(positive, 1)], ROOM);

const ring = Array.from({ length: 9 }, (_, k) => [0.72 * Math.cos(0.7 * k), 0.72 * Math.sin(0.7 * k)]).flat();

export const NO_POINTS = both([], []);

/** @type {Record<string, Record<string, number[]>>} */
export const PRESETS = {
  narrow: both(
    [-0.75, -0.62, -0.4, -0.3, -0.05, 0.0, 0.3, 0.34, 0.7, 0.72, 0.55, -0.5],
    [-0.72, -0.44, -0.36, -0.1, -0.02, 0.22, 0.28, 0.56, 0.6, 0.88, -0.6, 0.55],
  ),
  xor: both([0.75, 0.75, -0.75, -0.75], [0.75, -0.75, -0.75, 0.75]),
  rings: both(
    [0.15, 0.05, -0.1, 0.18, -0.18, -0.12, 0.08, -0.2, 0.24, -0.08],
    ring.map((each) => +each.toFixed(2)),
  ),
};
