/** What a demo may import. demos/README.md says how to use it. */
export { define } from "./element.js";
export { drawing } from "./drawing.js";
export { images } from "./images.js";
export { bars, field, line, points } from "./layers.js";
export { plot } from "./plot.js";
export { h, numeral, s } from "./dom.js";
