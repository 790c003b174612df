/**
 * What is kept of a run's histories, while it trains, begins anew and goes back.
 *
 * In: the URL of histories.js. Out, as JSON: the curves after each.
 */
const { Histories } = await import(process.argv[2]);
const SIZE = 64;
const NAME = "loss.history";

/** A ring after so many steps of which the value is `of`. */
function ringAfter(steps, of) {
  const ring = new Float32Array(SIZE);
  for (let step = Math.max(0, steps - SIZE); step < steps; step++) ring[step % SIZE] = of(step);
  return ring;
}

const look = (histories, steps, of) =>
  histories.look({ [NAME]: ringAfter(steps, of), right: new Float32Array(1) }, () => steps);

const told = (histories) =>
  histories.of(NAME).map(({ steps, values, count, ghost }) => ({
    steps: [...steps.subarray(0, count)],
    values: [...values.subarray(0, count)].map((value) => (Number.isNaN(value) ? "none" : value)),
    ghost,
  }));

/** Looked at before its ring is full, then once too late. */
function gap() {
  const histories = new Histories();
  for (const steps of [0, 30, 30, 90, 200]) look(histories, steps, (step) => step);
  return told(histories);
}

/** So many steps that points are left out, with two that stand out and one that is no number. */
function long() {
  const histories = new Histories();
  const of = (step) => (step === 50_001 ? 1000 : step === 70_001 ? -1000 : step === 60_000 ? NaN : Math.sin(step));
  for (let steps = 0; steps <= 100_000; steps += 50) look(histories, steps, of);
  return told(histories);
}

/** Two runs, then one that is left behind at its middle. */
function anew() {
  const histories = new Histories();
  const all = [];
  const at = (steps) => all.push([steps, told(histories)]);
  histories.begin();
  look(histories, 3, () => 1);
  histories.begin();
  look(histories, 4, () => 2);
  at("two");
  histories.visit(() => 2);
  at("visited");
  look(histories, 2, () => 2);
  histories.leave();
  at("left");
  histories.visit(() => 2);
  histories.fork();
  look(histories, 3, () => 3);
  at("forked");
  histories.begin();
  histories.begin();
  at("cleared");
  return Object.fromEntries(all);
}

console.log(JSON.stringify({ gap: gap(), long: long(), anew: anew() }));
