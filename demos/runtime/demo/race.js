/**
 * Several models that train in one demo, on one clock: what such a demo's definition has besides what its author wrote.
 *
 * In: a definition with `race`. Out: the same with a control that says by what they are matched, and with how far each
 * of them is. How often each of them runs, `run/clock.js` knows.
 */
import { lossOf, quantity } from "../common/numbers.js";

/** @typedef {import("../types.d.ts").Definition} Definition */
/** @typedef {import("../types.d.ts").Contestant} Contestant */
/** @typedef {import("../types.d.ts").Demo} Demo */

/** @param {Contestant} contestant @returns {string} the name of its losses, as `model.record` knows them */
export const lossesOf = ({ program }) => `${program}.loss.history`;

/** @type {import("../types.d.ts").Control} */
const MATCHED = {
  label: "Matched by",
  values: { steps: "steps", flops: "FLOPs", seconds: "seconds" },
  value: "steps",
  change: (_, demo) => demo.reset(),
};

/** @param {Demo} demo @param {Contestant[]} contestants @returns {Record<string, string>} by label */
function standings(demo, contestants) {
  const told = contestants.map((each) => {
    const loss = demo.latest(lossesOf(each));
    const taken = demo.steps(each.program);
    const steps = quantity(taken, "step");
    return [each.label, taken ? `${steps}, loss ${lossOf(loss, taken)}` : steps];
  });
  return Object.fromEntries(told);
}

/** @param {Definition} definition @returns {Definition} */
export function withRace(definition) {
  const { race, controls, reads = [], status } = definition;
  if (!race) return definition;
  const { contestants } = race;
  return {
    ...definition,
    controls: { matched: MATCHED, ...controls },
    reads: [...reads, ...contestants.map(lossesOf)],
    status: (demo) => ({ ...standings(demo, contestants), ...status?.(demo) }),
  };
}
