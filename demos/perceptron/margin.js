/**
 * How long to look for the best margin, and what is known of it so far.
 *
 * In: a demo whose plan narrows a bracket around the margin with `tighten`. Out: runs of that program, and numbers.
 */

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */
/**
 * `own` is the margin of the present weights, `margin` the largest of any. `bound` is (R/γ)², NaN while that is being
 * measured, infinite where it is too large or there is none; `most` is the same as a count of mistakes. `apart` is
 * false where it is known that no line separates the points.
 * @typedef {{ mistakes: number, wrong: number, count: number, own: number, radius: number, margin: number,
 *   bound: number, most: number, apart: boolean }} Summary
 */

export const HOPELESS = 0.004; // no bound is named for a margin below this,
export const BEYOND = 60_000; // for it is greater than this: R is at least 1
const NO_MARGIN = 2e-6; // below this, single precision cannot tell it from none; the model adds 1e-6
const ROUNDING = 2 ** -21; // of single precision: four units in its last place
const CLOSE = 1.002; // the ends of the bracket agree to a fifth of a per cent
const KNOWN = 1.03; // they agree well enough to name a bound
const ROUNDS = 60; // of so many narrowings each; beyond that single precision has no more to give
const NARROWINGS = 300;

export class MarginSearch {
  /** The points that it looks at. */
  #points = "";
  #stepBefore = 0;
  #rounds = 0;
  /** Whether a run has ended because points were changed, and the next has made no mistake yet. */
  anew = false;

  /** Looks at the points whenever they are written, before another step is taken. @param {Demo} demo */
  watch(demo) {
    const write = demo.write.bind(demo);
    demo.write = (name, values) => {
      const taken = write(name, values);
      this.#compare(demo);
      return taken;
    };
  }

  /**
   * Starts again when the points have changed, for the bound counts mistakes on one set of points. @param {Demo} demo
   */
  #compare(demo) {
    const points = ["points", "labels", "count"].map((name) => demo.input(name).join()).join(";");
    if (points === this.#points) return;
    if (this.#points && demo.step) {
      demo.reset();
      this.anew = true;
    }
    this.#rounds = 0;
    this.#points = points;
  }

  /** @param {Demo} demo has read its values */
  update(demo) {
    if (!demo.live) return;
    this.#compare(demo);
    if (demo.step && demo.lookedAt) this.anew = false;
    if (demo.step < this.#stepBefore) this.#rounds = 0; // a reset forgets how far the narrowing had come
    this.#stepBefore = demo.step;
    const [least, most] = [demo.number("margin_at_least"), demo.number("margin_at_most")];
    const done = most < NO_MARGIN || most < least * CLOSE;
    if (this.#rounds && (done || this.#rounds > ROUNDS)) return;
    this.#rounds++;
    demo.run("tighten", NARROWINGS);
  }
}

/**
 * @param {number} bound (R/γ)², as single precision has it
 * @returns {number} the whole number of mistakes that it allows. R and γ are rounded, γ the more the smaller it is: a
 *   bound of 1 comes out as 0.9999999, and must not become 0. Whoever has a point makes one mistake.
 */
export function wholeBound(bound) {
  return Math.max(1, Math.floor(bound * (1 + ROUNDING * (1 + Math.sqrt(bound)))));
}

/** @param {Demo} demo @returns {Summary} */
export function summary(demo) {
  const names = ["mistakes", "wrong", "margin", "radius", "margin_at_least", "margin_at_most"];
  const [mistakes, wrong, own, radius, margin, most] = names.map((name) => demo.number(name));
  const bound = most < HOPELESS ? Infinity : most < margin * KNOWN ? (radius / margin) ** 2 : NaN;
  return {
    mistakes,
    wrong,
    count: demo.input("count")[0] ?? 0,
    own,
    radius,
    margin,
    bound,
    most: wholeBound(bound),
    apart: !(most < NO_MARGIN),
  };
}
