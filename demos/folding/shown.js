/**
 * Which unit's numbers the plane and the sheet are coloured by: the output's, until the reader chooses another.
 *
 * In: a choice. Out: what meshes are to draw, and words for it.
 */
import { name, widthsOf } from "./parts.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/** @typedef {{ name: string, index: number, range: number }} Numbers */

export class Shown {
  /** @type {{ column: number, k: number } | undefined} */
  #unit;

  /** @param {Demo} demo */
  constructor(demo) {
    this.demo = demo;
  }

  /** @returns {{ column: number, k: number }} one that the network has */
  get unit() {
    const widths = widthsOf(this.demo);
    const { column, k } = this.#unit ?? { column: widths.length, k: 0 };
    return column < widths.length - 1 && k < widths[column] ? { column, k } : { column: widths.length - 1, k: 0 };
  }

  /** @param {number} column @param {number} k shown now, or no more if it was already */
  choose(column, k) {
    const { unit } = this;
    const again = unit.column === column && unit.k === k;
    this.#unit = again ? undefined : { column, k };
    this.demo.redraw();
  }

  get words() {
    const { column, k } = this.unit;
    return name(this.demo, column, k);
  }

  get numbers() {
    return this.of(this.unit.column, this.unit.k);
  }

  /** @param {number} column of units, 0 is the input @param {number} k @returns {Numbers} of the plan, one a vertex */
  of(column, k) {
    const last = widthsOf(this.demo).length - 1;
    if (column === last) return { name: "field", index: 0, range: 6 };
    if (column === 0) return { name: "plane", index: k, range: 1 };
    return { name: `units.${column - 1}`, index: k, range: Number(this.demo.control("activation")) ? 2 : 1 };
  }
}
