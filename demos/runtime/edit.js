/**
 * What the reader makes by hand on a plot: points and curves, by mouse, touch and keyboard.
 *
 * In: a plot and the names of the inputs to write. Out: `demo.edit` calls, so that it all is in the link.
 */
import { numeral, s } from "./dom.js";

/** @typedef {import("./plot.js").Plot} Plot */
/** @typedef {{ classes: number[], names: string[], count?: string, placing?: () => number, colours?: string[] }} PointEdit */

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});

/**
 * @param {Plot} plot @param {string} xy @param {string} kind @param {PointEdit} edit @param {number} size
 * @returns {() => void} puts the circles where the inputs say
 */
export function editPoints(plot, xy, kind, edit, size) {
  const { demo, over } = plot;
  const {
    classes,
    names,
    count,
    colours = classes.length === 2 ? ["--negative", "--positive"] : classes.map((_, k) => `--cat-${k + 1}`),
  } = edit;
  const group = s("g", { class: "plot-points" });
  over.append(group);
  over.classList.add("editable");
  let focused = 0;
  let held = -1;
  const read = () => {
    const at = demo.input(xy);
    const of = demo.input(kind);
    return { at, of, n: count ? (demo.input(count)[0] ?? 0) : of.length };
  };
  /** @param {ArrayLike<number>} at @param {ArrayLike<number>} of @param {number} [n] */
  const commit = (at, of, n) => {
    if (count && n !== undefined) demo.edit(count, [n]);
    demo.edit(kind, of);
    demo.edit(xy, at);
    refresh();
  };
  /** @param {number} i @param {number} x @param {number} y */
  const move = (i, x, y) => {
    const { at, of } = read();
    at[2 * i] = Math.min(plot.x.value(1), Math.max(plot.x.value(0), x));
    at[2 * i + 1] = Math.min(plot.y.value(1), Math.max(plot.y.value(0), y));
    commit(at, of);
  };
  /** @param {number} i */
  const remove = (i) => {
    const { at, of, n } = read();
    if (!count || n < 1) return;
    at.copyWithin(2 * i, 2 * i + 2);
    of.copyWithin(i, i + 1);
    at.fill(0, 2 * n - 2);
    of.fill(0, n - 1);
    focused = Math.max(0, Math.min(focused, n - 2));
    commit(at, of, n - 1);
  };
  /** @param {number} x @param {number} y @returns {number} its index, -1 when there is no room */
  const add = (x, y) => {
    const { at, of, n } = read();
    if (!count || n >= of.length) return -1;
    at.set([x, y], 2 * n);
    of[n] = edit.placing?.() ?? classes[0];
    commit(at, of, n + 1);
    return n;
  };
  /** @param {number} i */
  const relabel = (i) => {
    const { at, of } = read();
    of[i] = classes[(classes.indexOf(of[i]) + 1) % classes.length];
    commit(at, of);
  };
  /** @param {number} i */
  const focus = (i) => {
    focused = i;
    refresh();
    /** @type {SVGElement | undefined} */ (group.children[i])?.focus();
  };

  function refresh() {
    const { at, of, n } = read();
    while (group.children.length > n) group.lastChild?.remove();
    while (group.children.length < n) group.append(s("circle", { r: size, role: "button" }));
    focused = Math.min(focused, Math.max(0, n - 1));
    const { clientWidth: width, clientHeight: height } = plot.area;
    for (let i = 0; i < n; i++) {
      const circle = group.children[i];
      const k = Math.max(0, classes.indexOf(of[i]));
      circle.setAttribute("cx", `${plot.x.share(at[2 * i]) * width}`);
      circle.setAttribute("cy", `${(1 - plot.y.share(at[2 * i + 1])) * height}`);
      circle.setAttribute("fill", `var(${colours[k]})`);
      circle.setAttribute("tabindex", i === focused ? "0" : "-1");
      circle.setAttribute(
        "aria-label",
        `Point ${i + 1} of ${n}, class ${names[k]}, at ${numeral(at[2 * i])}, ${numeral(at[2 * i + 1])}`,
      );
    }
    // With no point to focus, the plane itself takes the keyboard.
    over.setAttribute("tabindex", n ? "-1" : "0");
  }

  over.addEventListener("keydown", (event) => {
    const { key, shiftKey } = /** @type {KeyboardEvent} */ (event);
    const { at, n } = read();
    const i = [...group.children].indexOf(/** @type {Element} */ (event.target));
    const arrow = ARROWS[key];
    if (key === "n" || key === "N" || (i < 0 && key === "Enter")) {
      const made = add((plot.x.value(0) + plot.x.value(1)) / 2, (plot.y.value(0) + plot.y.value(1)) / 2);
      if (made >= 0) focus(made);
    } else if (i < 0 || i >= n) return;
    else if (arrow) {
      const stride = shiftKey ? 0.1 : 0.02;
      move(
        i,
        at[2 * i] + arrow[0] * stride * (plot.x.value(1) - plot.x.value(0)),
        at[2 * i + 1] + arrow[1] * stride * (plot.y.value(1) - plot.y.value(0)),
      );
    } else if (key === "Enter" || key === " ") relabel(i);
    else if (key === "Delete" || key === "Backspace") {
      remove(i);
      focus(focused);
    } else if (key === "PageDown" || key === "PageUp")
      focus((i + (key === "PageUp" ? n - 1 : 1)) % n); // one stop for Tab
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  over.addEventListener("pointerdown", (raw) => {
    const event = /** @type {PointerEvent} */ (raw);
    if (event.button || !demo.live) return;
    const i = [...group.children].indexOf(/** @type {Element} */ (event.target));
    held = i >= 0 ? i : add(...plot.locate(event));
    if (held < 0) return;
    over.setPointerCapture(event.pointerId);
    event.preventDefault();
    focus(held);
  });
  over.addEventListener("pointermove", (event) => {
    if (held >= 0) move(held, ...plot.locate(/** @type {PointerEvent} */ (event)));
  });
  over.addEventListener("pointerup", (raw) => {
    const box = plot.area.getBoundingClientRect();
    const { clientX, clientY } = /** @type {PointerEvent} */ (raw);
    const outside =
      clientX < box.left - 16 || clientX > box.right + 16 || clientY < box.top - 16 || clientY > box.bottom + 16;
    if (held >= 0 && outside) remove(held);
    held = -1;
  });
  over.addEventListener("pointercancel", () => (held = -1));
  over.addEventListener("dblclick", (event) => {
    const i = [...group.children].indexOf(/** @type {Element} */ (event.target));
    if (i >= 0) relabel(i);
  });
  return refresh;
}

/** @param {Plot} plot @param {string} y @param {() => { from: number, step: number, size: number }} spread */
export function editCurve(plot, y, spread) {
  const { demo, over } = plot;
  over.classList.add("editable");
  over.setAttribute("tabindex", "0");
  over.setAttribute("role", "slider");
  let sample = 0;
  let before = -1;
  /** @param {number} i @param {number} value */
  const put = (i, value) => {
    const values = demo.input(y);
    const clamped = Math.min(plot.y.value(1), Math.max(plot.y.value(0), value));
    // A quick stroke skips samples: join it to where the pointer was.
    const start = before < 0 ? i : before;
    const [low, high] = [Math.min(start, i), Math.max(start, i)];
    const old = values[start];
    for (let k = low; k <= high; k++)
      values[k] = start === i ? clamped : old + ((clamped - old) * (k - start)) / (i - start);
    demo.edit(y, values);
    announce(i);
  };
  /** @param {number} i */
  const announce = (i) => {
    const { from, step, size } = spread();
    sample = Math.min(size - 1, Math.max(0, i));
    over.setAttribute("aria-valuenow", `${demo.input(y)[sample]?.toFixed(2) ?? 0}`);
    over.setAttribute("aria-valuetext", `${numeral(demo.input(y)[sample])} at ${numeral(from + sample * step)}`);
  };
  announce(0);
  /** @param {Event} event */
  const stroke = (event) => {
    const [x, value] = plot.locate(/** @type {PointerEvent} */ (event));
    const { from, step, size } = spread();
    const i = Math.min(size - 1, Math.max(0, Math.round((x - from) / step)));
    put(i, value);
    before = i;
  };
  let drawing = false;
  over.addEventListener("pointerdown", (event) => {
    if (/** @type {PointerEvent} */ (event).button || !demo.live) return;
    drawing = true;
    before = -1;
    over.setPointerCapture(/** @type {PointerEvent} */ (event).pointerId);
    stroke(event);
  });
  over.addEventListener("pointermove", (event) => drawing && stroke(event));
  for (const end of ["pointerup", "pointercancel"]) over.addEventListener(end, () => (drawing = false));
  over.addEventListener("keydown", (raw) => {
    const event = /** @type {KeyboardEvent} */ (raw);
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    before = -1;
    if (arrow[0]) announce(sample + arrow[0] * (event.shiftKey ? 8 : 1));
    else put(sample, demo.input(y)[sample] + arrow[1] * 0.02 * (plot.y.value(1) - plot.y.value(0)));
    event.preventDefault();
    event.stopPropagation();
  });
}
