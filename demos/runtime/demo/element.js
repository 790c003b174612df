/**
 * `<live-demo>`: the panel around a demo, the same whatever computes it.
 *
 * In: the element with its static figure, and a definition of the same name. Out: views, controls, status, words,
 * table, link. Without JavaScript, or where nothing can compute, the figure stays; else the demo trains. What training
 * is, `demo.js` knows.
 */
import { makeControls } from "./controls.js";
import { Demo } from "./demo.js";
import { h } from "../common/dom.js";
import { isForBrowser } from "../common/keys.js";
import { LinkFollower } from "./follow.js";
import { makeCopyLink } from "./copy-link.js";
import { numeral } from "../common/numbers.js";
import "../runtime.css";

/** @typedef {import("../types.d.ts").Definition} Definition */
/** @typedef {import("../types.d.ts").Panel} Panel */

/** @type {Map<string, Definition | (() => Definition)>} */
const definitions = new Map();
const WORDS_MS = 4000;
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

/** @param {string} label @param {() => void} onclick @param {string} [className] */
const button = (label, onclick, className = "plain") =>
  h("button", { type: "button", textContent: label, onclick, className });

/** @implements {Panel} */
class LiveDemo extends HTMLElement {
  /** @type {Demo | undefined} */
  demo;
  #panel = h("div", { className: "demo-panel", role: "group", tabIndex: 0 });
  #stage = h("div", { className: "demo-stage" });
  #views = h("div", { className: "demo-views" });
  #play = button("Play", () => this.#toggle(), "play");
  #seed = h("input", { type: "number", min: "0", max: "4294967295", step: "1", value: "1", inputMode: "numeric" });
  #bar = h("fieldset", { className: "demo-bar", disabled: true });
  #own = h("fieldset", { className: "demo-controls", disabled: true });
  #status = h("p", { className: "demo-status" });
  #words = h("p", { className: "demo-words", "aria-live": "polite" });
  #error = h("p", { className: "demo-error", role: "alert", hidden: true });
  #table = h("details", { className: "demo-table" }, h("summary", null, "Show data as table"));
  /** @type {import("./controls.js").MadeControl[]} */
  #controls = [];
  #spoken = 0;
  #linking = 0;
  #leaving = 0;
  #left = new AbortController();
  /** @type {LinkFollower | undefined} */
  #links;
  /** @type {IntersectionObserver[]} */
  #observers = [];
  /** @type {Node[]} */
  #poster = [];

  connectedCallback() {
    this.upgrade();
  }

  /** Builds everything at once, hidden views included: their space is taken before anyone clicks. */
  upgrade() {
    const found = definitions.get(this.getAttribute("name") ?? "");
    if (!found || this.demo || !this.isConnected) return;
    const definition = typeof found === "function" ? found() : found;
    this.demo = new Demo(this, definition, this);
    const figure = this.querySelector("figure") ?? this;
    const caption = figure.querySelector("figcaption");
    this.#poster = [...figure.childNodes].filter((node) => node !== caption);
    const poster = h("div", { className: "demo-poster" }, ...this.#poster);
    this.#stage.append(poster, this.#views);
    this.#fill(this.demo);
    figure.prepend(this.#panel);
    this.#listen(this.demo, poster);
  }

  /** @param {Demo} demo: its views, its controls, and what every panel has */
  #fill(demo) {
    const { definition } = demo;
    demo.views = definition.views(demo);
    this.#views.append(...demo.views.map(({ element }) => element));
    for (const element of this.#views.children) {
      const title = element.querySelector("h3")?.textContent ?? "";
      element.setAttribute("data-view", title.toLowerCase().replace(/[^a-z0-9]+/g, "-"));
    }
    this.#controls = makeControls(demo);
    const seed = h("label", { className: "seed" }, h("span", null, "Seed"), this.#seed);
    this.#own.append(...this.#controls.map(({ element }) => element), ...(definition.draws === false ? [] : [seed]));
    const link = makeCopyLink(demo);
    this.#controls.push(link);
    this.#own.append(link.element);
    const [step, reset] = [button("Step", () => demo.advance()), button("Reset", () => demo.reset())];
    this.#bar.append(this.#play, step, reset, this.#status);
    if (definition.help) this.#panel.append(h("p", { className: "demo-help" }, definition.help));
    this.#panel.append(this.#stage, this.#bar, this.#own, ...(definition.describe ? [this.#words] : []));
    this.#panel.append(this.#error, this.#table);
    this.#panel.setAttribute("aria-label", "Demo. Space plays and pauses.");
    this.#status.textContent = "Not started";
  }

  /** @param {Demo} demo @param {HTMLElement} poster */
  #listen(demo, poster) {
    poster.onclick = () => this.#toggle();
    this.#seed.onchange = () => {
      demo.experiment.seed = this.#seed.valueAsNumber >>> 0;
      demo.reset();
      this.moved();
    };
    this.#panel.onkeydown = (event) => {
      if (event.key !== " " || event.target !== this.#panel || isForBrowser(event)) return;
      event.preventDefault();
      this.#toggle();
    };
    this.#table.ontoggle = () => this.#fillTable();
    this.#watch(demo);
    this.#left = new AbortController();
    const { signal } = this.#left;
    document.addEventListener("visibilitychange", () => document.hidden || demo.appear(), { signal });
    this.#links = new LinkFollower(this, demo, signal);
  }

