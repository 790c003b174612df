/**
 * Points of two classes as a model takes them: the inputs `points` [room, 2], `labels` [room] and `count`.
 *
 * In: rows of x, y and class. Out: values of those inputs, written or not. Rows that are not used are zero.
 */

const INPUTS = ["points", "labels", "count"];

/**
 * @param {number[][]} rows x, y and class @param {number} room rows of the inputs @returns {Record<string, number[]>}
 */
export const pointSet = (rows, room) => ({
  points: Array.from({ length: 2 * room }, (_, i) => rows[i >> 1]?.[i % 2] ?? 0),
  labels: Array.from({ length: room }, (_, i) => rows[i]?.[2] ?? 0),
  count: [rows.length],
});

/**
 * @param {import("../demo/demo.js").Demo} demo
 * @param {Record<string, number[]>} [set] else those of the author's experiment
 */
export function writePoints(demo, set) {
  for (const name of INPUTS) {
    const values = set?.[name] ?? demo.experiment.given(name);
    if (values) demo.write(name, values);
  }
}
