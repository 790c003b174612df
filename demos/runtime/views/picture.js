/**
 * An SVG drawing as large as its place, made anew when that or what it shows has changed.
 *
 * In: the class of its place, what it shows, its parts. Out: elements for a view, and `draw` for each frame.
 */
import { h, s } from "../common/dom.js";

/**
 * @typedef {object} PictureOptions
 * @property {string} area class of the element around it, whose size it takes
 * @property {Record<string, string>} attributes of the <svg>
 * @property {() => unknown[] | undefined} shows changes when it must be drawn again; undefined while there is nothing
 *   to see
 * @property {(width: number, height: number) => Node[]} parts sizes in CSS pixels
 */

/**
 * @param {PictureOptions} options
 * @returns {{ svg: SVGElement, area: HTMLElement, draw: () => boolean }} `draw` says whether it was drawn anew
 */
export function picture({ area: className, attributes, shows, parts }) {
  const svg = s("svg", attributes);
  const area = h("div", { className }, svg);
  let drawn = "";
  const draw = () => {
    const { clientWidth: width, clientHeight: height } = area;
    const shown = shows();
    const key = [width, height, ...(shown ?? [])].join();
    if (!width || !shown || key === drawn) return false;
    drawn = key;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren(...parts(width, height));
    return true;
  };
  return { svg, area, draw };
}