  /** @param {Demo} demo: prepared when it comes near the window, paused out of sight, put to sleep far away */
  #watch(demo) {
    const near = new IntersectionObserver(
      (all) => {
        clearTimeout(this.#leaving);
        if (!all.at(-1)?.isIntersecting) this.#leave(demo);
        else if (demo.live) demo.appear();
        else demo.prepare(this.getAttribute("manifest") ?? "").catch((error) => demo.fail(error));
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
    this.#panel.replaceWith(...this.#poster);
    for (const each of [this.#panel, this.#stage, this.#views, this.#bar, this.#own]) each.replaceChildren();
    this.#panel.classList.remove("awake");
    this.#bar.disabled = this.#own.disabled = true;
  }

  // What the demo reports, as to any panel.

  ready() {
    const demo = /** @type {Demo} */ (this.demo);
    const { manifest } = demo.experiment;
    this.#panel.setAttribute("aria-label", `${manifest?.title}. Space plays and pauses.`);
    this.#bar.disabled = this.#own.disabled = !demo.live;
    this.#links?.open();
    this.#showControls();
    if (this.hasAttribute("autostart") && demo.visible) this.#autostart();
  }

  #autostart() {
    this.removeAttribute("autostart");
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.demo?.play();
  }

  awake() {
    this.#panel.classList.add("awake");
    this.demo?.redraw();
  }

  changed() {
    const demo = /** @type {Demo} */ (this.demo);
    this.#play.textContent = demo.playing ? "Pause" : "Play";
    this.#panel.classList.toggle("playing", demo.playing);
    this.#spoken = 0;
  }

  /** @param {import("../run/live-run.js").LiveRun} run */
  looked(run) {
    const demo = /** @type {Demo} */ (this.demo);
    const { definition, values, step, playing } = demo;
    const { stepsPerSecond, adapter } = run;
    const history = values["loss.history"]?.length ? { loss: demo.latest("loss.history") } : {};
    const facts = Object.entries({ ...history, ...definition.status?.(demo) })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name} ${typeof value === "number" ? numeral(value) : value}`);
    const pace = playing && stepsPerSecond ? [`${numeral(Math.round(stepsPerSecond))} steps/s`] : [];
    this.#status.replaceChildren(
      ...[`step ${numeral(step)}`, ...pace, ...facts, adapter].map((text) => h("span", null, text)),
    );
    this.#showControls();
    const now = performance.now();
    if (definition.describe && now - this.#spoken > (playing ? WORDS_MS : 0)) {
      this.#spoken = now;
      this.#words.textContent = definition.describe(demo);
    }
    if (this.#table.open && !playing) this.#fillTable();
  }

  /** A setting, the seed or something made by hand changed: the address says so, once it rests. */
  moved() {
    this.#showControls();
    if (this.demo?.experiment.reading) return;
    clearTimeout(this.#linking);
    this.#linking = setTimeout(
      () => this.demo && this.isConnected && history.replaceState(history.state, "", this.demo.link()),
      300,
    );
  }

  /** @param {string} sentence @param {boolean} [bad] */
  say(sentence, bad = false) {
    this.#error.hidden = !sentence;
    this.#error.classList.toggle("bad", bad);
    this.#error.textContent = sentence;
  }

  // What the reader does.

  #toggle() {
    const { demo } = this;
    if (!demo?.live) return;
    this.say("");
    if (demo.playing) demo.pause();
    else demo.play();
  }

  #showControls() {
    for (const { show } of this.#controls) show();
    if (document.activeElement !== this.#seed && this.demo) this.#seed.value = `${this.demo.experiment.seed}`;
  }

  async #fillTable() {
    const { demo } = this;
    if (!this.#table.open || !demo) return;
    await demo.wake();
    try {
      const { makeTables } = await import("./tables.js");
      this.#table.replaceChildren(
        /** @type {Element} */ (this.#table.firstElementChild),
        ...(await makeTables(demo.views)),
      );
    } catch (error) {
      demo.fail(error);
    }
  }
}

customElements.define("live-demo", LiveDemo);
