/**
 * A strip of tokens: each a button, shaded by a number of its own.
 *
 * In: their texts, the name of a buffer with a number for each, what choosing one does. Out: a view. Where the texts
 * come from, the demo knows.
 */
import { h, viewHead } from "../common/dom.js";
import { largestOf } from "../common/data.js";
import { isForBrowser } from "../common/keys.js";
import { numeral } from "../common/numbers.js";
import { visible } from "../common/texts.js";
import { scaleLegend } from "./scale.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/**
 * @typedef {{ title: string, tokens: (demo: Demo) => string[], value?: string, label?: string, range?: number,
 *   palette?: import("./scale.js").Palette, choose?: (place: number) => void, chosen?: () => number | undefined
 *   }} TokensOptions
 */

/** @param {Demo} demo @param {TokensOptions} options @returns {import("../types.d.ts").View} */
export function tokens(demo, options) {
  const strip = new Strip(demo, options);
  strip.draw();
  return {
    element: h("div", { className: "plot" }, viewHead(options.title, ...strip.legends), strip.element),
    reads: options.value ? [options.value] : [],
    draw: () => strip.draw(),
    update: () => strip.update(),
    table: () => strip.table(),
  };
}

class Strip {
  element;
  #texts = "";
  #focused = 0;

  /** @param {Demo} demo @param {TokensOptions} options */
  constructor(demo, options) {
    this.demo = demo;
    this.options = options;
    this.legend = scaleLegend(options.palette ?? "sequential", "--accent", true);
    this.element = h("div", { className: "tokens pale", role: "group", "aria-label": options.title });
    this.element.classList.toggle("diverging", options.palette === "diverging");
    this.element.addEventListener("keydown", (event) => this.#press(event));
    this.element.addEventListener("click", ({ target }) =>
      this.#take(this.#buttons.indexOf(/** @type {any} */ (target))),
    );
  }

  get legends() {
    return this.options.value ? [this.legend.element] : [];
  }

  get #buttons() {
    return /** @type {HTMLButtonElement[]} */ ([...this.element.children]);
  }

  /** The numbers as last read, and what is full colour. */
  #numbers() {
    const { value = "", range } = this.options;
    const values = this.demo.values[value] ?? [];
    return { values, full: range ?? (largestOf(values) || 1) };
  }

  draw() {
    const texts = this.options.tokens(this.demo);
    if (texts.join("\n") !== this.#texts || texts.length !== this.element.childElementCount) {
      this.#texts = texts.join("\n");
      this.element.replaceChildren(...texts.map((text) => h("button", { type: "button", textContent: visible(text) })));
      this.#focused = Math.min(this.#focused, Math.max(0, texts.length - 1));
      this.update();
    }
    const chosen = this.options.chosen?.();
    for (const [i, each] of this.#buttons.entries()) {
      each.tabIndex = i === this.#focused ? 0 : -1;
      if (this.options.choose) each.setAttribute("aria-pressed", `${i === chosen}`);
    }
  }

  /** Shades follow what was read. */
  update() {
    const { value, label = value ?? "", range } = this.options;
    if (!value) return;
    const { values, full } = this.#numbers();
    this.legend.show(range, values);
    for (const [i, each] of this.#buttons.entries()) {
      const share = Math.min(1, Math.max(-1, (values[i] ?? 0) / full));
      each.style.setProperty("--share", `${Math.abs(share).toFixed(3)}`);
      each.classList.toggle("below", share < 0);
      each.title = i in values ? `${label} ${numeral(values[i])}` : "";
    }
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { key } = event;
    const buttons = this.#buttons;
    /** @type {Record<string, number>} */
    const places = { ArrowLeft: this.#focused - 1, ArrowRight: this.#focused + 1, Home: 0, End: buttons.length - 1 };
    if (isForBrowser(event) || !buttons[places[key]]) return;
    this.#focused = places[key];
    this.draw();
    this.#buttons[this.#focused].focus();
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} place */
  async #take(place) {
    if (place < 0) return;
    const { demo, options } = this;
    this.#focused = place;
    await demo.wake();
    if (options.value) demo.inspect(options.value, place);
    options.choose?.(place);
    this.draw();
  }

  table() {
    const { title, value, label = value ?? "", tokens } = this.options;
    const { values } = this.#numbers();
    const row = (/** @type {string} */ text, /** @type {number} */ i) => [
      i + 1,
      visible(text),
      ...(value ? [numeral(values[i])] : []),
    ];
    return { title, head: ["place", "token", ...(value ? [label] : [])], rows: tokens(this.demo).map(row) };
  }
}
