/**
 * What a model takes its input for: the likeliest name, large, and the next ones with their shares.
 *
 * In: a buffer of probabilities, and a name for each. Out: a view that stands beside an input. It says what was last
 * read.
 */
import { h, viewHead } from "../common/dom.js";
import { numeral, percent } from "../common/numbers.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/**
 * @typedef {{ title: string, value: string, labels: string[], most?: number,
 *   truth?: (demo: Demo) => number | undefined,
 *   waits?: (demo: Demo) => string | undefined }} VerdictOptions `waits` says why there is nothing to say yet
 */

/** @param {ArrayLike<number>} shares @returns {number[]} places of the largest first; what is no number comes last */
export function ranked(shares) {
  const size = (/** @type {number} */ i) => (Number.isFinite(shares[i]) ? shares[i] : -Infinity);
  return Array.from(shares, (_, i) => i).sort((a, b) => size(b) - size(a) || a - b);
}

/** @param {Demo} demo @param {VerdictOptions} options @returns {import("../types.d.ts").View} */
export function verdict(demo, options) {
  const { title, value, labels, most = 3, truth, waits } = options;
  const answer = h("output", { className: "verdict-answer" }, "–");
  const judged = h("span", { className: "verdict-judged" });
  const rows = Array.from({ length: Math.min(most, labels.length) }, () => {
    const [name, bar, share] = [h("span", null, "–"), h("i", null), h("span", null, "–")];
    return { name, bar, share, element: h("li", null, name, bar, share) };
  });
  const list = h("ol", null, ...rows.map(({ element }) => element));
  const body = h("div", { className: "verdict" }, h("p", null, answer, judged), list);

  const update = () => {
    const shares = demo.values[value];
    if (!shares) return;
    const order = ranked(shares);
    const why = waits?.(demo) ?? (Number.isFinite(shares[order[0]]) ? undefined : "no answer: not a number");
    const right = truth?.(demo);
    answer.textContent = why ? "–" : labels[order[0]];
    judged.textContent = why ?? (right === undefined ? "" : right === order[0] ? "right" : `it is ${labels[right]}`);
    judged.className = `verdict-judged ${why || right === undefined ? "" : right === order[0] ? "good" : "bad"}`;
    for (const [k, { name, bar, share }] of rows.entries()) {
      const found = why ? NaN : shares[order[k]];
      name.textContent = why ? "–" : labels[order[k]];
      bar.style.setProperty("--share", `${Math.min(1, Math.max(0, found || 0))}`);
      share.textContent = Number.isFinite(found) ? percent(found) : numeral(found);
    }
  };
  return {
    element: h("div", { className: "plot verdict-view" }, viewHead(title), body),
    reads: [value],
    update,
    table() {
      const shares = demo.values[value] ?? [];
      return { title, head: ["", "share"], rows: labels.map((label, i) => [label, numeral(shares[i])]) };
    },
  };
}
