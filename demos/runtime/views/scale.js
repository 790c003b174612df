/**
 * What the colours of a picture mean: a strip from one end of its scale to the other, with numbers.
 *
 * In: a palette, the magnitude of full colour. Out: an element. It colours nothing itself.
 */
import { h } from "../common/dom.js";
import { largestOf } from "../common/data.js";
import { numeral } from "../common/numbers.js";

/** @typedef {"diverging" | "sequential"} Palette */

/** @param {Palette} [palette] @param {string} [high] a token @returns {string[]} of low, zero, high and line */
export function coloursOf(palette = "diverging", high = "--ink") {
  return ["--negative", "--paper", palette === "sequential" ? high : "--positive", "--ink"];
}

/** @param {Palette} [palette] @param {string} [high] @param {boolean} [pale] where words stand on the colours */
export function scaleLegend(palette = "diverging", high = "--ink", pale = false) {
  const [from, to] = [h("span", null, "–"), h("span", null, "–")];
  const strip = h("i", { className: `scale-strip ${palette} ${pale ? "pale" : ""}` });
  strip.style.setProperty("--high", `var(${high})`);
  const element = h("span", { className: "plot-legend scale-legend" }, from, strip, to);
  let shown = NaN;
  return {
    element,
    /** @param {number | undefined} range fixed by the author @param {ArrayLike<number>} [values] else as last read */
    show(range, values) {
      const largest = range ?? (values?.length ? largestOf(values) : NaN);
      if (Object.is(largest, shown)) return;
      shown = largest;
      from.textContent = palette === "sequential" ? "0" : numeral(-largest);
      to.textContent = numeral(largest);
    },
  };
}
