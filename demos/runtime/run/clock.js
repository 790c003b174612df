/**
 * What a frame runs: one program, or those of a race, matched by steps, by floating-point operations or by seconds.
 *
 * In: how many steps are due, and how long they took. Out: programs, each with a number of runs, and how many there
 * were. It knows nothing of backends.
 */

/** @typedef {import("../types.d.ts").Demo} Demo */
/** @typedef {[program: string, times: number][]} Runs */
/** How far a step reaches on an axis, and what that axis counts. @typedef {{ each: number, name: string }} Cost */

export class Clock {
  /** How often each program ran. @type {Map<string, number>} */
  steps = new Map();
  /** Operations that each may still spend. @type {Map<string, number>} */
  #credit = new Map();
  /** Milliseconds that so many steps of each took. @type {Map<string, { steps: number, took: number }>} */
  #measured = new Map();
  /** The same, on all machines that computed the run. @type {Map<string, { steps: number, took: number }>} */
  #spent = new Map();
  /** What a frame takes that runs nothing, nearly. */
  #floor = Infinity;
  /** Whether the run has come to its end, as far as was read: it takes no steps. */
  ended = false;

  /** @param {Demo} demo */
  constructor(demo) {
    this.demo = demo;
    const { program, race } = demo.definition;
    /** What Play repeats. */
    this.programs = race?.contestants.map((each) => each.program) ?? [`${program}`];
    this.begin();
  }

  /** Of a race, the steps of the one that is furthest. */
  get step() {
    return Math.max(...this.steps.values());
  }

  get matched() {
    return this.programs.length > 1 ? this.demo.control("matched") : "steps";
  }

  /** @param {string} program @returns {number} floating-point operations of a step */
  flops(program) {
    return Math.max(1, this.demo.counts(program)?.flops ?? 1);
  }

  /** @param {string} history @returns {Cost | undefined} in what a race is matched by, if that is not steps */
  costOf(history) {
    const { matched } = this;
    const program = this.programs.find((each) => history.startsWith(`${each}.`));
    if (!program || matched === "steps") return undefined;
    if (matched === "flops") return { each: this.flops(program), name: "FLOPs" };
    const spent = this.#spent.get(program);
    return spent && { each: spent.took / spent.steps / 1000, name: "seconds" };
  }

  begin() {
    for (const each of this.programs) this.steps.set(each, 0);
    this.#credit.clear();
    this.ended = false;
  }

  /** Another machine may compute from now on, which takes another time. */
  forget() {
    this.#measured.clear();
    this.#floor = Infinity;
  }

  /** @param {ReadonlyMap<string, number>} steps of each, as it was before */
  put(steps) {
    this.steps = new Map(steps);
    this.#credit.clear();
    this.ended = false;
  }

  /** @param {string} program: another one does not count @param {number} times that it runs; negative: it did not */
  count(program, times) {
    const before = this.steps.get(program);
    if (before !== undefined) this.steps.set(program, before + times);
  }

  /** What is shown was read. */
  looked() {
    const { lookedAt, definition } = this.demo;
    const { until } = definition;
    this.ended = typeof until === "number" ? lookedAt >= until : (until?.(this.demo) ?? false);
  }

  /** @param {number} due steps @returns {number} as many of them as the run has before its end */
  left(due) {
    const { until } = this.demo.definition;
    if (typeof until === "number") return Math.min(due, Math.max(0, until - this.step));
    return this.ended ? 0 : due;
  }

  /** @param {number} due steps of the one that takes the longest @returns {Runs} */
  runs(due) {
    const { matched, programs } = this;
    if (due && matched === "seconds") return [[this.#last(), due]];
    if (due && matched === "flops") return this.#affordable(due);
    return programs.map((each) => [each, due]);
  }

  /** @returns {string} the program that has had the least time */
  #last() {
    const spent = (/** @type {string} */ program) => {
      const { steps, took } = this.#measured.get(program) ?? { steps: 0, took: 0 };
      return steps ? ((this.steps.get(program) ?? 0) * took) / steps : -1;
    };
    return this.programs.reduce((least, each) => (spent(each) < spent(least) ? each : least));
  }

  /** @param {number} due @returns {Runs} as many steps of each as cost no more than so many of the dearest */
  #affordable(due) {
    const dearest = Math.max(...this.programs.map((each) => this.flops(each)));
    return this.programs.map((each) => {
      const credit = (this.#credit.get(each) ?? 0) + due * dearest;
      const times = Math.floor(credit / this.flops(each));
      this.#credit.set(each, credit - times * this.flops(each));
      return [each, times];
    });
  }

  /** @param {Runs} runs of a frame @param {number} elapsed milliseconds */
  took(runs, elapsed) {
    this.#floor = Math.min(this.#floor, elapsed);
    const ran = runs.filter(([, times]) => times);
    if (ran.length !== 1) return; // of several none is measured
    const [[program, times]] = ran;
    for (const known of [this.#measured, this.#spent]) {
      const { steps, took } = known.get(program) ?? { steps: 0, took: 0 };
      known.set(program, { steps: steps + times, took: took + elapsed - this.#floor });
    }
  }
}
