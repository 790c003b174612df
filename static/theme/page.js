// What a page can do beyond reading: choose the theme, mark the section being read, show citations and notes in a
// card, turn tabs into a tab list, open what a link leads into. Every part works on what is there and leaves the rest
// alone.

import { namedBy, openWhatLinksName, REVEAL } from "./page/targets.js";

const root = document.documentElement;

/** @returns {string} what the reader chose, on whatever page */
function storedTheme() {
  try {
    return localStorage.getItem("theme") ?? "system";
  } catch {
    return root.dataset.theme ?? "system"; // storage is switched off: the choice lasts for this page
  }
}

/** The button in the head goes through system, light, dark. */
function chooseTheme() {
  const button = document.querySelector(".theme-toggle");
  if (!(button instanceof HTMLElement)) return;
  const themes = ["system", "light", "dark"];
  const name = () => `Theme: ${root.dataset.theme ?? "system"}`;
  const label = () => {
    button.setAttribute("aria-label", name());
    button.title = name();
  };
  const show = (/** @type {string} */ theme) => {
    if (theme === "system" || !themes.includes(theme)) delete root.dataset.theme;
    else root.dataset.theme = theme;
    label();
  };
  // Chosen in another tab, or on a page from which the reader comes back.
  addEventListener("storage", ({ key }) => (key === "theme" || key === null) && show(storedTheme()));
  addEventListener("pageshow", ({ persisted }) => persisted && show(storedTheme()));
  button.addEventListener("click", () => {
    const theme = themes[(themes.indexOf(root.dataset.theme ?? "system") + 1) % themes.length];
    show(theme);
    try {
      if (theme === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch {
      // Storage is switched off: the choice lasts for this page.
    }
  });
  label();
}

/** Marks the line of the contents whose section is being read: the last heading above the window's upper third. */
function followContents() {
  const toc = document.querySelector(".toc");
  if (!(toc instanceof HTMLElement)) return;
  const wide = matchMedia("(min-width: 75rem)");
  const details = toc.querySelector("details");
  const unfold = () => {
    if (details) details.open = wide.matches;
  };
  wide.addEventListener("change", unfold);
  unfold();

  /** @type {Map<Element, HTMLAnchorElement>} */
  const links = new Map();
  for (const link of toc.querySelectorAll("a")) {
    const heading = namedBy(link.hash);
    if (heading) links.set(heading, link);
  }
  /** @type {HTMLAnchorElement | undefined} */
  let current;
  const mark = () => {
    let found;
    for (const [heading, link] of links) {
      if (heading.getBoundingClientRect().top > innerHeight / 3) break;
      found = link;
    }
    if (found === current) return;
    current?.removeAttribute("aria-current");
    found?.setAttribute("aria-current", "true");
    current = found;
    if (found && wide.matches && toc.scrollHeight > toc.clientHeight) {
      toc.scrollTop = found.offsetTop - toc.clientHeight / 2;
    }
  };
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon, { passive: true });
  soon();
}

/** What a citation or a note mark stands for, beside it: on hover, on focus, and on the first touch. */
class Card {
  /** @type {HTMLAnchorElement | undefined} */
  #shown;
  #timer = 0;
  #element = document.createElement("div");

  constructor() {
    const card = this.#element;
    card.className = "card";
    card.id = "card";
    card.hidden = true;
    card.setAttribute("role", "tooltip");
    document.body.append(card);
    card.addEventListener("pointerenter", () => clearTimeout(this.#timer));
    card.addEventListener("pointerleave", () => this.#hideSoon());
    addEventListener("keydown", (event) => event.key === "Escape" && this.#hide());
    addEventListener("pointerdown", (event) => {
      const target = /** @type {Node} */ (event.target);
      if (this.#shown && !card.contains(target) && !this.#shown.contains(target)) this.#hide();
    });
  }

  #hide() {
    clearTimeout(this.#timer);
    this.#element.hidden = true;
    this.#shown?.removeAttribute("aria-describedby");
    this.#shown = undefined;
  }

  #hideSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#hide(), 200);
  }

  /** @param {HTMLAnchorElement} mark */
  #show(mark) {
    clearTimeout(this.#timer);
    const entry = namedBy(mark.hash);
    if (!entry || this.#shown === mark) return;
    this.#hide();
    const card = this.#element;
    const copy = /** @type {HTMLElement} */ (entry.cloneNode(true));
    for (const back of copy.querySelectorAll(".footnote-back, .cite-back")) back.remove();
    for (const named of copy.querySelectorAll("[id]")) named.removeAttribute("id");
    card.replaceChildren(...copy.childNodes);
    card.hidden = false;
    this.#shown = mark;
    mark.setAttribute("aria-describedby", "card");
    const at = mark.getBoundingClientRect();
    const room = root.clientWidth - card.offsetWidth - 16;
    const above = at.bottom + card.offsetHeight + 8 > innerHeight && at.top > card.offsetHeight + 8;
    const top = above ? at.top - card.offsetHeight - 6 : at.bottom + 6;
    card.style.left = `${Math.max(16, Math.min(at.left, room)) + scrollX}px`;
    card.style.top = `${top + scrollY}px`;
  }

  /** @param {HTMLAnchorElement} mark */
  serve(mark) {
    let touched = false;
    mark.addEventListener("pointerenter", (event) => {
      if (event.pointerType !== "mouse") return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#show(mark), 120);
    });
    mark.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#hideSoon());
    mark.addEventListener("pointerdown", (event) => {
      touched = event.pointerType !== "mouse" && this.#shown !== mark;
    });
    mark.addEventListener("click", (event) => {
      if (touched) {
        event.preventDefault(); // the second touch follows the link
        this.#show(mark);
      } else this.#hide();
      touched = false;
    });
    mark.addEventListener("focus", () => mark.matches(":focus-visible") && this.#show(mark));
    mark.addEventListener("blur", () => this.#hideSoon());
  }
}

function showCards() {
  const marks = document.querySelectorAll(".cite a, .footnote-ref a");
  if (marks.length === 0) return;
  const card = new Card();
  for (const mark of marks) card.serve(/** @type {HTMLAnchorElement} */ (mark));
}

/** @param {HTMLElement} tabs  sections with a label, which become panels under a list of tabs */
function makeTabs(tabs, number = 0) {
  const panels = /** @type {HTMLElement[]} */ ([...tabs.children].filter((child) => child.matches(".tab")));
  const list = document.createElement("div");
  list.className = "tab-list";
  list.setAttribute("role", "tablist");
  const buttons = panels.map((panel, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.id = `tab-${number}-${index}`;
    button.textContent = panel.getAttribute("aria-label");
    button.setAttribute("role", "tab");
    panel.id ||= `panel-${number}-${index}`;
    button.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", button.id);
    button.addEventListener("click", () => select(index));
    panel.addEventListener(REVEAL, () => select(index));
    return button;
  });
  const select = (/** @type {number} */ chosen) => {
    buttons.forEach((button, index) => {
      button.setAttribute("aria-selected", String(index === chosen));
      button.tabIndex = index === chosen ? 0 : -1;
      panels[index].hidden = index !== chosen;
    });
  };
  list.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return; // the browser's
    const now = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const last = buttons.length - 1;
    const next = {
      ArrowRight: now === last ? 0 : now + 1,
      ArrowLeft: now === 0 ? last : now - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    select(next);
    buttons[next].focus();
  });
  list.append(...buttons);
  tabs.prepend(list);
  select(0);
}

/** What can be moved sideways in a narrow window can be reached by keyboard as long as that is so. */
function reachWideBlocks() {
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
      else target.removeAttribute("tabindex");
    }
  });
  for (const block of document.querySelectorAll(".w-page.figure, .w-page > .figure, .equation > math"))
    watch.observe(block);
}

/** Proofs and listings that are folded are printed all the same, and folded again. */
function unfoldForPaper() {
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(/** @type {"details"} */ (".body details:not([open])"))];
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
  });
}

/** What early.js and later.css let wait is laid out from the top, block by block, as long as there is leisure. */
function layOutTheRest() {
  if (!root.classList.contains("opening")) return;
  const waiting = [...document.querySelectorAll(".body > *, .body figcaption, .after > *")];
  const some = (/** @type {IdleDeadline} */ leisure) => {
    do {
      const block = waiting.shift();
      block?.classList.add("laid-out");
      block?.getBoundingClientRect(); // now, so that no frame has to lay out many
    } while (waiting.length > 0 && leisure.timeRemaining() > 8);
    if (waiting.length > 0) requestIdleCallback(some, { timeout: 200 });
    else root.classList.remove("opening");
  };
  requestAnimationFrame(() => requestIdleCallback(some, { timeout: 1000 }));
}

chooseTheme();
followContents();
showCards();
reachWideBlocks();
unfoldForPaper();
layOutTheRest();
for (const [number, tabs] of document.querySelectorAll(".tabs").entries())
  makeTabs(/** @type {HTMLElement} */ (tabs), number);
openWhatLinksName();
