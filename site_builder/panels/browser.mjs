// Enough of a browser for demos to lay out their panels in: elements and styles by linkedom, and around them what the
// runtime asks for and is not answered here, since there is no layout, no adapter and no reader. In: linkedom's parser.
// Out: the globals of a page. What linkedom leaves as mere properties becomes attributes, so that HTML holds it.

/** Properties that browsers reflect in attributes, by what they are there. */
const TEXTS = ["accept", "autocomplete", "inputMode", "kind", "max", "min", "name", "placeholder", "src", "step"];
const MORE_TEXTS = ["alt", "htmlFor", "href", "scope", "title", "type", "value"];
const NUMBERS = ["cols", "colSpan", "height", "maxLength", "rows", "rowSpan", "size", "tabIndex", "width"];
const FLAGS = ["checked", "disabled", "hidden", "inert", "multiple", "open", "readOnly", "required", "selected"];
const LENGTHS = ["clientWidth", "clientHeight", "offsetWidth", "offsetHeight", "scrollWidth", "scrollHeight"];
const NAMES = { htmlFor: "for" };

const nothing = () => {};
const box = () => ({ left: 0, top: 0, right: 0, bottom: 0, x: 0, y: 0, width: 0, height: 0 });

/** Nobody is near, nothing has a size, nothing changes. */
class Observer {
  observe = nothing;
  unobserve = nothing;
  disconnect = nothing;
  takeRecords = () => [];
}

class Store {
  getItem = () => null;
  setItem = nothing;
  removeItem = nothing;
}

function reflect(prototype, property, get, set) {
  const attribute = NAMES[property] ?? property.toLowerCase();
  Object.defineProperty(prototype, property, {
    configurable: true,
    get() {
      return get(this, attribute);
    },
    set(value) {
      set(this, attribute, value);
    },
  });
}

const asText = (element, name) => element.getAttribute(name) ?? "";
const asFlag = (element, name) => element.hasAttribute(name);
const asNumber = (element, name) => Number(element.getAttribute(name) ?? 0);
const put = (element, name, value) => element.setAttribute(name, `${value}`);
const toggle = (element, name, value) => element.toggleAttribute(name, Boolean(value));

/** What is chosen in a menu stands in its options. */
function choose(select, value) {
  for (const option of select.querySelectorAll("option"))
    option.toggleAttribute("selected", option.getAttribute("value") === `${value}`);
}

function giveAttributes(window, names) {
  const { HTMLElement, HTMLSelectElement, HTMLInputElement, Element } = window;
  const own = names.map((name) => window[name].prototype);
  const inherited = (property) => own.filter((each) => Object.hasOwn(each, property));
  const everywhere = (properties, get, set) => {
    for (const property of properties) {
      for (const each of inherited(property)) if (each !== HTMLElement.prototype) delete each[property];
      reflect(HTMLElement.prototype, property, get, set);
    }
  };
  everywhere([...TEXTS, ...MORE_TEXTS], asText, put);
  everywhere(NUMBERS, asNumber, put);
  everywhere(FLAGS, asFlag, toggle);
  reflect(HTMLSelectElement.prototype, "value", asText, (select, _, value) => choose(select, value));
  Object.defineProperty(HTMLInputElement.prototype, "valueAsNumber", {
    get() {
      return Number(this.value);
    },
  });
  for (const each of LENGTHS) Object.defineProperty(Element.prototype, each, { configurable: true, get: () => 0 });
  Object.assign(Element.prototype, { getBoundingClientRect: box, scrollIntoView: nothing, animate: nothing });
  Object.assign(HTMLElement.prototype, { focus: nothing, blur: nothing });
}

/** @returns {Document} of a page whose globals are now those of this process */
export function openPage({ parseHTML, HTMLClasses }) {
  const { window, document } = parseHTML("<!doctype html><html><head></head><body></body></html>");
  giveAttributes(window, Object.keys(HTMLClasses));
  const given = {
    window: globalThis,
    self: globalThis,
    document,
    devicePixelRatio: 1,
    innerWidth: 0,
    innerHeight: 0,
    history: { state: null, replaceState: nothing, pushState: nothing },
    location: new URL("https://localhost/"),
    IntersectionObserver: Observer,
    ResizeObserver: Observer,
    MutationObserver: Observer,
    localStorage: new Store(),
    sessionStorage: new Store(),
    addEventListener: nothing,
    removeEventListener: nothing,
    requestAnimationFrame: () => 0,
    cancelAnimationFrame: nothing,
    getComputedStyle: () => ({ getPropertyValue: () => "" }),
    matchMedia: () => ({ matches: false, addEventListener: nothing, removeEventListener: nothing }),
  };
  const others = [
    "Element",
    "SVGElement",
    "Node",
    "Text",
    "Event",
    "CustomEvent",
    "DocumentFragment",
    "customElements",
  ];
  for (const name of [...Object.keys(HTMLClasses), ...others]) given[name] = window[name];
  for (const [name, value] of Object.entries(given))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  return document;
}
