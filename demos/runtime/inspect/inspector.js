/**
 * The cell inspector: one number that a demo shows, the formula that gives it, and the numbers in it, each of which can
 * be looked into in turn, down to parameters and inputs. Loaded when a reader chooses a cell.
 *
 * In: a demo, the name of a buffer and a place in it. Out: a part of the demo's panel. The arithmetic is that of
 * cells.js, from numbers read in one turn, at the step that is shown; beside it stands what the device has. What
 * changes with it, slopes.js says.
 */
import { fetchJson, sizeOf } from "../common/data.js";
import { h } from "../common/dom.js";
import { isForBrowser } from "../common/keys.js";
import { fixed, numeral } from "../common/numbers.js";
import { Cells, namesUnder } from "./cells.js";
import { cellName, explainCell } from "./formula.js";
import { differentiated, slopeInPath, slopesOfLosses } from "./slopes.js";
import { notFollowed, plainly, worded } from "./words.js";

/** @typedef {import("../types.d.ts").Demo} Demo */
/** @typedef {import("../types.d.ts").Formulas} Formulas */
/** @typedef {import("./places.js").Cell} Cell */

const MOST_ROWS = 100;
const MEASURED = "The number above is the device's.";
/** By role. @type {Record<string, string>} */
const STORED = {
  parameter: "a parameter",
  input: "an input",
  data: "data",
  constant: "a constant",
  state: "what a program keeps",
};
/** @type {WeakMap<Demo, Inspector>} */
const inspectors = new WeakMap();

/** @param {Demo} demo @param {string} name of a buffer that it shows @param {number} at in row-major order */
export async function inspect(demo, name, at) {
  const inspector = inspectors.get(demo) ?? new Inspector(demo);
  inspectors.set(demo, inspector);
  await inspector.open(name, at);
}

/** @param {string} text @param {() => void} onclick */
const button = (text, onclick) => h("button", { type: "button", textContent: text, onclick });

class Inspector {
  #head = h("span", { className: "view-title", tabIndex: -1 });
  #body = h("div", { className: "inspector-body" });
  /** What screen readers hear: a cell when it is chosen, not each number while it changes. */
  #heard = h("p", { className: "demo-heard", "aria-live": "polite" });
  /** @type {Cell | undefined} */
  #told;
  #back = button("Back", () => this.#return());
  #close = button("Close", () => this.#leave());
  element = h(
    "section",
    { className: "demo-inspector", "aria-label": "One number, and what it is computed from" },
    h("div", { className: "view-head" }, this.#head, h("span", null, this.#back, this.#close)),
    this.#body,
    this.#heard,
  );
  /** What was chosen: a buffer's name, which other plans have too, and a place in it. */
  #chosen = { name: "", at: 0 };
  /** Those that the places are of. @type {Formulas | undefined} */
  #of;
  /** From the cell that was chosen to the one that is shown. @type {Cell[]} */
  #path = [];
  /** @type {Map<string, Promise<Formulas>>} */
  #fetched = new Map();
  #reading = false;
  /** Something else was asked for while it read. */
  #again = false;
  /** @type {Element | null} */
  #before = null;
  /** What it wants is read at every look while the demo plays. */
  #view = {
    element: this.element,
    /** @type {string[]} */
    reads: [],
    update: () => this.#refresh(),
    destroy: () => this.element.remove(),
  };

