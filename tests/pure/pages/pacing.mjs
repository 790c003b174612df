/**
 * How a run is paced: its first steps, the rate that is told, what a race's frame holds, and which states are kept.
 *
 * In: the URL of the folder run/. Out, as JSON: what each of them says.
 */
const folder = process.argv[2];
const { Pace } = await import(`${folder}/pace.js`);
const { StepRate } = await import(`${folder}/step-rate.js`);
const { Clock } = await import(`${folder}/clock.js`);
const { Timeline } = await import(`${folder}/timeline.js`);

const FRAME_MS = 16;

/** @param {number} rate @param {number} seconds of Play on a machine that takes no time for a step */
function stepsAfter(rate, seconds) {
  const pace = new Pace();
  pace.start(0);
  const found = [];
  let step = 0;
  for (let now = 0; now <= 1000 * seconds; now += FRAME_MS) {
    const due = pace.due(now, rate, step);
    step += due;
    if (due) pace.took(due, 1);
    found.push(step);
  }
  return found;
}

/** The rate as it is told while there are three steps a second, looked at four times a second. */
function slow() {
  const rate = new StepRate();
  rate.begin();
  const told = [];
  for (let look = 1; look < 80; look++) {
    rate.look(250 * look, Math.floor((3 * look) / 4), true);
    told.push(rate.value);
  }
  return told;
}

/** @param {string} matched @param {number} times of a due of two steps */
function race(matched, times) {
  const definition = { race: { contestants: [{ program: "small" }, { program: "large" }] } };
  const flops = { small: 3, large: 10 };
  const clock = new Clock({ definition, control: () => matched, counts: (name) => ({ flops: flops[name] }) });
  clock.took([["small", 0]], 5); // what is drawn before any step
  for (let i = 0; i < times; i++) {
    const runs = clock.runs(2);
    for (const [program, steps] of runs) clock.count(program, steps);
    clock.took(runs, 5 + runs.reduce((sum, [program, steps]) => sum + steps * flops[program], 0));
  }
  return Object.fromEntries(clock.steps);
}

/** @param {number} numbers in a state @param {number} steps that the run takes, one after the other */
function kept(numbers, steps) {
  const timeline = new Timeline();
  const state = [["weights", { length: numbers }]];
  timeline.begin();
  let most = 0;
  for (let step = 0; step <= steps; step++) {
    if (timeline.wants(step)) timeline.add({ step, steps: new Map(), setup: { inputs: [], edited: [] }, state });
    most = Math.max(most, timeline.kept.length);
  }
  const near = timeline.nearest(Math.round(steps / 3))?.step;
  const found = timeline.kept.map(({ step }) => step);
  timeline.cut(Math.round(steps / 3));
  return { most, steps: found, near, cut: timeline.kept.map(({ step }) => step), possible: timeline.possible };
}

console.log(
  JSON.stringify({
    fast: stepsAfter(Infinity, 8),
    slow: stepsAfter(3, 4),
    rate: slow(),
    races: Object.fromEntries(["steps", "flops", "seconds"].map((matched) => [matched, race(matched, 300)])),
    small: kept(1000, 100_000),
    large: kept(500_000, 5000),
    huge: kept(5_000_000, 20),
  }),
);
