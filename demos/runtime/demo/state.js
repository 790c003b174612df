/**
 * What is known of a demo: its settings and inputs, and what its run last read. Looking changes nothing.
 *
 * In: an experiment, and a run once there is one. Out: numbers for views and authors. What changes them is
 * in demo.js.
 */
import { dtypeOf, sizeOf } from "../common/data.js";

/** @typedef {import("../types.d.ts").Numbers} Numbers */

export class DemoState {
  /** Nothing, before anyone asks. @type {import("../run/live-run.js").LiveRun | undefined} */
  activeRun;

  /** @param {import("./experiment.js").Experiment} experiment */
  constructor(experiment) {
    this.experiment = experiment;
  }

  get plan() {
    return this.experiment.plan;
  }

  /** As last read. @returns {Record<string, Numbers>} */
  get values() {
    return this.activeRun?.values ?? {};
  }

  get step() {
    return this.activeRun?.step ?? 0;
  }

  /** @param {string} program @returns {number} how often it had run when `values` were read */
  steps(program) {
    return this.activeRun?.stepsOf(program) ?? 0;
  }

  /** The step that `values` belong to. */
  get lookedAt() {
    return this.activeRun?.lookedAt ?? 0;
  }

  /** Where it computes, once it does. */
  get backend() {
    return this.activeRun?.backend;
  }

  get awake() {
    return this.activeRun?.awake ?? false;
  }

  /** Whether the run has come to its end: then it takes no steps. */
  get ended() {
    return this.activeRun?.clock.ended ?? false;
  }

  /** @param {string} name */
  control(name) {
    return this.experiment.settings.get(name);
  }

  /** @param {string} name */
  input(name) {
    return this.experiment.inputs.get(name)?.slice() ?? new Float32Array(0);
  }

  /** @param {string} name @returns {number} one of its values as last read, NaN when there is none */
  number(name, index = 0) {
    return this.values[name]?.[index] ?? NaN;
  }

  /** @param {string} history */
  latest(history) {
    const recorded = this.activeRun?.recorded(history) ?? 0;
    return recorded ? this.number(history, (recorded - 1) % sizeOf(this.shape(history))) : NaN;
  }

  /**
   * @param {string} history that a view or `reads` names
   * @returns {import("../types.d.ts").Curve[]} this run's, then those of earlier ones, the newest first
   */
  curve(history) {
    return this.activeRun?.histories.of(history) ?? [];
  }

  /** @param {string} history @returns {import("../run/clock.js").Cost | undefined} what is counted in place of steps */
  costOf(history) {
    return this.activeRun?.clock.costOf(history);
  }

  /** @param {string} name @returns {number[]} */
  shape(name) {
    return this.bufferOf(name, this.activeRun?.plan)?.shape ?? [];
  }

  /** @param {string} program @returns {import("../types.d.ts").Counts | undefined} what one run of it costs */
  counts(program) {
    return this.experiment.manifest && this.experiment.files.counts?.[program];
  }

  /** @param {string} prefix of names @returns {number} how many numbers the parameters hold that are named so */
  parameters(prefix = "") {
    const own = this.plan?.buffers.filter(({ name, role }) => role === "parameter" && name?.startsWith(prefix)) ?? [];
    return own.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  /** @param {string} name */
  bufferOf(name, plan = this.plan) {
    return plan?.buffers.find((each) => each.name === name);
  }

  /** What a view draws. @param {string} name @returns {import("../types.d.ts").MarkData | undefined} */
  markData(name) {
    const array = this.values[name] ?? this.experiment.inputs.get(name);
    if (this.backend?.has(name)) return { array, ...this.backend.markData(name) };
    return array && { shape: this.shape(name), dtype: dtypeOf(array), array };
  }
}
