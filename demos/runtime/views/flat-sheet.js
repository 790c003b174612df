/**
 * The pixels of a picture that the processor draws, and how inks come to lie over each other there.
 *
 * In: inks, each red, green, blue and alpha in the four bytes of a number, as a canvas has them. Out: pixels. What is
 * drawn, it does not know.
 */
import { rgba } from "../common/dom.js";

/**
 * @typedef {object} Sheet
 * @property {Uint32Array} pixels of as many inks, from the upper left corner
 * @property {number} width
 * @property {number} height
 * @property {number} ratio device pixels a CSS pixel
 * @property {boolean} blank whether nothing lies on it yet
 */

const OPAQUE = 0xff000000;

/** @param {string} name of a colour @returns {number} */
export function inkOf(name) {
  const [red, green, blue] = rgba(name).map((part) => Math.round(255 * part));
  return (OPAQUE | (blue << 16) | (green << 8) | red) >>> 0;
}

/** @param {number} a @param {number} b both opaque @param {number} share of b @returns {number} */
export function mixed(a, b, share) {
  const red = a & 255;
  const green = (a >>> 8) & 255;
  const blue = (a >>> 16) & 255;
  const r = red + ((b & 255) - red) * share + 0.5;
  const g = green + (((b >>> 8) & 255) - green) * share + 0.5;
  return (OPAQUE | ((blue + (((b >>> 16) & 255) - blue) * share + 0.5) << 16) | (g << 8) | r) >>> 0;
}

/** @param {Uint32Array} pixels @param {number} at @param {number} ink opaque @param {number} cover 0 to 1 */
export function lay(pixels, at, ink, cover) {
  const under = pixels[at];
  const alpha = under >>> 24;
  if (cover >= 1) pixels[at] = ink;
  else if (alpha === 255) pixels[at] = mixed(under, ink, cover);
  else if (alpha === 0) pixels[at] = (ink & 0xffffff) | ((255 * cover + 0.5) << 24);
  else {
    const below = (alpha / 255) * (1 - cover);
    const both = below + cover;
    pixels[at] = (mixed(under, ink, cover / both) & 0xffffff) | ((255 * both + 0.5) << 24);
  }
}
