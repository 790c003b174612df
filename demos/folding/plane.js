/**
 * The plane itself: what a unit gives there, the points that the reader edits, and the ring that follows the pointer.
 *
 * In: a demo and what is shown. Out: a view. Points that are kept for a test are hollow, those with a wrong label have
 * a rim in the colour of the right one.
 */
import { h, mesh, numeral, plot, points } from "../runtime/index.js";
import { latticeColumns, pointColumns, withTables } from "./columns.js";

/** @typedef {import("../runtime/types.d.ts").Demo} Demo */

const MESH = 41; // as in model.py
const HELD_OUT = 6; // of each eight points, those from here on

/** @param {Demo} demo @param {import("./shown.js").Shown} shown */
export function plane(demo, shown) {
  const placing = () => Number(demo.control("placing") ?? 1);
  const of = h("span", { className: "plane-shown" });
  const made = plot(demo, {
    title: "The plane",
    x: { range: [-1, 1], ticks: false },
    y: { range: [-1, 1], ticks: false },
    aspect: 1,
    layers: [
      ...withTables(
        [
          {
            ...mesh({ xy: "plane", value: () => shown.numbers, columns: MESH, contour: true, front: 0.75 }),
            probe: (_, x, y) => probe(demo, shown, x, y),
          },
          points({ xy: "probe", colour: "--ink", size: 19 }),
          points({ xy: "probe", colour: "--paper", size: 14 }),
          points({
            xy: "points",
            kind: "labels",
            size: 4.5,
            edit: { classes: [-1, 1], names: ["−1", "+1"], count: "count", placing },
          }),
        ],
        latticeColumns({ plane: ["x₁", "x₂"] }, () => shown),
        pointColumns("points", ["point, x₁", "x₂"], "labels", "count"),
        pointColumns("probe", ["ring, x₁", "x₂"]),
      ),
      { refresh: marker(demo, () => made.over) },
      { refresh: () => say(of, `${shown.words}, from x₁ (across) and x₂ (up)`) },
    ],
  });
  made.element.querySelector(".view-head")?.append(of);
  made.element.querySelector(".plot-frame")?.classList.add("bare");
  // The ring goes where the pointer goes, unless the pointer is moving a point.
  made.over.addEventListener("pointermove", (raw) => {
    const event = /** @type {PointerEvent} */ (raw);
    if (event.buttons || !demo.awake || !demo.live) return;
    const [x, y] = made.locate(event).map((value) => Math.min(1, Math.max(-1, value)));
    demo.write("probe_x", [x]);
    demo.write("probe_y", [y]);
  });
  return made;
}

/** @param {Demo} demo @param {import("./shown.js").Shown} shown @param {number} x @param {number} y */
async function probe(demo, shown, x, y) {
  const { name, index } = shown.numbers;
  const { words } = shown;
  const [column, row] = [x, y].map((place) => Math.round(((place + 1) / 2) * (MESH - 1)));
  if (![column, row].every((place) => place >= 0 && place < MESH)) return "";
  const each = demo.shape(name).length < 2 || name === "field" ? 1 : demo.shape(name)[1];
  const value = await demo.probe(name, (row * MESH + column) * each + index);
  return `${words} = ${numeral(value)} at (${numeral(x)}, ${numeral(y)})`;
}

/** Only when it has changed, for it is asked with every frame. @param {Element} element @param {string} words */
function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * Which points are kept for a test, and whose label is wrong.
 * @param {Demo} demo @param {() => Element} over the plot @returns {() => void} marks them where that has changed
 */
function marker(demo, over) {
  let marked = "";
  return () => {
    const kept = demo.input("held_out")[0] > 0;
    const labels = demo.input("labels");
    const circles = over().querySelectorAll(".plot-points circle");
    const key = [kept, circles.length, labels, demo.values.targets].join();
    if (key === marked) return;
    marked = key;
    for (const [i, circle] of circles.entries()) {
      circle.classList.toggle("kept", kept && i % 8 >= HELD_OUT);
      circle.classList.toggle("wrong", demo.number("targets", i) * labels[i] < 0);
      circle.classList.toggle("upper", labels[i] > 0);
    }
  };
}
