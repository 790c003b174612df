/**
 * A text box whose characters are tokens in an input, and examples to choose from.
 *
 * In: the name of a u32 input, a vocabulary. Out: a view; `demo.edit` calls, so that the text is in the link, as text.
 */
import { Characters } from "../common/characters.js";
import { h, viewHead } from "../common/dom.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/**
 * @typedef {{ title: string, write: string, vocabulary: string, length: number, examples?: string[] }} TextOptions
 *   `vocabulary`: characters, numbered from 0, of which the first fills the rest
 */

/** @param {Demo} demo @param {TextOptions} options @returns {import("../types.d.ts").View} */
export function textInput(demo, { title, write, vocabulary, length, examples = [] }) {
  const characters = new Characters(vocabulary, length);
  demo.experiment.texts.set(write, characters);
  const plain = { spellcheck: false, autocomplete: "off", autocapitalize: "none", "aria-label": title };
  const box = length > 60 ? h("textarea", { ...plain, rows: 3 }) : h("input", { ...plain, type: "text" });
  const said = h("p", { className: "input-said", role: "status" });
  const take = () => {
    const { tokens, unknown, left } = characters.read(box.value);
    said.textContent = characters.sentence(unknown, left);
    demo.edit(write, tokens);
  };
  box.addEventListener("input", take);
  const choose = (/** @type {string} */ text) => {
    box.value = text;
    take();
  };
  const buttons = examples.map((text) =>
    h("button", { type: "button", className: "plain", textContent: text, onclick: () => choose(text) }),
  );
  const list = h("div", { className: "examples", role: "group", "aria-label": "Examples" }, ...buttons);
  const show = () => {
    const held = characters.decode(demo.input(write));
    if (document.activeElement !== box && characters.decode(characters.read(box.value).tokens) !== held)
      box.value = held;
  };
  return {
    element: h("div", { className: "plot text-input" }, viewHead(title), box, said, ...(examples.length ? [list] : [])),
    draw: show,
    table: () => {
      const tokens = [...demo.input(write)];
      const rows = tokens.map((token, i) => [i + 1, characters.decode([token]), token]);
      return { title, head: ["place", "character", "token"], rows };
    },
  };
}
