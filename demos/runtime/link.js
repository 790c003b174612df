/**
 * A demo's state in the address' fragment, so that a link is an experiment: #demo-id?seed=2&learning_rate=0.3.
 *
 * In: a demo. Out: the fragment, or the demo set as a fragment says; what that does, `run.js` knows. Nothing of a link is
 * trusted: what is out of bounds is left out.
 */

/** @typedef {import("./run.js").Demo} Demo */

/** @param {Demo} demo @returns {string} the fragment that brings another reader here */
export function linkOf(demo) {
  const parts = demo.seed === 1 ? [] : [`seed=${demo.seed}`];
  for (const [name, value] of demo.settings)
    if (value !== demo.initial.get(name))
      parts.push(`${name}=${encodeURIComponent(typeof value === "number" ? +value.toPrecision(4) : value)}`);
  for (const name of demo.edited) {
    const numbers = Array.from(demo.input(name), (value) => +value.toPrecision(3)).join(",");
    parts.push(`${name}=${numbers.replace(/(,0)+$/, "")}`); // unused rows at the end are zero
  }
  return `#${demo.element.id}${parts.length ? "?" : ""}${parts.join("&")}`;
}

/** @param {Demo} demo @param {URLSearchParams} state of a link; what it does not name goes back to its initial value */
export function obey(demo, state) {
  for (const [name, initial] of demo.initial) {
    const text = state.get(name);
    const control = demo.definition.controls?.[name];
    const value =
      text === null
        ? initial
        : typeof initial === "number"
          ? Number(text)
          : typeof initial === "boolean"
            ? text === "true"
            : text;
    const allowed =
      typeof value === "number"
        ? value >= (control?.min ?? -Infinity) && value <= (control?.max ?? Infinity)
        : typeof value === "boolean" || Object.hasOwn(control?.values ?? {}, value) || value === initial;
    if (allowed) demo.set(name, value);
  }
  for (const [name, held] of demo.inputs) {
    const text = state.get(name);
    if (text === null || demo.settings.has(name)) continue;
    const numbers = text.split(",").map(Number);
    if (numbers.length <= held.length && numbers.every(Number.isFinite))
      demo.edit(
        name,
        Array.from(held, (_, i) => numbers[i] ?? 0),
      );
  }
  const seed = Number(state.get("seed") ?? 1);
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) demo.seed = seed;
  demo.reset();
}
