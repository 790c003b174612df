/**
 * One demo: its settings and inputs, what its buttons do, and what authors call `demo`.
 *
 * In: a definition (demos/NAME/demo.js), a manifest, a panel to report to. Out: what is drawn and said. It knows nothing of
 * the DOM (element.js), of the fragment (link.js) and of where steps come from: a run on the GPU (live.js), or a recorded
 * one (recorded.js), is loaded when the reader asks for it.
 */
import { DemoError, findAdapter } from "./adapter.js";
import { fetchJson, sizeOf } from "./data.js";
import { fillInputs, fillSettings } from "./defaults.js";
import { linkOf } from "./link.js";

/** @typedef {import("./types.d.ts").Definition} Definition */
/** @typedef {import("./types.d.ts").Numbers} Numbers */
/** @typedef {import("./types.d.ts").Source} Source */
/** @typedef {string | number | boolean} Setting */
/** @typedef {{ ready: () => void, awake: () => void, changed: () => void, looked: () => void, moved: () => void, say: (sentence: string, bad?: boolean) => void }} Panel */

export class Demo {
  /** As last read. @type {Record<string, Numbers>} */
  values = {};
  step = 0;
  /** Values belong to this step: `step` may have gone on since they were asked for. */
  lookedAt = 0;
  playing = false;
  visible = true;
  live = false;
  seed = 1;
  rate = Infinity;
  stepsPerSecond = 0;
  adapter = "";
  /** Index of the recorded snapshot that is shown. */
  snapshot = 0;
  /** @type {import("./types.d.ts").View[]} */
  views = [];
  /** @type {import("./types.d.ts").Manifest | undefined} */
  manifest;
  /** @type {import("./types.d.ts").Plan | undefined} */
  plan;
  /** @type {import("./types.d.ts").Recording | undefined} */
  recording;
  /** @type {import("./plan.js").Runner | undefined} */
  runner;
  /** @type {Map<string, Setting>} */
  settings = new Map();
  /** What settings were before anyone touched them. @type {Map<string, Setting>} */
  initial = new Map();
  /** What the reader or the demo may write. @type {Map<string, Numbers>} */
  inputs = new Map();
  /** Inputs that the reader made by hand: part of the link. @type {Set<string>} */
  edited = new Set();
  /** Settled when there is something to see. @type {Promise<void> | undefined} */
  waking;
  /** @type {import("./live.js").Run | import("./recorded.js").Run | undefined} */
  #run;
  #gone = false;
  #asked = 0;

  /** @param {HTMLElement} element @param {Definition} definition @param {Panel} panel */
  constructor(element, definition, panel) {
    this.element = element;
    this.definition = definition;
    this.panel = panel;
    this.rate = definition.rate ?? Infinity;
  }

  /** What is fetched before anyone asks: small, so that a click is answered at once. @param {string} url of the manifest */
  async prepare(url) {
    this.manifest = /** @type {import("./types.d.ts").Manifest} */ (await fetchJson(url));
    const { options = {} } = this.manifest;
    for (const [name, [first]] of Object.entries(options)) this.settings.set(name, `${first}`);
    const [adapter] = await Promise.all([findAdapter(), this.loadPlan()]);
    this.live = adapter !== null;
    if (!this.live && !this.manifest.recording)
      throw new DemoError("This demo needs WebGPU, which this browser does not offer, and no run of it was recorded.");
    fillSettings(this.settings, this.definition.controls ?? {}, this.inputs);
    this.initial = new Map(this.settings);
    this.panel.ready();
  }

  /** @returns {Promise<import("./types.d.ts").Plan>} for the options as they are set */
  async loadPlan() {
    const manifest = /** @type {import("./types.d.ts").Manifest} */ (this.manifest);
    const { plans, options = {} } = manifest;
    const key = Object.keys(options)
      .map((name) => `${name}=${this.settings.get(name)}`)
      .join(",");
    if (!plans[key]) throw new DemoError(`There is no plan for ${key || "this demo"}.`);
    const plan = /** @type {import("./types.d.ts").Plan} */ (await fetchJson(plans[key].url));
    this.plan = plan;
    fillInputs(this.inputs, plan, manifest);
    return plan;
  }

  // What the buttons do.

