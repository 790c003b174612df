// What a link within a page leads to: found by its fragment, and opened where it lies in a closed fold or tab.
// How a tab opens, page.js knows, which makes tabs.

/** The event by which a closed tab is asked to be the one that is seen. */
export const REVEAL = "reveal";

/**
 * @param {string} hash of any link, which may be no text, and for a demo has a state behind it
 * @returns {HTMLElement | null} the element that it names
 */
export function namedBy(hash) {
  const [id] = hash.slice(1).split(/\?|%3F/i, 1);
  try {
    return document.getElementById(decodeURIComponent(id));
  } catch {
    return document.getElementById(id);
  }
}

/** @param {HTMLElement | null} target @returns {boolean} whether a fold or a tab had to be opened */
function reveal(target) {
  let closed = false;
  for (let at = target; at; at = at.parentElement) {
    if (at instanceof HTMLDetailsElement && !at.open) closed = at.open = true;
    else if (at.matches(".tab[hidden]")) closed = at.dispatchEvent(new Event(REVEAL));
  }
  return closed;
}

/** What a link leads to is opened, with the page, by a click, also by the same click again, and by Back. */
export function openWhatLinksName() {
  const arrive = () => {
    const target = namedBy(location.hash);
    if (reveal(target)) target?.scrollIntoView();
  };
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link?.hash || event.defaultPrevented) return;
    if (link.origin === location.origin && link.pathname === location.pathname) reveal(namedBy(link.hash));
  });
  addEventListener("hashchange", arrive);
  arrive();
}