  /** @param {Demo} demo */
  constructor(demo) {
    this.demo = demo;
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !isForBrowser(event)) this.#leave();
    });
    demo.views.push(this.#view);
  }

  /** @returns {Promise<Formulas>} of the plan that runs */
  #formulas() {
    const { formulas: url } = this.demo.experiment.files;
    const known = this.#fetched.get(url) ?? /** @type {Promise<Formulas>} */ (fetchJson(url));
    this.#fetched.set(url, known);
    known.catch(() => this.#fetched.delete(url)); // it may be there the next time
    return known;
  }

  /** @param {string} name @param {number} at */
  async open(name, at) {
    await this.demo.wake();
    try {
      if (!this.#begin(await this.#formulas(), { name, at })) return; // no program computes or reads it
    } catch (error) {
      return this.demo.fail(error);
    }
    if (!this.element.contains(document.activeElement)) this.#before = document.activeElement;
    if (!this.element.isConnected) this.demo.element.querySelector(".demo-foot")?.before(this.element);
    await this.#refresh();
    const { top, bottom } = this.element.getBoundingClientRect();
    if (bottom <= 0 || top >= innerHeight) this.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {Formulas} formulas @param {{ name: string, at: number }} chosen @returns {boolean} whether it is theirs */
  #begin(formulas, chosen) {
    const { name, at } = chosen;
    const node = formulas.outputs[name] ?? formulas.nodes.findIndex((each) => each.name === name);
    if (node < 0 || at >= sizeOf(formulas.nodes[node].shape)) return false;
    this.#chosen = chosen;
    this.#of = formulas;
    this.#path = [{ node, at }];
    return true;
  }

  #return() {
    if (this.#path.length > 1) this.#path.pop();
    this.#refresh();
  }

  #leave() {
    const focused = this.element.contains(document.activeElement);
    this.element.remove();
    this.#view.reads = [];
    if (!focused) return;
    if (this.#before instanceof HTMLElement || this.#before instanceof SVGElement) this.#before.focus();
  }

  /** Reads what the cell is computed from, all in one turn, and says it; once more where another was chosen since. */
  async #refresh() {
    this.#again = this.#reading;
    if (!this.element.isConnected || this.#reading) return;
    this.#reading = true;
    try {
      do {
        this.#again = false;
        await this.#read();
      } while (this.#again && this.element.isConnected);
    } catch (error) {
      this.demo.fail(error);
    } finally {
      this.#reading = false;
    }
  }

  async #read() {
    const formulas = await this.#formulas();
    if (formulas !== this.#of && !this.#begin(formulas, this.#chosen)) return this.#leave(); // of another plan
    const { nodes } = formulas;
    const cell = this.#path[this.#path.length - 1];
    const own = this.#ownName(nodes, cell);
    const losses = differentiated(this.demo, formulas, cell);
    const calm = this.demo.playing ? [] : losses; // what a loss is computed from is not read at every look
    const names = [this.#path[0].node, ...calm].flatMap((node) => namesUnder(nodes, node));
    const wanted = [...new Set([...names, own])].filter((name) => this.demo.bufferOf(name));
    const [step, arrays] = await this.#arrays(wanted);
    if (!arrays.every(Boolean) || cell !== this.#path[this.#path.length - 1]) return;
    const cells = new Cells(nodes, Object.fromEntries(wanted.map((name, i) => [name, arrays[i]])));
    this.#say(cells, cell, own, step);
    this.#addSlopes(cells, cell, calm, losses.length > calm.length);
  }

  /**
   * While it plays, as it was last looked at, for steps that follow may be on their way; else as it is now.
   * @param {string[]} names @returns {Promise<[number, ArrayLike<number>[]]>} a step, and what they were at it
   */
  async #arrays(names) {
    const { demo } = this;
    this.#view.reads = names;
    const held = (/** @type {string} */ name) =>
      demo.experiment.inputs.has(name) ? demo.input(name) : demo.values[name];
    if (demo.playing) return [demo.lookedAt, names.map(held)];
    const { step } = demo;
    return [step, await Promise.all(names.map((name) => demo.read(name)))];
  }

  /** @param {Formulas["nodes"]} nodes @param {Cell} cell @returns {string} of the buffer that holds it, if one does */
  #ownName(nodes, { node }) {
    return nodes[node].name ?? (this.#path.length === 1 ? this.#chosen.name : "");
  }

  /** @param {Cells} cells @param {Cell} cell @param {string} own @param {number} step */
  #say(cells, cell, own, step) {
    const { shape, op } = cells.nodes[cell.node];
    const { symbols, numbers, terms, sum, notes } = explainCell(cells, cell);
    const name = own ? cellName(own, shape, cell.at) : plainly(op);
    const held = cells.arrays[own]?.[cell.at];
    const [missing, value] = [cells.missing(cell), cells.value(cell)];
    this.#head.textContent = missing && held === undefined ? name : `${name} = ${worded(missing ? held : value)}`;
    this.#back.disabled = this.#path.length < 2;
    const stored = op === "read";
    const result = missing ? [] : [`= ${Number.isFinite(value) ? fixed(value, 6) : worded(value)}`];
    const steps = missing === op ? [`It is ${notFollowed(op)}.`] : [`${name} = ${symbols}`, `= ${numbers}`, ...result];
    const lines = stored && !missing ? [] : steps;
    /** @type {HTMLElement[]} */
    const parts = [h("div", { className: "inspector-formula" }, ...lines.map((line) => h("p", null, line)))];
    if (terms.length) parts.push(this.#terms(terms));
    if (sum) parts.push(this.#sum(sum));
    const indexed = shape.length || [symbols, ...terms.map(({ text }) => text)].some((text) => text.includes("["));
    const said = [...notes, ...(indexed ? ["Indices count from 0."] : []), `At step ${numeral(step)}.`];
    if (stored) said.push(this.#storage(own));
    if (!stored && held !== undefined) said.push(missing ? MEASURED : `The device has ${apart(held, value)}.`);
    parts.push(h("p", null, said.join(" ")));
    this.#replace(parts, this.#told === cell);
    if (this.#told !== cell) this.#heard.textContent = [this.#head.textContent, ...lines].join(". ");
    this.#told = cell;
  }

  /**
   * A focus in it stays on the button at its place, or where the cell is another goes to the head.
   * @param {HTMLElement[]} parts @param {boolean} same whether it is of the same cell
   */
  #replace(parts, same) {
    const buttons = () => [...this.#body.querySelectorAll("button")];
    const focused = buttons().indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    this.#body.replaceChildren(...parts);
    if (focused >= 0) ((same && buttons()[focused]) || this.#head).focus({ preventScroll: true });
  }

  /**
   * @param {Cells} cells @param {Cell} cell
   * @param {number[]} losses that hang on it @param {boolean} more that are looked at when it pauses
   */
  #addSlopes(cells, cell, losses, more) {
    const said = slopesOfLosses(cells, losses, cell);
    if (this.#path.length > 1) said.unshift(slopeInPath(cells, this.#path[0], cell, this.#chosen.name));
    if (more) said.push("Pause to see the derivative of the loss by it.");
    if (said.length) this.#body.firstElementChild?.after(h("p", null, said.join(" ")));
  }

  /** @param {string} name of what is stored */
  #storage(name) {
    const role = this.demo.bufferOf(name)?.role ?? "";
    return `It is stored: ${STORED[role] ?? "a number that the model keeps"}.`;
  }

  /** @param {import("./formula.js").Term[]} terms */
  #terms(terms) {
    const rows = terms.map(({ text, cell, number, words }) => [
      h(
        "dt",
        null,
        button(text, () => this.#follow(cell)),
      ),
      h("dd", null, `= ${number}${words && `, ${words}`}`),
    ]);
    return h("dl", { className: "inspector-terms" }, ...rows.flat());
  }

  /** @param {NonNullable<import("./formula.js").Explanation["sum"]>} sum */
  #sum({ head, rows }) {
    const shown = rows.slice(0, MOST_ROWS);
    const body = shown.map(({ k, cells, numbers }) => {
      const entries = numbers.map((number, i) => {
        const cell = cells[i];
        const entry = cell ? button(number, () => this.#follow(cell)) : number;
        return h("td", null, entry);
      });
      return h("tr", null, h("th", { scope: "row" }, `${k}`), ...entries);
    });
    const names = ["k", ...head].map((text) => h("th", { scope: "col" }, text));
    const table = h("table", null, h("thead", null, h("tr", null, ...names)), h("tbody", null, ...body));
    const more = rows.length - shown.length;
    const rest = more > 0 ? [h("p", null, `and ${numeral(more)} more`)] : [];
    const region = { className: "table-scroll", tabIndex: 0, role: "region", "aria-label": "What is added up" };
    return h("div", region, table, ...rest);
  }

  /** @param {Cell} cell */
  #follow(cell) {
    this.#path.push(cell);
    this.#refresh();
  }
}

/** @param {number} held @param {number} value @returns {string} */
function apart(held, value) {
  if (Object.is(held, value) || held === value) return "the same";
  const said = Number.isFinite(held) ? fixed(held, 6) : worded(held);
  const difference = Math.abs(held - value);
  return Number.isNaN(difference) ? said : `${said}, a difference of ${numeral(difference)}`;
}
