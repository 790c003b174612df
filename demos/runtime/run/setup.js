/**
 * What a reader has set up for the steps of a run: the inputs that they read, and what menus and links say of these.
 *
 * In: a demo, and which of its inputs steps read. Out: copies, and the demo's experiment as such a copy says. What only
 * views read, and the seed, are no part of it: going back in a run leaves them as they are.
 */

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("../types.d.ts").Numbers} Numbers */
/** @typedef {import("../types.d.ts").Setting} Setting */
/**
 * `edited`: those of the inputs that the reader made by hand; the others are as experiment.js and presets.js have them,
 * of those inputs and of the menus that write them.
 * @typedef {{ inputs: [string, Numbers][], edited: string[], settings: [string, Setting][], bases: [string, Numbers][],
 *   chosen: [string, Setting][], owned: [string, Map<string, Numbers>][] }} Setup
 */

/** @param {Demo} demo @param {(name: string) => boolean} isOfSteps @returns {Setup} */
export function setupOf({ experiment }, isOfSteps) {
  const { inputs, edited, settings, controls, presets } = experiment;
  const isMenu = (/** @type {string} */ name) => controls[name]?.sets?.some(isOfSteps) === true;
  const ofSteps = (/** @type {[string, any]} */ [name]) => isOfSteps(name);
  const ofMenus = (/** @type {[string, any]} */ [name]) => isMenu(name);
  return {
    inputs: [...inputs].filter(ofSteps).map(([name, held]) => [name, held.slice()]),
    edited: [...edited].filter(isOfSteps),
    settings: [...settings].filter(([name]) => isOfSteps(name) || isMenu(name)),
    bases: [...presets.bases].filter(ofSteps),
    chosen: [...presets.chosen].filter(ofMenus),
    owned: [...presets.owned].filter(ofMenus),
  };
}

/** @param {Demo} demo @param {Setup} setup of the same plan: it was checked when it was written */
export function restore({ experiment, panel }, setup) {
  const { inputs, edited, settings, presets } = experiment;
  const made = new Set(setup.edited);
  for (const [name, values] of setup.inputs) {
    inputs.get(name)?.set(values);
    if (made.has(name)) edited.add(name);
    else edited.delete(name);
  }
  for (const [name, setting] of setup.settings) settings.set(name, setting);
  for (const [name, values] of setup.bases) presets.bases.set(name, values);
  for (const [name, setting] of setup.chosen) presets.chosen.set(name, setting);
  for (const [name, made] of setup.owned) presets.owned.set(name, made);
  panel.moved();
}
