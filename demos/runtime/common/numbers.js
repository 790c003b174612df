/** Numbers as readers see them, with a real minus. In: a number. Out: text. It does not know what the number counts. */

/** @param {string} text */
const withMinus = (text) => text.replace(/-/g, "−");

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @param {number} value @returns {string} "7.2 × 10⁻⁵" */
function scientific(value) {
  const [factor, exponent] = value.toExponential(1).split("e");
  const power = [...`${Number(exponent)}`].map((digit) => RAISED[Number(digit)] ?? "⁻").join("");
  return `${factor} × 10${power}`;
}

/** @param {number} value @returns {string} three significant digits, counts in full */
export function numeral(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value < 0 ? "−∞" : "∞";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return withMinus((value || 0).toLocaleString("en-GB"));
  if (size < 1e-3 || size >= 1e6) return withMinus(scientific(value));
  return withMinus((+value.toPrecision(3)).toLocaleString("en-GB", { maximumFractionDigits: 6 }));
}

/** @param {number} value @param {number} [places] @returns {string} so many decimals, always */
export const fixed = (value, places = 2) =>
  Number.isFinite(value) ? withMinus(value.toFixed(places)) : numeral(value);

/** @param {number} digit @returns {string} "a 7", "an 8" */
export const article = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;

/** @param {number} loss @param {number} steps that were taken @returns {string} "–" before the first */
export const lossOf = (loss, steps) => (steps && Number.isNaN(loss) ? "not a number" : numeral(loss));

/** @param {number} share 0 to 1 @returns {string} "98.5 %" */
export const percent = (share) => `${fixed(100 * share, 1)} %`;

/**
 * @param {number} count @param {string} one of what is counted @param {string} [many]
 * @returns {string} "1 step", "2,000 steps"
 */
export const quantity = (count, one, many = `${one}s`) => `${numeral(count)} ${count === 1 ? one : many}`;
