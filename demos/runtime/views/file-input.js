/**
 * A file of the reader's as numbers in an input. It never leaves the page: nothing is sent, and no link holds it.
 *
 * In: the name of an input, and how a file becomes numbers (`imageOf`, `textOf`, or an author's own). Out: a view.
 */
import { Characters } from "../common/characters.js";
import { h, viewHead } from "../common/dom.js";
import { DemoError, explain } from "../common/errors.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {(file: File) => Promise<ArrayLike<number>>} FileReading */
/** @typedef {{ title: string, write: string, read: FileReading, accept?: string }} FileOptions */

const MOST = 8e6; // bytes

/** @param {Demo} demo @param {FileOptions} options @returns {import("../types.d.ts").View} */
export function fileInput(demo, { title, write, read, accept = "" }) {
  const said = h("p", { className: "input-said", role: "status" });
  let chosen = 0;
  /** What was read of it, as the input holds it. @type {ArrayLike<number> | undefined} */
  let held;
  const take = async () => {
    const file = box.files?.[0];
    if (!file) return;
    box.value = ""; // so that the same file can be chosen again
    const choice = ++chosen; // of two that are read at once, the one that was chosen last counts
    try {
      if (file.size > MOST) throw new DemoError(`${file.name} has ${sized(file.size)}; up to ${sized(MOST)} are read.`);
      const numbers = await read(file);
      if (choice !== chosen || !demo.write(write, numbers)) return; // and why has been said
      held = demo.input(write).slice();
      said.textContent = `${file.name} stays on this page. A link does not hold it.`;
      demo.wake();
    } catch (error) {
      if (choice === chosen) said.textContent = explain(error, file.name);
    }
  };
  const box = h("input", { type: "file", accept, onchange: take, "aria-label": title });
  const update = () => {
    if (!held || demo.input(write).every((each, i) => each === held?.[i])) return;
    held = undefined;
    said.textContent = ""; // the input holds something else now
  };
  return { element: h("div", { className: "plot file-input" }, viewHead(title), box, said), update };
}

/** @param {number} bytes */
const sized = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/**
 * A picture as so many rows and columns of ink: 1 where it is dark, 0 where it is light or transparent. All of it is
 * kept, in the middle.
 * @param {[number, number]} shape @returns {FileReading}
 */
export const imageOf = (shape) => async (file) => (await import("./read-image.js")).readImage(file, shape);

/**
 * A text as tokens: what is unknown is left out, what is too long is cut.
 * @param {string} vocabulary @param {number} length @returns {FileReading}
 */
export const textOf = (vocabulary, length) => async (file) =>
  new Characters(vocabulary, length).read(await file.text()).tokens;
