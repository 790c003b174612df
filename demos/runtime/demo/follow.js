/**
 * Opens the links to one demo: with the page, from the page, and by Back and Forward.
 *
 * In: the element, its demo. Out: the window at the demo, and the demo as the link says; nothing plays. What a link may
 * say, read-link.js knows. Fragments come from anywhere: none of them breaks anything.
 */

/** @typedef {import("./demo.js").Demo} Demo */

/** @param {string} hash @returns {[string, string]} an id, and the state behind it; some messengers quote the mark */
function partsOf(hash) {
  const [id] = hash.slice(1).split(/\?|%3F/i, 1);
  const rest = hash.slice(1 + id.length);
  return [id, rest.startsWith("?") ? rest.slice(1) : decoded(rest.slice(3))];
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether the reader came by a link: else the browser knows better where the page was. */
const isNew = () => {
  const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  return !entry || entry.type === "navigate";
};

export class LinkFollower {
  /** The fragment that was obeyed last, and the demo's own for the same. */
  #obeyed = { hash: "", link: "" };
  #clicked = false;

  /** @param {HTMLElement} element @param {Demo} demo @param {AbortSignal} signal */
  constructor(element, demo, signal) {
    this.element = element;
    this.demo = demo;
    window.addEventListener("hashchange", () => this.#arrive(this.#takeClick()), { signal });
    document.addEventListener("click", (event) => this.#click(event), { signal });
    if (isNew()) this.#show();
  }

  /** The demo is prepared. */
  open() {
    this.#arrive(false, false);
  }

  #takeClick() {
    const clicked = this.#clicked;
    this.#clicked = false;
    return clicked;
  }

  /** A link that is followed again says the same again. @param {MouseEvent} event */
  #click({ target, ctrlKey, metaKey, shiftKey }) {
    const link = target instanceof Element ? target.closest("a") : null;
    if (!link?.hash || ctrlKey || metaKey || shiftKey || partsOf(link.hash)[0] !== this.element.id) return;
    if (link.pathname !== location.pathname || link.origin !== location.origin) return;
    this.#clicked = link.hash !== location.hash;
    if (!this.#clicked) this.#arrive(true);
  }

  /** Browsers look for an id with the state in it, and find none. @returns {boolean} whether it is to this demo */
  #show() {
    const [id, state] = partsOf(location.hash);
    if (id !== this.element.id) return false;
    if (state) this.element.scrollIntoView({ block: "start" });
    return true;
  }

  /** @param {boolean} clicked and not by Back or Forward @param {boolean} [show] */
  async #arrive(clicked, show = true) {
    const { demo } = this;
    const { hash } = location;
    const [id, state] = partsOf(hash);
    if (id !== this.element.id) return;
    if (show) this.#show();
    if (!demo.live) return; // what is in sight is fetched, and then comes here again
    const link = demo.link();
    const same = hash === link || (hash === this.#obeyed.hash && link === this.#obeyed.link);
    if (same && !(clicked && state) && (demo.awake || !state)) return; // it is as the link says, and may be trained
    try {
      const { obey, show: showIt } = await import("./read-link.js");
      const said = new URLSearchParams(state);
      const refused = await obey(demo, said);
      this.#obeyed = { hash, link: demo.link() };
      if (state || demo.awake) await showIt(demo, said, refused);
      if (location.hash === hash) this.#obeyed = { hash, link: demo.link() }; // settings change on the way
    } catch (error) {
      demo.fail(error);
    }
  }
}
