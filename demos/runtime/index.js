/** What a demo may import. demos/README.md says how to use it. */
export { h, s, viewHead } from "./common/dom.js";
export { drawing } from "./views/drawing.js";
export { define } from "./demo/element.js";
export { images } from "./views/images.js";
export { bars, field, points } from "./views/layers.js";
export { line } from "./views/lines.js";
export { mesh, meshMarks } from "./views/mesh.js";
export { fixed, numeral, percent, quantity } from "./common/numbers.js";
export { picture } from "./views/picture.js";
export { Surface } from "./views/surface.js";
export { plot } from "./views/plot.js";
export { pointSet, writePoints } from "./views/point-set.js";
