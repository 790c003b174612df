/**
 * Menus whose entries write inputs (`sets`), and the reader's own data beside them.
 *
 * In: a definition's controls, and what inputs hold after each write. Out: what each input held before it was edited,
 * and whether a menu still says the truth; where not, it says "own". It writes nothing but what was asked for.
 */

/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {import("../types.d.ts").Setting} Setting */
/** @typedef {import("./demo.js").Demo} Demo */

/** The entry of a menu of presets that is the reader's data. */
export const OWN = "own";

/** @param {Numbers | undefined} a @param {Numbers | undefined} b */
const differ = (a, b) => a?.length !== b?.length || a?.some((value, i) => value !== b?.[i]) === true;

export class Presets {
  /** What inputs hold before they are edited: from the author, or from the control that wrote them last. */
  bases = /** @type {Map<string, Numbers>} */ (new Map());
  /** The entry that each menu was put on last. */
  chosen = /** @type {Map<string, Setting>} */ (new Map());
  /** What the reader made last, for each menu: nothing before there is something. */
  owned = /** @type {Map<string, Map<string, Numbers>>} */ (new Map());
  #choosing = false;

  /** @param {Record<string, import("../types.d.ts").Control>} controls */
  constructor(controls) {
    this.controls = controls;
  }

  /** A control was moved. @param {string} name @param {Setting} value @param {Demo} demo */
  choose(name, value, demo) {
    const { change, sets } = this.controls[name] ?? {};
    const own = sets && value === OWN ? [...(this.owned.get(name) ?? [])] : undefined;
    for (const [input, numbers] of own ?? []) demo.edit(input, numbers);
    if (own) return;
    if (sets) this.chosen.set(name, value);
    const before = this.#choosing;
    this.#choosing = true;
    try {
      change?.(value, demo);
    } finally {
      this.#choosing = before;
    }
  }

  /**
   * An input was written: by a control, and then this is what edits will differ from; or else it is the reader's own,
   * unless it is the same.
   * @param {string} name @param {Map<string, Numbers>} inputs @param {Map<string, Setting>} settings
   */
  written(name, inputs, settings) {
    const held = inputs.get(name);
    if (this.#choosing && held) this.bases.set(name, held.slice());
    for (const [menu, { sets }] of Object.entries(this.controls)) {
      if (!sets?.includes(name)) continue;
      const own = sets.some((each) => differ(inputs.get(each), this.bases.get(each)));
      const chosen = this.chosen.get(menu);
      if (own && !this.#choosing)
        this.owned.set(menu, new Map(sets.map((each) => [each, inputs.get(each)?.slice() ?? new Float32Array(0)])));
      if (chosen !== undefined) settings.set(menu, own && !this.#choosing ? OWN : chosen);
    }
  }
}
