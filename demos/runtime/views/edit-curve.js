/**
 * A curve that the reader draws on a plot, by mouse, touch and keyboard. Loaded with such a plot.
 *
 * In: a plot and the name of the input to write. Out: `demo.edit` calls, so that it is in the link.
 */
import { ARROWS } from "../common/arrows.js";
import { isForBrowser } from "../common/keys.js";
import { numeral } from "../common/numbers.js";
import { onEdit } from "./gesture.js";

/** @typedef {import("./plot.js").Plot} Plot */
/** @typedef {() => { from: number, step: number, size: number }} Samples where the curve's samples lie on x */

/** @param {Plot} plot @param {string} y @param {Samples} samples */
export const editCurve = (plot, y, samples) => new CurveEditor(plot, y, samples);

class CurveEditor {
  /** The sample that the keyboard moves, and the one that the pointer was at before, -1 at the start of a stroke. */
  #sample = 0;
  #before = -1;

  /** @param {Plot} plot @param {string} y @param {Samples} samples */
  constructor(plot, y, samples) {
    this.plot = plot;
    this.y = y;
    this.samples = samples;
    const { over, demo } = plot;
    over.classList.add("editable");
    over.setAttribute("tabindex", "0");
    over.setAttribute("role", "slider");
    this.#announce(0);
    onEdit(over, {
      begin: (event) => {
        if (!demo.live) return false;
        this.#before = -1;
        this.#draw(event);
      },
      move: (event) => this.#draw(event),
      end() {},
    });
    over.addEventListener("keydown", (event) => this.#press(/** @type {KeyboardEvent} */ (event)));
  }

  /** @param {number} i @param {number} value */
  #put(i, value) {
    const { plot, y } = this;
    const values = plot.demo.input(y);
    const clamped = Math.min(plot.y.value(1), Math.max(plot.y.value(0), value));
    // A quick stroke skips samples: join it to where the pointer was.
    const start = this.#before < 0 ? i : this.#before;
    const old = values[start];
    for (let k = Math.min(start, i); k <= Math.max(start, i); k++)
      values[k] = start === i ? clamped : old + ((clamped - old) * (k - start)) / (i - start);
    plot.demo.edit(y, values);
    this.#announce(i);
  }

  /** @param {number} i */
  #announce(i) {
    const { plot, y } = this;
    const { from, step, size } = this.samples();
    this.#sample = Math.min(size - 1, Math.max(0, i));
    const value = plot.demo.input(y)[this.#sample];
    plot.over.setAttribute("aria-valuenow", (value ?? 0).toFixed(2));
    plot.over.setAttribute("aria-valuetext", `${numeral(value)} at ${numeral(from + this.#sample * step)}`);
  }

  /** @param {PointerEvent} event */
  #draw(event) {
    const [x, value] = this.plot.locate(event);
    const { from, step, size } = this.samples();
    const i = Math.min(size - 1, Math.max(0, Math.round((x - from) / step)));
    this.#put(i, value);
    this.#before = i;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { plot, y } = this;
    const arrow = ARROWS[event.key];
    if (!arrow || isForBrowser(event)) return;
    this.#before = -1;
    const height = plot.y.value(1) - plot.y.value(0);
    if (arrow[0]) this.#announce(this.#sample + arrow[0] * (event.shiftKey ? 8 : 1));
    else this.#put(this.#sample, plot.demo.input(y)[this.#sample] + arrow[1] * 0.02 * height);
    event.preventDefault();
    event.stopPropagation();
  }
}
