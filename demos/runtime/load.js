/**
 * Loads what demos and replays need when one of them comes near the window: a page costs what is read of it.
 *
 * In: elements with `scripts`, the modules to load, what is imported first. Out: nothing; the modules define the elements.
 */
const FAR = "200% 0px"; // two windows away: the scripts are there before the reader is

/** @param {Element} element */
function load(element) {
  near.unobserve(element);
  for (const url of element.getAttribute("scripts")?.split(" ") ?? []) import(url);
}

const near = new IntersectionObserver(
  (entries) => entries.forEach(({ target, isIntersecting }) => isIntersecting && load(target)),
  { rootMargin: FAR },
);
for (const element of document.querySelectorAll("[scripts]")) near.observe(element);

/** A link to an experiment names its demo with a state behind it, which the browser finds nowhere and does not scroll to. */
function follow() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1).split("?")[0]));
  if (named?.hasAttribute("scripts")) load(named);
}
addEventListener("hashchange", follow);
follow();
