/**
 * The menu "Compute on", among a demo's "More settings". Loaded with the run.
 *
 * In: a demo that computes. Out: the reader's choice, which the run follows from the step where it is. What can be
 * chosen, `choice.js` knows.
 */
import { h } from "../common/dom.js";
import { choose, machines } from "./choice.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("./backend.js").Kind} Kind */

/** @type {WeakMap<Demo, HTMLSelectElement>} */
const menus = new WeakMap();

/** @param {Demo} demo which has a backend */
export async function showMenu(demo) {
  const { refused, software, silent } = await machines();
  const names = { gpu: software ? "GPU (in software, slower)" : "GPU", processor: "processor" };
  const menu = menus.get(demo) ?? h("select", { onchange: () => move(demo, /** @type {Kind} */ (menu.value)) });
  menu.replaceChildren(
    ...Object.entries(names).map(([value, name]) => {
      const why = refused[/** @type {Kind} */ (value)];
      const disabled = Boolean(why) && !(silent && value === "gpu"); // it may answer when it is asked again
      return h("option", { value, disabled }, why ? `${name}: ${why}` : name);
    }),
  );
  menus.set(demo, menu);
  const label =
    menu.closest("label") ?? h("label", { className: "choice demo-compute" }, h("span", null, "Compute on"), menu);
  demo.element.querySelector(".demo-settings > fieldset")?.append(label);
  menu.value = demo.backend?.kind ?? menu.value;
}

/** @param {Demo} demo @param {Kind} kind */
async function move(demo, kind) {
  await choose(kind);
  demo.panel.say("");
  if (demo.activeRun) demo.awaken(demo.activeRun.move());
}
