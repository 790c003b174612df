/**
 * The way of the plane through the layers: a slider, a button for each stop, and words on where it is.
 *
 * In: a demo with the input `layer`. Out: an element, and words to stand above the sheet; what the reader does is
 * written to that input.
 */
import { h, quantity } from "../runtime/index.js";
import { BEND_NAMES, widthsOf } from "./parts.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

const PACE = 1600; // milliseconds from layer to layer
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @param {number} layer before its bend @param {string} bend of those before it, "" for none */
const unbent = (layer, bend) =>
  layer > 1 && bend
    ? `Layer ${layer}, unbent: layer ${layer - 1}, stretched and sheared.`
    : `Layer ${layer}, unbent: straight is still straight.`;

export class Way {
  #slider = h("input", {
    type: "range",
    min: "0",
    step: "0.01",
    "aria-label": "The layer that the plane is carried to",
  });
  #stops = h("div", { className: "way-stops" });
  words = h("p", { className: "way-words" });
  #moving = 0;

  /** @param {Demo} demo */
  constructor(demo) {
    this.demo = demo;
    this.element = h("div", { className: "way" }, this.#slider, this.#stops);
    this.#slider.addEventListener("input", () => {
      this.stop();
      this.#put(Number(this.#slider.value));
      demo.wake();
    });
    this.draw();
  }

  get #layers() {
    return widthsOf(this.demo).length - 2;
  }

  get #at() {
    return Math.max(0, Math.min(this.#layers, this.demo.input("layer")[0] ?? this.#layers));
  }

  /** @param {number} at @param {boolean} [there] whether it is to stay there */
  #put(at, there = true) {
    if (there) this.demo.edit("layer", [at]);
    else this.demo.write("layer", [at]);
    this.draw();
  }

  /** @param {number} to a layer: the plane goes there slowly enough to be followed */
  async #carry(to) {
    this.stop();
    await this.demo.wake();
    const from = this.#at;
    const time = still() ? 0 : PACE * Math.abs(to - from);
    const began = performance.now();
    const frame = (/** @type {number} */ now) => {
      const share = time ? Math.min(1, Math.max(0, now - began) / time) : 1;
      this.#put(from + (to - from) * share, share === 1);
      if (share < 1) this.#moving = requestAnimationFrame(frame);
    };
    this.#moving = requestAnimationFrame(frame);
  }

  stop() {
    cancelAnimationFrame(this.#moving);
  }

  draw() {
    const layers = this.#layers;
    if (this.#stops.childElementCount !== layers + 2) this.#layOut(layers);
    const words = this.#describe(this.#at, layers);
    this.#slider.value = `${this.#at}`;
    if (this.words.textContent === words) return;
    this.words.textContent = words;
    this.#slider.setAttribute("aria-valuetext", words);
  }

  /** @param {number} layers */
  #layOut(layers) {
    this.#slider.max = `${layers}`;
    this.element.style.setProperty("--columns", `${layers + 2}`);
    const stops = Array.from({ length: layers + 1 }, (_, to) => {
      const button = h("button", { type: "button" }, to ? `Layer ${to}` : "Plane");
      button.addEventListener("click", () => this.#carry(to));
      return button;
    });
    this.#stops.replaceChildren(...stops, h("span", null, "Answer"));
  }

  /** @param {number} at @param {number} layers */
  #describe(at, layers) {
    const layer = Math.ceil(at - 0.005);
    const share = at - layer + 1;
    const bend = BEND_NAMES[Number(this.demo.control("activation") ?? 0)];
    if (layer === 0) return "The plane, as it is.";
    if (share < 0.495) return `To layer ${layer}: weights stretch, shear and move it.`;
    if (share < 0.505) return unbent(layer, bend);
    if (share < 0.995) return `To layer ${layer}: ${bend ? `${bend} bends it` : "with no bend, nothing happens"}.`;
    const units = Number(this.demo.control("units"));
    if (layer < layers)
      return `Layer ${layer}: ${quantity(units, "dimension")}${units > 1 ? ", from the widest side" : ""}.`;
    const cut = Number(this.demo.control("last")) === 3 ? "flat" : "straight";
    return `Layer ${layer}, the last: one ${cut} cut follows.`;
  }
}
