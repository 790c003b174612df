/** The speed control of the bar. In: a demo. Out: an element, and `show` to make it say how fast the demo goes. */
import { h } from "../common/dom.js";

/** @typedef {import("./demo.js").Demo} Demo */

/** @param {Demo} _demo @returns {{ element: HTMLElement, show: () => void }} */
export const makeSpeed = (_demo) => ({ element: h("div", { className: "demo-speed" }), show() {} });
