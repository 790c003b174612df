/** What a demo may import. demos/README.md says how to use it. */
export { h, s, viewHead } from "./dom.js";
export { drawing } from "./drawing.js";
export { define } from "./element.js";
export { images } from "./images.js";
export { bars, field, points } from "./layers.js";
export { line } from "./lines.js";
export { fixed, numeral, percent } from "./numbers.js";
export { picture } from "./picture.js";
export { plot } from "./plot.js";
export { pointSet, writePoints } from "./point-set.js";
