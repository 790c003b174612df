/**
 * Every short order of what can happen to a run's journal, on a backend that is no more than numbers.
 *
 * In: the URL of journal.js, and how long the orders are. Out, as JSON: the orders after which a run that was lost and
 * taken up again differs from one that never was, and what became of a long log.
 */
const { Journal } = await import(process.argv[2]);
const LENGTH = Number(process.argv[3]);
const INPUTS = ["rate", "seed"];
const KEPT = ["weights", "steps", "measured"];

/** @param {number} size of the weights: of a large state no checkpoint is read */
const planOf = (size) => ({
  buffers: [
    ...INPUTS.map((name) => ({ name, role: "input", shape: [] })),
    { name: "weights", role: "parameter", shape: [size] },
    { name: "steps", role: "state", shape: [] },
    { name: "measured", role: "output", shape: [] },
    { name: "seen", role: "output", shape: [2 ** 26] }, // `look` gives it anew: that it is large is of no matter
  ],
  programs: {
    init: { outputs: [] },
    step: { outputs: [] },
    measure: { outputs: ["measured"] },
    look: { outputs: ["seen"] },
  },
});

/** So that every order of writes and runs gives other numbers. */
const mixed = (...numbers) => numbers.reduce((sum, each) => (Math.imul(sum ^ each, 0x01000193) + 0x9e3779b9) >>> 0, 17);

class Backend {
  held = Object.fromEntries([...INPUTS, ...KEPT].map((name) => [name, 0]));
  gone = false;
  told = 0;
  write(name, [value]) {
    if (!Object.hasOwn(this.held, name)) throw new Error(`no buffer ${name}`);
    this.told++;
    this.held[name] = value;
  }
  able = new Set(["init", "step"]);
  prepared(program) {
    return this.able.has(program);
  }
  async prepare(program) {
    await null;
    this.able.add(program);
  }
  async run(program, times) {
    this.told++;
    const { held } = this;
    for (let i = 0; i < times; i++) {
      if (program === "init") Object.assign(held, { weights: mixed(held.seed), steps: 0, measured: 0 });
      if (program === "measure") held.measured = mixed(held.weights, held.rate);
      if (program !== "step") continue;
      held.weights = mixed(held.weights, held.rate, held.seed);
      held.steps++;
    }
    await null;
    await null;
  }
  async read(name) {
    const value = this.held[name];
    await null;
    if (this.gone) throw new Error("gone");
    return [value];
  }
}

/** A run as live-run.js and place.js have one, and beside it `truth`, which is never lost. */
class Run {
  journal = new Journal();
  truth = new Backend();
  inputs = { rate: 1, seed: 7 };
  count = 0;
  waiting = [];
  constructor(size) {
    this.plan = planOf(size);
    this.open();
    this.reset();
  }
  written() {
    return Object.entries(this.inputs).map(([name, value]) => [name, [value]]);
  }
  wait(promise) {
    this.waiting.push(promise.catch(() => {}));
  }
  async rest() {
    for (let last = 0; last < this.waiting.length; ) {
      last = this.waiting.length;
      await Promise.all(this.waiting);
    }
    this.waiting = [];
  }
  act(action) {
    this.wait(this.perform(action));
  }
  /** As `perform` of live-run.js. */
  async perform(action) {
    const [verb, name] = action;
    const { backend } = this;
    if (verb === "run" && backend && !backend.prepared(name)) await backend.prepare(name);
    this.happens(action);
    const done = backend !== undefined && backend === this.backend;
    this.journal.add([...action], done);
    if (done) await this.journal.give(backend, action);
  }
  happens([verb, name, what]) {
    if (verb === "write") this.truth.write(name, what);
    else this.truth.run(name, what);
  }
  write() {
    this.inputs.rate = ++this.count;
    this.act(["write", "rate", [this.count]]);
  }
  step() {
    this.act(["run", "step", 1 + (this.count % 3)]);
  }
  measure() {
    this.act(["run", "measure", 1]);
  }
  reset() {
    this.inputs.seed = ++this.count;
    const actions = [...this.written().map(([name, values]) => ["write", name, values]), ["run", "init", 1]];
    this.kept = undefined;
    this.journal.begin(this.plan, ["look"], []);
    for (const action of actions) this.act(action);
  }
  keep() {
    const [truth, inputs] = [{ ...this.truth.held }, { ...this.inputs }];
    const kept = (state) => {
      if (state) this.kept = { state, truth, inputs };
    };
    this.wait(this.journal.keep(this.written()).then(kept));
  }
  /** To what was kept last, as visits.js does. */
  back() {
    if (!this.backend || !this.kept) return;
    this.inputs = { ...this.kept.inputs };
    this.truth.held = { ...this.kept.truth };
    this.journal.resume(this.written(), this.kept.state);
  }
  lose() {
    for (const each of [this.backend, this.coming]) if (each) each.gone = true;
    this.backend = this.coming = undefined;
    this.journal.detach();
  }
  open() {
    if (this.backend || this.coming) return;
    const backend = new Backend();
    this.coming = backend;
    this.journal.attach(backend);
    this.wait(this.bring(backend));
  }
  async bring(backend) {
    do await this.journal.catchUp();
    while (backend === this.coming && this.journal.behind);
    if (backend !== this.coming) return;
    this.coming = undefined;
    this.backend = backend;
  }
  /** @returns {Promise<string>} what the run and the truth hold, where that differs after one more loss */
  async difference() {
    await this.rest();
    this.lose();
    this.open();
    await this.rest();
    const [found, wanted] = [this.backend, this.truth].map((each) => JSON.stringify(each?.held));
    return found === wanted ? "" : `${found} is not ${wanted}`;
  }
}

const ACTS = ["write", "step", "measure", "reset", "keep", "back", "lose", "open", "rest"];

async function differences(size) {
  const found = [];
  for (let order = 0; order < ACTS.length ** LENGTH; order++) {
    const acts = Array.from({ length: LENGTH }, (_, i) => ACTS[Math.floor(order / ACTS.length ** i) % ACTS.length]);
    const run = new Run(size);
    await run.rest();
    for (const act of acts) await run[act]();
    const difference = await run.difference();
    if (difference) found.push(`${acts.join()}: ${difference}`);
  }
  return found;
}

/** A long run whose state is too large: how much of its log is repeated, and how long the run is then. */
async function long() {
  const run = new Run(2 ** 26);
  await run.rest();
  for (let i = 0; i < 30_000; i++) {
    run.write();
    run.step();
    if (i % 1000 === 0) await run.rest();
  }
  await run.difference();
  const { told, held } = run.backend;
  return { told, steps: held.steps === run.truth.held.steps, rate: held.rate === run.truth.held.rate };
}

/** Whether a checkpoint is read, and how much is repeated after it. */
async function kept(size) {
  const run = new Run(size);
  await run.rest();
  for (let i = 0; i < 5; i++) {
    run.write();
    run.step();
  }
  await run.rest();
  const there = Boolean(await run.journal.keep(run.written()));
  run.step();
  await run.difference();
  return [there, run.backend.told];
}

const small = await differences(2);
console.log(
  JSON.stringify({
    small,
    large: await differences(2 ** 26),
    long: await long(),
    kept: [await kept(2), await kept(2 ** 26)],
  }),
);
