/**
 * What the views show, as tables. Loaded when the reader asks for them.
 *
 * In: views, and the plots, demos and names that they have their numbers from. Out: numbers as text, or elements.
 */
import { h } from "../common/dom.js";
import { numeral } from "../common/numbers.js";

/** @typedef {import("../views/plot.js").Plot} Plot */
/** @typedef {import("../types.d.ts").Demo} Demo */
/** @typedef {import("../types.d.ts").Table} Table */
/** @typedef {import("../types.d.ts").Columns} Columns */
/** @typedef {import("../types.d.ts").Curve} Curve */

const ROWS = 100;
/** A coarse grid says what the colours say: nine by nine samples. */
const GRID = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((k) => k / 8);

/** @template T @param {number} length @param {(i: number) => T} of @returns {T[]} */
const list = (length, of) => Array.from({ length }, (_, i) => of(i));

/** Handed to views and layers, which know what they show: this file is loaded only when a table is wanted. */
const make = {
  curvesTable,
  seriesTable,
  curveTable,
  pairTable,
  fieldTable,
  barTable,
  plotTable,
  imageTable,
  mapTable,
  drawingTable,
};
/** @typedef {typeof make} TableMaker */

/** @param {import("../types.d.ts").View[]} views */
export async function makeTables(views) {
  const tables = await Promise.all(views.map((view) => view.table?.(make)));
  return tables.flatMap((table) => table ?? []).map(makeTable);
}

/** @param {Table} table */
function makeTable({ title, head, rows }) {
  const names = head.map((each) => (each ? h("th", { scope: "col" }, each) : h("td", null)));
  const cells = rows.map((row) => h("tr", null, ...row.map((each) => h("td", null, `${each}`))));
  const parts = [h("caption", null, title), h("thead", null, h("tr", null, ...names)), h("tbody", null, ...cells)];
  const table = h("table", null, ...parts);
  return h("div", { className: "table-scroll", tabIndex: 0, role: "region", "aria-label": title }, table);
}

/** @param {string} label @param {Curve[]} curves the newest and its ghosts @returns {Promise<Columns>} */
async function curvesTable(label, curves) {
  const tables = await Promise.all(
    curves.map((curve, k) => seriesTable([k ? `${label}, run ${k} before` : label], [curve])),
  );
  return sideBySide(tables);
}

/**
 * @param {string[]} labels @param {Curve[]} curves with the same steps @returns {Promise<Columns>} a column for each
 */
async function seriesTable(labels, curves) {
  const [{ steps, count }] = curves;
  const every = Math.max(1, Math.ceil(count / ROWS));
  const row = (/** @type {number} */ i) => [numeral(steps[i]), ...curves.map(({ values }) => numeral(values[i]))];
  return { head: ["step", ...labels], rows: list(Math.ceil(count / every), (i) => row(i * every)) };
}

/** @param {Columns[]} tables @returns {Columns} */
function sideBySide(tables) {
  const long = Math.max(0, ...tables.map(({ rows }) => rows.length));
  return {
    head: tables.flatMap(({ head }) => head),
    rows: list(long, (i) => tables.flatMap(({ head, rows }) => rows[i] ?? head.map(() => ""))),
  };
}

/**
 * @param {Plot} plot @param {string} y @param {string} label @param {{ from: number, step: number, size: number }}
 *   samples
 * @returns {Promise<Columns>}
 */
async function curveTable({ demo, x }, y, label, { from, step, size }) {
  const values = await demo.read(y);
  const every = Math.ceil(size / ROWS);
  const row = (/** @type {number} */ i) => [numeral(from + i * step), numeral(values[i])];
  return { head: [x.name || "x", label], rows: list(Math.ceil(size / every), (i) => row(i * every)) };
}

/** @param {Plot} plot @param {string} xy @returns {Promise<Columns>} */
async function pairTable({ demo }, xy) {
  const values = await demo.read(xy);
  const row = (/** @type {number} */ i) => [numeral(values[2 * i]), numeral(values[2 * i + 1])];
  return { head: [`${xy} x`, `${xy} y`], rows: list(Math.min(ROWS, values.length / 2), row) };
}

/** @param {Plot} plot @param {string} name @returns {Promise<Columns>} */
async function fieldTable({ demo, x, y }, name) {
  const [rows, columns] = demo.shape(name);
  const values = await demo.read(name);
  const at = (/** @type {number} */ u, /** @type {number} */ v) =>
    values[Math.round(v * (rows - 1)) * columns + Math.round(u * (columns - 1))];
  return {
    head: ["y", ...GRID.map((u) => `x = ${numeral(x.value(u))}`)],
    rows: GRID.map((v) => [numeral(y.value(1 - v)), ...GRID.map((u) => numeral(at(u, 1 - v)))]),
  };
}

/**
 * @param {Plot} plot @param {string} name @param {string} label @param {string[]} labels @returns {Promise<Columns>}
 */
async function barTable({ demo }, name, label, labels) {
  const values = await demo.read(name);
  return { head: ["", label], rows: labels.map((each, i) => [each, numeral(values[i])]) };
}

/** @param {Plot} plot @returns {Promise<Table>} its layers' columns, side by side */
async function plotTable(plot) {
  const tables = await Promise.all(plot.layers.map((layer) => layer.table?.(plot, make)));
  return { title: plot.options.title, ...sideBySide(tables.filter((table) => table !== undefined)) };
}

/**
 * @param {Demo} demo @param {import("../views/images.js").ImagesOptions} options
 * @returns {Promise<Table>} as pictures are read
 */
async function imageTable(demo, { title, value, count, shape: [rows, columns], strides, labels }) {
  const values = await demo.read(value);
  const [image, pixel] = strides ?? [rows * columns, 1];
  const place = (/** @type {number} */ i) => `${Math.floor(i / columns) + 1}, ${(i % columns) + 1}`;
  return {
    title,
    head: ["row, column", ...list(count, (k) => labels?.[k] ?? `${k}`)],
    rows: list(rows * columns, (i) => [place(i), ...list(count, (k) => numeral(values[k * image + i * pixel]))]),
  };
}

/**
 * @param {Demo} demo @param {{ title: string, value: string, rows: string[], columns: string[], stride: number }} map
 * @returns {Promise<Table>} a row for each of its rows
 */
async function mapTable(demo, { title, value, rows, columns, stride }) {
  const values = await demo.read(value);
  const row = (/** @type {number} */ i) => columns.map((_, k) => numeral(values[i * stride + k]));
  return { title, head: ["", ...columns], rows: rows.map((name, i) => [name, ...row(i)]) };
}

/** @param {Demo} demo @param {import("../views/drawing.js").DrawingOptions} options @returns {Table} */
function drawingTable(demo, { title, write, shape: [rows, columns] }) {
  const ink = demo.input(write);
  return {
    title,
    head: ["", ...list(columns, (k) => `${k + 1}`)],
    rows: list(rows, (i) => [i + 1, ...Array.from(ink.slice(i * columns, (i + 1) * columns), numeral)]),
  };
}
