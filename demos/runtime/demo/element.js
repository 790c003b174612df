/**
 * `<live-demo>`: the panel around a demo, the same whatever computes it.
 *
 * In: the element with its static figure, and a definition of the same name. Out: views, controls, status, words,
 * table, link. Without JavaScript, or where nothing can compute, the figure stays; else the demo trains. What training
 * is, `demo.js` knows.
 */
import { Demo } from "./demo.js";
import { isForBrowser } from "../common/keys.js";
import { LinkFollower } from "./follow.js";
import { makePanel, stillOf } from "./panel.js";
import "../runtime.css";

/** @typedef {import("../types.d.ts").Definition} Definition */
/** @typedef {import("../types.d.ts").Panel} Panel */

/** @type {Map<string, Definition | (() => Definition)>} */
const definitions = new Map();
/** Out of sight for so long, a demo gives back what it computes with. */
const REST_MS = 30_000;

/**
 * @param {string} name of the `<live-demo>`
 * @param {Definition | (() => Definition)} definition a function is called once for each element, and may remember
 *   what is that element's own
 */
export function define(name, definition) {
  definitions.set(name, definition);
  for (const each of document.querySelectorAll("live-demo")) if (each instanceof LiveDemo) each.upgrade();
}

/** @implements {Panel} */
class LiveDemo extends HTMLElement {
  /** @type {Demo | undefined} */
  demo;
  /** Its elements, and what they show. @type {ReturnType<typeof makePanel> | undefined} */
  #panel;
  /** What it computes with is being prepared. */
  #waking = false;
  #linking = 0;
  #leaving = 0;
  #left = new AbortController();
  /** @type {LinkFollower | undefined} */
  #links;
  /** @type {(IntersectionObserver | ResizeObserver)[]} */
  #observers = [];
  /** The figure that is seen until then. @type {Node[]} */
  #still = [];

  connectedCallback() {
    this.upgrade();
  }

  /** Builds everything at once, in the place of what the build has shipped: its room is taken before anyone clicks. */
  upgrade() {
    const found = definitions.get(this.getAttribute("name") ?? "");
    if (!found || this.demo || !this.isConnected) return;
    const definition = typeof found === "function" ? found() : found;
    const demo = new Demo(this, definition, this);
    this.demo = demo;
    const figure = this.querySelector("figure") ?? this;
    const shipped = figure.querySelector(".demo-panel");
    this.#still = stillOf(figure);
    const panel = makePanel(demo, this.#still, () => this.#toggle());
    this.#panel = panel;
    if (shipped) shipped.replaceWith(panel.element);
    else figure.prepend(panel.element);
    this.#listen(demo, panel);
  }

  /** @param {Demo} demo @param {ReturnType<typeof makePanel>} panel */
  #listen(demo, { element, bar, first, table }) {
    const wake = () => demo.live && !demo.awake && demo.wake();
    for (const touch of ["click", "focusin"]) first.addEventListener(touch, wake);
    element.onkeydown = (event) => {
      if (event.key !== " " || event.target !== element || isForBrowser(event)) return;
      event.preventDefault();
      this.#toggle();
    };
    table.ontoggle = () => this.#fillTable();
    this.#watch(demo);
    // The first view stays on the screen below the bar, whose rows depend on the width.
    const size = new ResizeObserver(() => element.style.setProperty("--bar-size", `${bar.offsetHeight}px`));
    size.observe(bar);
    this.#observers.push(size);
    this.#left = new AbortController();
    const { signal } = this.#left;
    document.addEventListener("visibilitychange", () => document.hidden || demo.appear(), { signal });
    this.#links = new LinkFollower(this, demo, signal);
  }

