/**
 * Loads what demos and replays need when one of them comes near the window: a page costs what is read of it.
 *
 * In: elements with `scripts`, the modules to load, what is imported first. Out: nothing; the modules define the
 * elements.
 */
const FAR = "200% 0px"; // two windows away: the scripts are there before the reader is

/** @param {Element} element */
function load(element) {
  near.unobserve(element);
  for (const url of element.getAttribute("scripts")?.split(" ") ?? []) import(url);
}

const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) load(target);
  },
  { rootMargin: FAR },
);
for (const element of document.querySelectorAll("[scripts]")) near.observe(element);

/** A link to an experiment names its demo and a state behind it: no id that the browser could find and scroll to. */
function follow() {
  const [id] = location.hash.slice(1).split(/\?|%3F/i, 1);
  const named = document.getElementById(id);
  if (named?.hasAttribute("scripts")) load(named);
}
addEventListener("hashchange", follow);
follow();
