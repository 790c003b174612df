/**
 * What the sheet and the plane show, as columns of "Show data as table".
 *
 * In: names of buffers, words for what they hold. Out: columns. Points that do not exist are left out.
 */
import { numeral } from "../runtime/index.js";

/** @typedef {import("../runtime/views/plot.js").Layer} Layer */
/** @typedef {NonNullable<Layer["table"]>} Make */
/** @typedef {import("../runtime/types.d.ts").Numbers} Numbers */

const MESH = 41; // as in model.py
const EVERY = 5; // of its vertices a row, in both directions
const FAR = 1e8; // beyond it lies what is not to be seen

/** @param {Numbers} values @param {number} i @returns {string[]} */
const pair = (values, i) => [numeral(values[2 * i]), numeral(values[2 * i + 1])];

/** @param {Layer[]} layers that are drawn @param {Make[]} tables in the place of theirs @returns {Layer[]} */
export const withTables = (layers, ...tables) => [
  ...layers.map((layer) => ({ ...layer, table: undefined })),
  ...tables.map((table) => ({ table })),
];

/** Some vertices of the lattice. @returns {number[]} */
function vertices() {
  const stops = Array.from({ length: (MESH - 1) / EVERY + 1 }, (_, k) => k * EVERY);
  return stops.flatMap((row) => stops.map((column) => row * MESH + column));
}

/**
 * @param {Record<string, string[]>} pairs names of buffers of pairs, and the words above each
 * @param {() => import("./shown.js").Shown} [shown] a unit, whose number stands beside them
 * @returns {Make}
 */
export const latticeColumns =
  (pairs, shown) =>
  async ({ demo }) => {
    const read = await Promise.all(Object.keys(pairs).map((name) => demo.read(name)));
    const rows = vertices().map((i) => read.flatMap((values) => pair(values, i)));
    const head = Object.values(pairs).flat();
    if (!shown) return { head, rows };
    const { words, numbers } = shown();
    const values = await demo.read(numbers.name);
    const each = values.length / MESH ** 2;
    const of = (/** @type {number} */ i) => numeral(values[i * each + numbers.index]);
    return { head: [...head, words], rows: vertices().map((i, k) => [...rows[k], of(i)]) };
  };

/**
 * @param {string} xy @param {string[]} head @param {string} [kind] the buffer of their classes
 * @param {string} [count] the input that says how many there are
 * @returns {Make}
 */
export const pointColumns =
  (xy, head, kind, count) =>
  async ({ demo }) => {
    const values = await demo.read(xy);
    const kinds = kind && (await demo.read(kind));
    const most = count ? demo.input(count)[0] : values.length / 2;
    const there = Array.from({ length: most }, (_, i) => i).filter((i) => Math.abs(values[2 * i]) < FAR);
    return {
      head: kinds ? [...head, "class"] : head,
      rows: there.map((i) => [...pair(values, i), ...(kinds ? [numeral(kinds[i])] : [])]),
    };
  };
