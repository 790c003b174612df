/**
 * Short ways to the DOM: elements, SVG, the theme's tokens.
 *
 * It knows nothing of demos. Styles are set through classes and the CSSOM, for the page's policy allows no style
 * attributes.
 */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, any> | null} [properties] those with a dash or `role` become attributes
 * @param {...(Node | string)} children @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key.includes("-") || key === "role") element.setAttribute(key, value);
    else Object.assign(element, { [key]: value });
  }
  element.append(...children);
  return element;
}

/**
 * @param {string} tag @param {Record<string, string | number>} attributes @param {...(Node | string)} children
 * @returns {SVGElement}
 */
export function s(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, `${value}`);
  element.append(...children);
  return element;
}

/** @type {Map<string, string>} */
const tokens = new Map();
/** @type {Set<() => void>} */
const repaint = new Set();

/** @param {string} name of a colour, "--cat-1" @returns {string} as the theme has it now */
export function token(name) {
  const known = tokens.get(name);
  if (known) return known;
  const value = getComputedStyle(document.documentElement).getPropertyValue(name).trim() || "#888888";
  tokens.set(name, value);
  return value;
}

/** @param {string} name @returns {number[]} red, green, blue, alpha, each 0 to 1 */
export function rgba(name) {
  const digits = token(name).slice(1);
  const wide = digits.length < 6 ? digits.replace(/./g, "$&$&") : digits;
  return [0, 2, 4].map((at) => parseInt(wide.slice(at, at + 2), 16) / 255).concat(1);
}

/** @param {() => void} changed when the theme did @returns {() => void} stops listening */
export function onTheme(changed) {
  repaint.add(changed);
  return () => repaint.delete(changed);
}

function forget() {
  tokens.clear();
  for (const each of repaint) each();
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", forget);
addEventListener("pageshow", ({ persisted }) => persisted && forget()); // what changed while the page was put away
new MutationObserver(forget).observe(document.documentElement, { attributeFilter: ["data-theme"] });

/** @param {string} title @param {...HTMLElement} rest @returns {HTMLElement} what stands above a view */
export const viewHead = (title, ...rest) =>
  h("div", { className: "view-head" }, h("span", { className: "view-title" }, title), ...rest);
