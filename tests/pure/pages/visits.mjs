/**
 * A reader who goes back in a run, with what he makes there and how slow the backend is, on a backend of two numbers.
 *
 * In: the URL of demos/runtime/. Out, as JSON: where the run is, and what the demo says of it, after each act.
 */
const [RUNTIME] = process.argv.slice(2);
const load = async (file) => import(new URL(file, RUNTIME));
const { Experiment } = await load("demo/experiment.js");
const { linkOf } = await load("demo/link.js");
const { Journal } = await load("run/journal.js");
const { Looks } = await load("run/looks.js");
const { Visits } = await load("run/visits.js");
const { writtenOf } = await load("run/beginning.js");

const buffer = (name, role) => ({ name, role, dtype: "f32", shape: [2] });
const PLAN = {
  buffers: [buffer("points", "input"), buffer("sketch", "input"), buffer("weights", "parameter")],
  programs: { a: { inputs: ["points"], outputs: [] }, b: { inputs: [], outputs: [] } },
};
const ARRANGED = { apart: [1, 2], corners: [3, 4.125] };
const CONTROLS = {
  arrangement: {
    label: "Points",
    values: { apart: "Apart", corners: "Corners" },
    sets: ["points"],
    change: (value, demo) => demo.write("points", ARRANGED[value]),
  },
};
const turn = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

/** So much later than it is. */
let ahead = 0;
const now = performance.now.bind(performance);
performance.now = () => now() + ahead;

/** What is read arrives when its gate opens. */
function slowBackend() {
  const held = new Map([["weights", new Float32Array(2)]]);
  const backend = {
    held,
    gate: Promise.resolve(),
    has: (name) => held.has(name),
    write: (name, values) => held.set(name, Float32Array.from(values)),
    read: (name) => {
      const values = held.get(name).slice();
      return backend.gate.then(() => values);
    },
    close() {
      let open = () => {};
      backend.gate = new Promise((resolve) => {
        open = resolve;
      });
      return open;
    },
  };
  return backend;
}

function begun() {
  const experiment = new Experiment(CONTROLS);
  const [backend, journal] = [slowBackend(), new Journal()];
  experiment.inputs.set("points", Float32Array.from(ARRANGED.apart)).set("sketch", new Float32Array(2));
  experiment.presets.bases.set("points", experiment.inputs.get("points").slice());
  experiment.fillSettings();
  const clock = {
    programs: ["a", "b"],
    steps: new Map(Object.entries({ a: 0, b: 0 })),
    get step() {
      return Math.max(...clock.steps.values());
    },
    put: (steps) => {
      clock.steps = new Map(steps);
    },
  };
  const nothing = () => {};
  const demo = { experiment, plan: PLAN, definition: { reads: ["weights"] }, views: [], element: { id: "demo" } };
  Object.assign(demo, { panel: { moved: nothing }, redraw: nothing, wake: async () => {}, moving: false });
  const place = { journal, backend, resume: (state) => journal.resume(writtenOf(demo), state) };
  const run = { backend, looked: nothing, isInputOfSteps: (name) => name === "points" };
  const looks = new Looks(demo, run, place, clock);
  const visits = new Visits(demo, looks, place);
  Object.assign(demo, acts(demo, { backend, journal, clock, looks, visits, run }));
  journal.begin(PLAN, [], []);
  journal.attach(backend);
  looks.begin();
  return { demo, backend, clock, looks, visits };
}

