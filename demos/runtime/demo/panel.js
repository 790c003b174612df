/**
 * The elements of a demo's panel, in the order in which they are read, the same at every width.
 *
 * In: a demo, the nodes of its static figure, and what the buttons do. Out: elements. How they are laid out,
 * runtime.css knows, and what they say later, report.js, message.js and settings.js.
 */
import { h } from "../common/dom.js";
import { Message } from "./message.js";
import { Report } from "./report.js";
import { makeSettings } from "./settings.js";
import { makeShare } from "./share.js";
import { makeSpeed } from "./speed.js";

/** @typedef {import("./demo.js").Demo} Demo */

/** @param {string} label @param {() => void} onclick @param {string} [className] */
const button = (label, onclick, className = "plain") =>
  h("button", { type: "button", textContent: label, onclick, className });

const ENDED = "This run has come to its end. Reset begins it anew.";

/** @param {Demo} demo @returns {Element[]} of its views, each named by its title */
function makeViews(demo) {
  demo.views = demo.definition.views(demo);
  const names = new Set();
  for (const { element } of demo.views) {
    const title = element.querySelector(".view-title")?.textContent ?? "";
    const name = title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
    const base = name === "-" || name === "" ? "view" : name; // of a title without Latin letters nothing is left
    let unique = base;
    for (let i = 2; names.has(unique); i++) unique = `${base}-${i}`;
    names.add(unique);
    element.setAttribute("data-view", unique);
  }
  return demo.views.map(({ element }) => element);
}

/** @param {Demo} demo @returns {Element[]} what to do, in short, and folded what else there is to try */
function makeHelp({ definition: { help, more } }) {
  const tries = (more ?? []).map((each) => h("li", null, each));
  const fold = h("details", { className: "demo-more" }, h("summary", null, "What to try"), h("ul", null, ...tries));
  return [...(help ? [h("p", { className: "demo-help" }, help)] : []), ...(more ? [fold] : [])];
}

/**
 * @param {Demo} demo @param {Node[]} still the figure that is seen until the demo is awake
 * @param {() => void} toggle what Play does
 */
export function makePanel(demo, still, toggle) {
  const { definition } = demo;
  const [first, ...others] = makeViews(demo);
  const report = new Report(definition);
  const [message, settings, speed] = [new Message(), makeSettings(demo), makeSpeed(demo)];
  const share = makeShare(demo, (sentence) => message.say(sentence));
  const play = button("Play", toggle, "play");
  const step = button("Step", () => (demo.ended ? message.say(ENDED) : demo.advance()));
  const reset = button("Reset", () => {
    demo.pause();
    demo.reset();
  });
  const timeline = h("div", { className: "demo-timeline" });
  const bar = h("fieldset", { className: "demo-bar", disabled: true }, play, step, reset, speed.element, timeline);
  bar.append(report.status);
  const poster = h("div", { className: "demo-poster" }, ...still);
  const stage = h("div", { className: "demo-first" }, ...(first ? [first] : []), poster, message.element);
  const table = h("details", { className: "demo-table" }, h("summary", null, "Show data as table"));
  const element = h(
    "div",
    { className: "demo-panel", role: "group", tabIndex: 0, "aria-label": "Demo. Space plays and pauses." },
    ...makeHelp(demo),
    h("div", { className: "demo-head" }, bar, stage),
    ...(others.length ? [h("div", { className: "demo-views" }, ...others)] : []),
    ...(definition.describe ? [report.words, report.heard] : []),
    ...(settings.own.childElementCount ? [settings.own] : []),
    settings.fold,
    h("div", { className: "demo-foot" }, share.element, table),
  );
  const show = () => {
    for (const each of [settings, share, speed]) each.show();
    for (const each of [play, step]) {
      each.setAttribute("aria-disabled", `${demo.ended}`); // and not `disabled`: it keeps the focus, and says why
      each.title = demo.ended ? ENDED : "";
    }
  };
  /** @param {boolean} disabled */
  const disable = (disabled) => {
    bar.disabled = disabled;
    settings.disable(disabled);
  };
  return { element, bar, first: stage, play, step, report, message, table, show, disable };
}

/** @param {Element} figure @returns {Node[]} what is seen of it without scripts, its caption apart */
export function stillOf(figure) {
  const shipped = figure.querySelector(".demo-poster");
  const nodes = [...(shipped ?? figure).childNodes];
  return nodes.filter((node) => !(node instanceof Element && node.matches("figcaption")));
}
