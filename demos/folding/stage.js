/**
 * The sheet on its way through the layers: filled by class, with its grid, the points and, at the end, the cut.
 *
 * In: a demo and what is shown. Out: a view.
 */
import { h, line, mesh, plot, points } from "../runtime/index.js";
import { latticeColumns, pointColumns, withTables } from "./columns.js";
import { Maps } from "./maps.js";
import { Way } from "./way.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

const MESH = 41; // as in model.py

/** Layers that lie over each other are seen through each other, and what is turned over is darker. */
const LOOK = { front: 0.24, back: 0.4, contour: true };

/** @param {import("./shown.js").Shown} shown */
const layersOf = (shown) => [
  mesh({ xy: "sheet", value: () => ({ ...shown.numbers, range: undefined }), columns: MESH, ...LOOK }),
  line({ xy: "rows", run: MESH, colour: "--ink-3", width: 0.5 }),
  line({ xy: "columns", run: MESH, colour: "--ink-3", width: 0.5 }),
  line({ xy: "cut", run: 5, colour: "--ink", width: 2.5 }),
  points({ xy: "seen", colour: "--paper", size: 9.5 }),
  points({ xy: "seen", kind: "targets", size: 7 }),
  points({ xy: "seen_tests", colour: "--paper", size: 9.5 }),
  points({ xy: "seen_tests", kind: "targets", size: 7.5 }),
  points({ xy: "seen_tests", colour: "--paper", size: 4 }),
  points({ xy: "probe_seen", colour: "--ink", size: 15 }),
  points({ xy: "probe_seen", colour: "--paper", size: 11 }),
];

/** @param {Demo} demo @param {import("./shown.js").Shown} shown @returns {import("../runtime/types.d.ts").View} */
export function stage(demo, shown) {
  const made = plot(demo, {
    title: "The sheet",
    x: { range: [-1.12, 1.12], ticks: false },
    y: { range: [-1.12, 1.12], ticks: false },
    aspect: 1,
    layers: withTables(
      layersOf(shown),
      latticeColumns({ plane: ["x₁", "x₂"], sheet: ["the sheet there, across", "up"] }),
      pointColumns("seen", ["point, across", "up"], "targets"),
      pointColumns("seen_tests", ["hollow point, across", "up"], "targets"),
      pointColumns("probe_seen", ["ring, across", "up"]),
      pointColumns("cut", ["corner of the cut, across", "up"]),
    ),
  });
  made.element.querySelector(".plot-frame")?.classList.add("bare");
  const [maps, way] = [new Maps(demo, shown), new Way(demo)];
  made.element.querySelector(".view-head")?.append(way.words);
  made.element.append(h("div", { className: "way-and-maps" }, way.element, maps.element));
  return {
    element: made.element,
    draw(frame) {
      made.draw(frame);
      maps.draw(frame);
      way.draw();
    },
    table: (make) => made.table(make),
    destroy() {
      way.stop();
      maps.destroy();
      made.destroy();
    },
  };
}