  /** @param {Demo} demo: prepared when it comes near the window, paused out of sight, put to sleep far away */
  #watch(demo) {
    let preparing = false; // its files may come slowly, and the reader more than once
    const prepare = async () => {
      if (preparing) return;
      preparing = true;
      try {
        await demo.prepare(this.getAttribute("manifest") ?? "");
      } catch (error) {
        demo.fail(error);
      }
      preparing = false;
    };
    const near = new IntersectionObserver(
      (all) => {
        clearTimeout(this.#leaving);
        if (!all.at(-1)?.isIntersecting) this.#leave(demo);
        else if (demo.live) demo.appear();
        else prepare();
      },
      { rootMargin: "100%" },
    );
    const seen = new IntersectionObserver((all) => {
      demo.visible = all.at(-1)?.isIntersecting ?? false;
      if (!demo.visible) return;
      demo.appear();
      if (this.hasAttribute("autostart") && demo.live) this.#autostart();
    });
    this.#observers = [near, seen];
    for (const each of this.#observers) each.observe(this);
  }

  /** @param {Demo} demo: gives back what it computes with, as soon as it can, unless the reader returns before */
  #leave(demo) {
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(async () => {
      if ((await demo.activeRun?.sleep()) === false && demo === this.demo) this.#leave(demo);
    }, REST_MS);
  }

  disconnectedCallback() {
    if (!this.demo) return;
    clearTimeout(this.#leaving);
    this.#left.abort();
    for (const each of this.#observers) each.disconnect();
    this.demo.destroy();
    this.demo = undefined;
    // Back to the static figure, so that the element can be put in again.
    this.#panel?.report.destroy();
    this.#panel?.message.say("");
    this.#panel?.element.replaceWith(...this.#still);
    this.#panel = undefined;
  }

  // What the demo reports, as to any panel.

  ready() {
    const demo = /** @type {Demo} */ (this.demo);
    const { manifest } = demo.experiment;
    this.#panel?.element.setAttribute("aria-label", `${manifest?.title}. Space plays and pauses.`);
    this.#panel?.disable(!demo.live);
    this.#links?.open();
    this.#panel?.show();
    if (this.hasAttribute("autostart") && demo.visible) this.#autostart();
  }

  #autostart() {
    this.removeAttribute("autostart");
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.demo?.play();
  }

  awake() {
    this.#panel?.element.classList.add("awake");
    this.changed(false);
    this.demo?.redraw();
  }

  changed(waking = this.#waking) {
    const { demo } = this;
    if (!demo || !this.#panel) return;
    this.#waking = waking;
    const { element, play } = this.#panel;
    play.textContent = waking ? "Preparing …" : demo.playing ? "Pause" : "Play";
    element.classList.toggle("waking", waking);
    element.classList.toggle("playing", demo.playing);
  }

  /** @param {import("../run/live-run.js").LiveRun} run */
  looked(run) {
    const demo = /** @type {Demo} */ (this.demo);
    this.#panel?.report.show(demo, run);
    this.#panel?.show();
    if (!demo.playing) this.#fillTable();
  }

  /** A setting, the seed or something made by hand changed: the address says so, once it rests. */
  moved() {
    this.#panel?.show();
    if (this.demo?.experiment.reading) return;
    clearTimeout(this.#linking);
    this.#linking = setTimeout(
      () => this.demo && this.isConnected && history.replaceState(history.state, "", this.demo.link()),
      300,
    );
  }

  /** @param {string} sentence @param {boolean} [bad] */
  say(sentence, bad = false) {
    this.#panel?.message.say(sentence, bad);
    if (bad) this.changed(false);
  }

  // What the reader does.

  #toggle() {
    const { demo } = this;
    if (!demo?.live) return;
    this.say("");
    // At its end Step says so.
    if (demo.ended) this.#panel?.step.click();
    else if (demo.playing) demo.pause();
    else demo.play();
  }

  async #fillTable() {
    const { demo } = this;
    const table = this.#panel?.table;
    if (!table?.open || !demo) return;
    await demo.wake();
    try {
      const { makeTables } = await import("./tables.js");
      table.replaceChildren(/** @type {Element} */ (table.firstElementChild), ...(await makeTables(demo.views)));
    } catch (error) {
      demo.fail(error);
    }
  }
}

customElements.define("live-demo", LiveDemo);
