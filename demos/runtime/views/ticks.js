/**
 * Where an axis has its ticks, and how their numbers are written: all on one axis in one style.
 *
 * In: the ends of an axis. Out: positions, and names for them. It knows neither pixels nor what is counted.
 */
import { numeral } from "../common/numbers.js";

/** A number, and the power of ten that stands raised behind it. @typedef {{ text: string, power?: string }} TickName */

/** Plain numbers lie between these; an axis on which one does not is written in powers of ten. */
const [SMALLEST, LARGEST] = [1e-3, 1e5];

/**
 * @param {number} low @param {number} high @param {number} most
 * @returns {number[]} multiples of 1, 2 or 5 times a power of ten
 */
export function ticksOf(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) ticks.push(k * step);
  return ticks;
}

/**
 * @param {number} low @param {number} high both logarithms @param {number} most
 * @returns {number[]} logarithms of powers of ten, and of 2 and 5 between them where there is room
 */
export function logTicksOf(low, high, most) {
  const decades = ticksOf(Math.floor(low), Math.ceil(high), most).filter(Number.isInteger);
  const all =
    (high - low) * 3 > most ? decades : decades.flatMap((each) => [each, each + Math.log10(2), each + Math.log10(5)]);
  return all.filter((each) => each >= low - 1e-9 && each <= high + 1e-9);
}

/** @param {number} value @returns {number} its decimal exponent */
const exponentOf = (value) => Math.floor(Math.log10(Math.abs(value)) + 1e-9);

/** @param {number} exponent */
const raised = (exponent) => `${exponent}`.replace("-", "−");

/** @param {number[]} values of all ticks on a linear axis, evenly spaced @returns {TickName[]} */
export function linearNames(values) {
  const step = values.length > 1 ? values[1] - values[0] : Math.abs(values[0]) || 1;
  const last = exponentOf(step);
  const clean = values.map((value) => (Math.abs(value) < 1e-9 * step ? 0 : value));
  if (clean.some((value) => Math.abs(value) >= LARGEST) || step < SMALLEST)
    return clean.map((value) => powerName(Math.round(value / 10 ** last), last));
  const places = { minimumFractionDigits: Math.max(0, -last), maximumFractionDigits: Math.max(0, -last) };
  return clean.map((value) => ({ text: value.toLocaleString("en-GB", places).replace("-", "−") }));
}

/** @param {number} factor @param {number} exponent @returns {TickName} */
function powerName(factor, exponent) {
  return factor ? { text: `${numeral(factor)}·10`, power: raised(exponent) } : { text: "0" };
}

/** @param {number[]} logs decimal logarithms of all ticks on a logarithmic axis @returns {TickName[]} */
export function logNames(logs) {
  const values = logs.map((each) => Number((10 ** each).toPrecision(2)));
  if (!values.some((value) => value < SMALLEST || value >= LARGEST))
    return values.map((value) => ({ text: numeral(value) }));
  return values.map((value) => {
    const exponent = exponentOf(value);
    const factor = Math.round(value / 10 ** exponent);
    return factor === 1 ? { text: "10", power: raised(exponent) } : powerName(factor, exponent);
  });
}