  /** @returns {Promise<void>} when there is something to see */
  wake() {
    this.waking ??= this.#build().then(
      () => this.panel.awake(),
      (error) => {
        this.waking = undefined;
        this.fail(error);
      },
    );
    return this.waking;
  }

  get awake() {
    return Boolean(this.runner || this.recording);
  }

  async #build() {
    if (!this.#run) {
      const { Run } = await (this.live ? import("./live.js") : import("./recorded.js"));
      if (this.#gone) return;
      this.#run ??= new Run(this);
    }
    await this.#run.build();
  }

  reset() {
    this.step = this.lookedAt = 0;
    this.#run?.reset();
  }

  /** Frees everything; the element has left the page. */
  destroy() {
    this.#gone = true;
    this.playing = false;
    this.#run?.destroy();
    cancelAnimationFrame(this.#asked);
    for (const view of this.views) view.destroy?.();
  }

  async play() {
    if (this.playing) return;
    this.playing = true;
    this.panel.changed();
    await this.wake();
    this.#run?.start();
    this.redraw();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.panel.changed();
    this.#run?.stop();
    this.redraw();
  }

  async advance() {
    this.pause();
    await this.wake();
    this.#run?.advance();
  }

  /** @param {number} snapshot of the recorded run */
  show(snapshot) {
    if (this.#run && "show" in this.#run) this.#run.show(snapshot);
  }

  /** @param {string} name @param {Setting} value: a control was moved, or a link set it */
  set(name, value) {
    if (this.settings.get(name) === value) return;
    this.settings.set(name, value);
    if (this.manifest?.options?.[name]) this.#restart();
    else if (this.inputs.has(name)) this.write(name, [Number(value)]);
    this.definition.controls?.[name]?.change?.(value, this);
    this.panel.moved();
  }

  /** @param {number} seed */
  reseed(seed) {
    this.seed = seed;
    this.reset();
    this.panel.moved();
  }

  /** An option chose another plan. */
  #restart() {
    this.step = 0;
    if (this.waking) this.waking = this.#build().catch((error) => this.fail(error));
    else this.loadPlan().catch((error) => this.fail(error));
  }

  // What demo authors call.

  /** @param {string} name */
  control(name) {
    return this.settings.get(name);
  }

  /** @param {string} name */
  input(name) {
    return this.inputs.get(name)?.slice() ?? new Float32Array(0);
  }

  /** @param {string} name @param {ArrayLike<number>} values */
  write(name, values) {
    const held = this.inputs.get(name);
    if (!this.live) return;
    if (!held || held.length !== values.length)
      return this.fail(
        new DemoError(
          `${name} cannot be set to ${values.length} numbers: ${held ? `it holds ${held.length}` : "it is no input of this model"}.`,
        ),
      );
    if (held instanceof Uint32Array && Array.prototype.some.call(values, (each) => each !== each >>> 0))
      return this.fail(new DemoError(`${name} cannot be set to ${values}: it holds whole numbers.`));
    held.set(values);
    this.edited.delete(name);
    if (this.settings.has(name))
      this.settings.set(name, typeof this.settings.get(name) === "boolean" ? held[0] !== 0 : held[0]);
    this.#run?.perform(["write", name, held.slice()]);
    this.redraw(true);
  }

  /** @param {string} name @param {ArrayLike<number>} values */
  edit(name, values) {
    if (!this.live) return;
    this.write(name, values);
    this.edited.add(name);
    this.panel.moved();
  }

  /** @param {string} program */
  run(program, times = 1) {
    const running = this.#run?.perform(["run", program, times]).catch((error) => this.fail(error));
    this.redraw(true);
    return Promise.resolve(running);
  }

  /** @param {string} name @param {number} [first] @param {number} [count] @returns {Promise<Numbers>} */
  async read(name, first = 0, count) {
    if (this.runner?.has(name)) return this.runner.read(name, first, count);
    const known = this.source(name)?.array ?? new Float32Array(0);
    return known.slice(first, count === undefined ? undefined : first + count);
  }

  /** @param {string} name @param {number} index */
  async probe(name, index) {
    return (await this.read(name, index, 1))[0];
  }

  /** @param {string} history */
  latest(history) {
    const ring = this.values[history];
    return ring?.length && this.lookedAt ? ring[(this.lookedAt - 1) % sizeOf(this.shape(history))] : NaN;
  }

  /** @param {string} name @returns {number[]} */
  shape(name) {
    return this.plan?.buffers.find((each) => each.name === name)?.shape ?? [];
  }

  /** @param {string} name @returns {Source | undefined} what a view draws: on the GPU if it is there, as numbers if they are known */
  source(name) {
    const array = this.recording?.outputs[name] ? this.values[name] : (this.inputs.get(name) ?? this.values[name]);
    if (this.runner?.has(name)) {
      const { shape, dtype, ...binding } = this.runner.buffer(name);
      return { shape, dtype, binding, array };
    }
    return array && { shape: this.shape(name), dtype: array instanceof Uint32Array ? "u32" : "f32", array };
  }

  /** @param {unknown} error: a sentence for the reader; a bug also goes to the console */
  fail(error) {
    this.pause();
    if (!(error instanceof DemoError)) console.error(error);
    this.panel.say(
      error instanceof DemoError ? error.message : `This demo stopped: ${/** @type {Error} */ (error).message}`,
      true,
    );
  }

  /** @returns {string} the fragment that brings another reader here */
  link() {
    return linkOf(this);
  }

  // What a run calls.

  get moving() {
    return this.playing && this.visible && !document.hidden;
  }

  /** @param {boolean} [stale] whether what the views show must be computed again */
  redraw(stale = false) {
    if (!this.#run) return;
    this.#run.stale ||= stale;
    if (!this.#asked && this.awake)
      this.#asked = requestAnimationFrame((now) => {
        this.#asked = 0;
        try {
          this.#run?.frame(now);
        } catch (error) {
          this.fail(error);
        }
      });
  }

  /** @param {import("./surface.js").Paint} paint of this frame */
  draw(paint) {
    for (const view of this.views) view.draw?.({ paint });
  }

  looked() {
    this.definition.update?.(this);
    this.panel.looked();
    if (this.playing && this.definition.until?.(this)) this.pause();
  }
}
