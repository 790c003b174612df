// What is said of states whose parameters are no numbers. Arguments: the address of runtime/run/. Prints JSON: for each
// story the sentence that is said after each state.

const [, , run] = process.argv;
const { Divergence } = await import(`${run}/divergence.js`);

const PLAN = {
  buffers: ["w", "b", "m", null].map((name, i) => ({ name, role: i < 2 ? "parameter" : "state" })),
};
const state = (w, b = 0, m = 0) => [
  ["w", Float32Array.of(1, w)],
  ["b", Float32Array.of(b)],
  ["m", Float32Array.of(m)],
];

/** @param {[number, ReturnType<typeof state>][]} states by step */
function told(states, { loss = 0.5, recorded = 3, ...definition } = {}) {
  const divergence = new Divergence();
  const said = [];
  let sentence = "";
  const demo = {
    plan: PLAN,
    definition,
    values: { "loss.history": new Float32Array(recorded) },
    latest: () => loss,
    panel: { say: (text) => (sentence = text) },
  };
  for (const [step, each] of states) {
    sentence = "";
    if (step === 0) divergence.begin();
    divergence.look(demo, each, step);
    said.push(sentence);
  }
  return said;
}

const stories = {
  once: told([
    [0, state(1)],
    [120, state(2)],
    [180, state(NaN)],
    [240, state(NaN)],
  ]),
  several: told([
    [0, state(1)],
    [2000, state(NaN, NaN)],
  ]),
  infinite: told([
    [0, state(1)],
    [5, state(1, -Infinity)],
  ]),
  again: told([
    [0, state(1)],
    [5, state(NaN)],
    [3, state(1)],
    [5, state(NaN)],
    [0, state(1)],
    [5, state(NaN)],
  ]),
  ofStates: told([
    [0, state(1)],
    [5, state(1, 1, NaN)],
  ]),
  shown: told(
    [
      [0, state(1)],
      [5, state(NaN)],
    ],
    { loss: NaN },
  ),
  withoutLoss: told(
    [
      [0, state(1)],
      [5, state(NaN)],
    ],
    { loss: NaN, recorded: 0 },
  ),
  meant: told(
    [
      [0, state(1)],
      [5, state(NaN)],
    ],
    { diverges: true },
  ),
};
console.log(JSON.stringify(stories));