/** As demo.js and live-run.js do them. */
const acts = (demo, { backend, journal, clock, looks, visits, run }) => ({
  write(name, values) {
    const held = demo.experiment.write(name, buffer(name), values);
    if (run.isInputOfSteps(name)) visits.fork();
    looks.checkpoints.wrote();
    journal.add(["write", name, held], true);
    backend.write(name, held);
  },
  edit(name, values) {
    demo.write(name, values);
    demo.experiment.edited.add(name);
  },
  choose(value) {
    demo.experiment.settings.set("arrangement", value);
    demo.experiment.presets.choose("arrangement", value, demo);
  },
  step(...programs) {
    visits.fork();
    for (const program of programs.length ? programs : ["a", "b"]) {
      clock.steps.set(program, clock.steps.get(program) + 1);
      journal.add(["run", program, 1], true);
      backend.held.get("weights")[program === "a" ? 0 : 1] += demo.experiment.inputs.get("points")[0];
    }
  },
  told: () => ({
    steps: [...clock.steps.values()],
    weights: [...backend.held.get("weights")],
    points: [...demo.experiment.inputs.get("points")],
    menu: demo.experiment.settings.get("arrangement"),
    owned: demo.experiment.presets.owned.size,
    link: linkOf(demo),
  }),
});

/** Steps, each of which is kept. */
async function train({ demo, looks }, times) {
  for (let step = 0; step < times; step++) {
    demo.step();
    await looks.checkpoints.keepNow();
  }
}

/** At the beginning, while its state is being read, and at the end. */
async function edited() {
  const all = begun();
  const { demo, backend, looks, visits } = all;
  const open = backend.close();
  looks.checkpoints.keepFirst();
  demo.edit("points", [5, 6]);
  demo.step();
  open();
  await train(all, 2);
  await visits.to(0);
  const first = demo.told();
  await visits.to(3);
  demo.edit("points", [7, 8]);
  demo.write("sketch", [1, 1]);
  await visits.to(2);
  const before = demo.told();
  await visits.to(3);
  return { first, before, last: demo.told(), sketch: [...demo.experiment.inputs.get("sketch")] };
}

async function chosen() {
  const all = begun();
  const { demo, visits } = all;
  await train(all, 2);
  demo.choose("corners");
  await train(all, 2);
  const found = {};
  for (const step of [1, 4]) {
    await visits.to(step);
    found[step] = demo.told();
  }
  demo.edit("points", [5, 4.125]);
  await train(all, 2);
  demo.choose("apart");
  for (const step of [3, 5]) {
    await visits.to(step);
    found[`${step} of 6`] = demo.told();
  }
  return found;
}

/** What was asked for at the end arrives when the run goes on from an earlier step. */
async function late() {
  const all = begun();
  const { demo, backend, looks, visits } = all;
  await train(all, 4);
  const open = backend.close();
  looks.rest(performance.now());
  await visits.to(1);
  demo.step();
  backend.gate = Promise.resolve();
  open();
  await turn(10);
  return { looked: looks.step, kept: looks.checkpoints.timeline.kept.map(({ step }) => step) };
}

async function race() {
  const all = begun();
  const { demo, visits } = all;
  await train(all, 3);
  demo.step("b");
  demo.step("b");
  demo.step("a");
  demo.step("a");
  await all.looks.checkpoints.keepNow();
  demo.step("a");
  await all.looks.checkpoints.keepNow();
  demo.step("b");
  const end = demo.told();
  await visits.to(1);
  const before = demo.told();
  await visits.to(1e9);
  return { end, before, back: demo.told() };
}

async function slow() {
  const all = begun();
  const { demo, backend, looks, visits } = all;
  await train(all, 3);
  demo.step();
  const open = backend.close();
  const going = visits.to(1);
  await turn(50);
  ahead += 10_000;
  await turn(50);
  const waiting = demo.told().steps;
  open();
  await going;
  const found = demo.told().steps;
  await visits.to(1e9);
  const back = demo.told().steps;
  demo.step();
  backend.close();
  const refused = visits.to(1).catch((error) => error.message);
  await turn(50);
  ahead += 31_000;
  const sentence = await refused;
  return { waiting, found, back, sentence, stays: demo.told().steps, kept: looks.checkpoints.timeline.kept.length };
}

const found = {};
for (const each of [edited, chosen, late, race, slow]) found[each.name] = await each();
console.log(JSON.stringify(found));
