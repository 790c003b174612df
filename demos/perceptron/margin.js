/**
 * How long to look for the best margin, and what is known of it so far.
 *
 * In: a demo whose plan narrows a bracket around the margin with `tighten`. Out: runs of that program, and numbers.
 */

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/**
 * `own` is the margin of the present line, `margin` the largest that any line has. `bound` is NaN while that is being
 * measured, infinite where there is none.
 * @typedef {{ mistakes: number, wrong: number, count: number, own: number, radius: number, margin: number,
 *   bound: number }} Summary
 */

export const HOPELESS = 0.004; // a margin below this is called none: the bound would be beyond 60,000
const CLOSE = 1.002; // the ends of the bracket agree to a fifth of a per cent
const KNOWN = 1.03; // they agree well enough to name a bound
const ROUNDS = 60; // of so many narrowings each; beyond that single precision has no more to give
const NARROWINGS = 300;

export class MarginSearch {
  /** The points that it looks at. */
  #points = "";
  #stepBefore = 0;
  #rounds = 0;

  /**
   * Starts again when the points have changed, for the bound counts mistakes on one set of points. @param {Demo} demo
   */
  update(demo) {
    if (!demo.live) return;
    const points = ["points", "labels", "count"].map((name) => demo.input(name).join()).join(";");
    const changed = points !== this.#points;
    if (changed && this.#points && demo.step) demo.reset();
    if (changed || demo.step < this.#stepBefore) this.#rounds = 0; // a reset forgets how far the narrowing had come
    this.#points = points;
    this.#stepBefore = demo.step;
    const [least, most] = [demo.number("margin_at_least"), demo.number("margin_at_most")];
    const done = most < HOPELESS || most < least * CLOSE;
    if (this.#rounds && (done || this.#rounds > ROUNDS)) return;
    this.#rounds++;
    demo.run("tighten", NARROWINGS);
  }
}

/** @param {Demo} demo @returns {Summary} */
export function summary(demo) {
  const names = ["mistakes", "wrong", "margin", "radius", "margin_at_least", "margin_at_most"];
  const [mistakes, wrong, own, radius, margin, most] = names.map((name) => demo.number(name));
  const bound = most < HOPELESS ? Infinity : most < margin * KNOWN ? (radius / margin) ** 2 : NaN;
  return { mistakes, wrong, count: demo.input("count")[0] ?? 0, own, radius, margin, bound };
}
