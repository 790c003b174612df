/**
 * One demo's run: its inputs, its steps, the loop that trains and draws, and how it comes back after a lost device.
 *
 * In: a definition (demos/NAME/demo.js), a manifest, a panel to report to. Out: what demo authors call `demo`.
 * It knows nothing of the DOM; the panel (element.js) does.
 */
import { fetchData, fetchJson, sizeOf } from "./data.js";
import { DemoError, findAdapter, listen, openDevice } from "./device.js";

/** @typedef {import("./types.d.ts").Definition} Definition */
/** @typedef {import("./types.d.ts").Numbers} Numbers */
/** @typedef {import("./types.d.ts").Source} Source */
/** @typedef {string | number | boolean} Setting */
/** @typedef {{ ready: () => void, awake: () => void, changed: () => void, looked: () => void, moved: () => void, say: (sentence: string, bad?: boolean) => void }} Panel */
/** What happened since the last reset, enough to do it again exactly. @typedef {["write", string, ArrayLike<number>] | ["run", string, number]} Event */

const FRAME_MS = 30;
const LOOK_MS = 250;

/** @param {any} values nested lists @returns {number[]} */
const flat = (values) => (typeof values === "number" ? [values] : values.flat(Infinity).map(Number));

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
  /** @type {Map<string, Numbers>} */
  #inputs = new Map();
  /** Inputs that the reader made by hand: part of the link. @type {Set<string>} */
  #edited = new Set();
  /** @type {Event[]} */
  #log = [];
  /** Counts builds, so that one that finishes late sees that it is not wanted any more. */
  #era = 0;
  /** @type {Promise<void> | undefined} */
  #waking;
  #stale = true;
  #owed = 0;
  #times = 1;
  #floor = Infinity;
  #inFlight = 0;
  #asked = 0;
  #done = 0;
  #looking = false;
  #lastLook = 0;
  #lookAgain = false;
  #dueAt = 0;
  #credit = 1;
  #counted = { time: 0, step: 0 };
  #deaf = () => {};
  /** @type {((encoder: any) => import("./surface.js").Paint) | undefined} */
  #paint;

  /** @param {HTMLElement} element @param {Definition} definition @param {Panel} panel */
  constructor(element, definition, panel) {
    this.element = element;
    this.definition = definition;
    this.panel = panel;
    this.rate = definition.rate ?? Infinity;
  }

  // What is fetched before anyone asks: small, so that a click is answered at once.

  /** @param {string} url of the manifest */
  async prepare(url) {
    this.manifest = /** @type {import("./types.d.ts").Manifest} */ (await fetchJson(url));
    const { options = {} } = this.manifest;
    for (const [name, [first]] of Object.entries(options)) this.settings.set(name, `${first}`);
    const [adapter] = await Promise.all([findAdapter(), this.#loadPlan()]);
    this.live = adapter !== null;
    if (!this.live && !this.manifest.recording) throw new DemoError("This demo needs WebGPU, which this browser does not offer, and no run of it was recorded.");
    for (const [name, { value, min, values }] of Object.entries(this.definition.controls ?? {})) {
      const input = this.#inputs.get(name);
      const own = value ?? min ?? Object.keys(values ?? {})[0] ?? false;
      if (!this.settings.has(name)) this.settings.set(name, input ? (min === undefined && !values ? input[0] !== 0 : input[0]) : own);
    }
    this.initial = new Map(this.settings);
    this.#deaf = listen({ lost: () => this.#lost(), failed: (sentence) => this.runner && this.fail(new DemoError(sentence)) });
    this.panel.ready();
  }

  async #loadPlan() {
    const { plans, options = {}, inputs = {} } = /** @type {import("./types.d.ts").Manifest} */ (this.manifest);
    const key = Object.keys(options).map((name) => `${name}=${this.settings.get(name)}`).join(",");
    if (!plans[key]) throw new DemoError(`There is no plan for ${key || "this demo"}.`);
    const plan = /** @type {import("./types.d.ts").Plan} */ (await fetchJson(plans[key].url));
    this.plan = plan;
    for (const { name, role, dtype, shape, initial } of plan.buffers ?? []) {
      if (role !== "input" || !name || name === "seed") continue;
      const values = inputs[name] ? flat(inputs[name].values) : new Array(sizeOf(shape)).fill(initial ?? 0);
      if (this.#inputs.get(name)?.length !== values.length) this.#inputs.set(name, dtype === "u32" ? Uint32Array.from(values) : Float32Array.from(values));
    }
  }

  // Waking, resetting, losing the device.

  /** @returns {Promise<void>} when there is something to see */
  wake() {
    this.#waking ??= (this.live ? this.#build() : this.#openRecording()).then(
      () => this.panel.awake(),
      (error) => {
        this.#waking = undefined;
        this.fail(error);
      },
    );
    return this.#waking;
  }

  get awake() {
    return Boolean(this.runner || this.recording);
  }

  async #build() {
    const era = ++this.#era;
    this.#free();
    await this.#loadPlan();
    const plan = /** @type {import("./types.d.ts").Plan} */ (this.plan);
    const [{ device, adapter }, { createRunner }, { gpuPaint }] = await Promise.all([openDevice(), import("./plan.js"), import("./paint-gpu.js")]);
    const runner = await createRunner(device, plan, (source, dtype) => fetchData(this.manifest?.data?.[source], dtype));
    if (era !== this.#era) return runner.destroy();
    this.runner = runner;
    this.adapter = adapter;
    this.#paint = (encoder) => gpuPaint(device, encoder);
    for (const { reads = [] } of this.views) for (const name of reads) this.values[name] ??= new Float32Array(0);
    if (this.#log.length) await this.#replay();
    else this.reset();
  }

  /** Everything since the last reset once more, on a new device. */
  async #replay() {
    const era = this.#era;
    for (const [verb, name, what] of this.#log) {
      if (era !== this.#era) return;
      if (verb === "write") this.runner?.write(name, /** @type {ArrayLike<number>} */ (what));
      else await this.runner?.run(name, /** @type {number} */ (what));
    }
    this.redraw(true);
  }

  #lost() {
    if (!this.runner) return;
    this.#free();
    this.panel.say("The GPU was lost. Rebuilding the run …");
    this.#waking = this.#build().then(() => this.panel.say(""), (error) => this.fail(error));
  }

  async #openRecording() {
    const { recording } = /** @type {import("./types.d.ts").Manifest} */ (this.manifest);
    const [{ flatPaint }, fetched] = await Promise.all([import("./paint-flat.js"), fetchJson(recording?.url ?? "")]);
    this.#paint = () => flatPaint;
    this.recording = /** @type {import("./types.d.ts").Recording} */ (fetched);
    this.adapter = this.recording.adapter;
    this.show(0);
  }

  /** @param {number} snapshot of the recorded run */
  show(snapshot) {
    const { at, outputs } = /** @type {import("./types.d.ts").Recording} */ (this.recording);
    this.snapshot = Math.min(snapshot, at.length - 1);
    this.step = this.lookedAt = at[this.snapshot];
    for (const [name, { dtype, frames }] of Object.entries(outputs)) {
      const frame = flat(frames[this.snapshot]);
      this.values[name] = dtype === "u32" ? Uint32Array.from(frame) : Float32Array.from(frame);
    }
    this.#looked();
    this.redraw();
  }

  reset() {
    this.step = this.lookedAt = this.#owed = 0;
    this.#counted = { time: 0, step: 0 };
    if (this.recording) return this.show(0);
    this.#log = [];
    if (!this.runner) return;
    for (const [name, values] of this.#inputs) this.#do(["write", name, values.slice()]);
    if (this.runner.has("seed")) this.#do(["write", "seed", [this.seed]]);
    if (this.plan?.programs.init) this.#do(["run", "init", 1]);
    this.redraw(true);
  }

  /** @param {Event} event: done now, and remembered */
  #do(event) {
    if (!this.runner) return Promise.resolve();
    this.#remember(event);
    const [verb, name, what] = event;
    if (verb === "run") return this.runner.run(name, what);
    this.runner.write(name, what);
    return Promise.resolve();
  }

  /** @param {Event} event: the log stays short, for a slider's way to its place is of no interest */
  #remember(event) {
    const last = this.#log.at(-1);
    if (last?.[0] !== event[0] || last[1] !== event[1]) this.#log.push(event);
    else if (last[0] === "run" && event[0] === "run") last[2] += event[2];
    else this.#log[this.#log.length - 1] = event;
  }

  #free() {
    this.runner?.destroy();
    this.runner = undefined;
    this.#inFlight = 0;
    this.#times = 1;
    this.#floor = Infinity;
  }

  /** Frees everything; the element has left the page. */
  destroy() {
    this.#era++;
    this.playing = false;
    this.#deaf();
    this.#free();
    cancelAnimationFrame(this.#asked);
    for (const view of this.views) view.destroy?.();
  }

  // What the buttons do.

  async play() {
    if (this.playing) return;
    this.playing = true;
    this.panel.changed();
    await this.wake();
    if (this.recording && this.snapshot >= this.recording.at.length - 1) this.show(0);
    this.#request();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.panel.changed();
    if (this.recording) this.#looked();
    else this.#look(performance.now()); // the last word
    this.#request();
  }

  async advance() {
    this.pause();
    await this.wake();
    if (this.recording) return this.show(this.snapshot + 1);
    this.#owed++;
    this.#request();
  }

  /** @param {string} name @param {Setting} value: a control was moved, or a link set it */
  set(name, value) {
    if (this.settings.get(name) === value) return;
    this.settings.set(name, value);
    if (this.manifest?.options?.[name]) this.#restart();
    else if (this.#inputs.has(name)) this.write(name, [Number(value)]);
    this.definition.controls?.[name]?.change?.(value, this);
    this.panel.moved();
  }

  /** @param {number} seed */
  reseed(seed) {
    this.seed = seed;
    this.reset();
    this.panel.moved();
  }

  #restart() {
    this.step = 0;
    this.#log = [];
    if (this.#waking) this.#waking = this.#build().catch((error) => this.fail(error));
    else this.#loadPlan().catch((error) => this.fail(error));
  }

  // What demo authors call.

  /** @param {string} name */
  control(name) {
    return this.settings.get(name);
  }

  /** @param {string} name */
  input(name) {
    return this.#inputs.get(name)?.slice() ?? new Float32Array(0);
  }

  /** @param {string} name @param {ArrayLike<number>} values */
  write(name, values) {
    const held = this.#inputs.get(name);
    if (!this.live) return;
    if (!held || held.length !== values.length) return this.fail(new DemoError(`${name} cannot be set to ${values.length} numbers: ${held ? `it holds ${held.length}` : "it is no input of this model"}.`));
    held.set(values);
    this.#edited.delete(name);
    if (this.settings.has(name)) this.settings.set(name, typeof this.settings.get(name) === "boolean" ? held[0] !== 0 : held[0]);
    this.#do(["write", name, held.slice()]);
    this.redraw(true);
  }

  /** @param {string} name @param {ArrayLike<number>} values */
  edit(name, values) {
    if (!this.live) return;
    this.write(name, values);
    this.#edited.add(name);
    this.panel.moved();
  }

  /** @param {string} program */
  run(program, times = 1) {
    const running = this.#do(["run", program, times]).catch((error) => this.fail(error));
    this.redraw(true);
    return running;
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
    const array = this.recording?.outputs[name] ? this.values[name] : (this.#inputs.get(name) ?? this.values[name]);
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
    this.panel.say(error instanceof DemoError ? error.message : `This demo stopped: ${/** @type {Error} */ (error).message}`, true);
  }

  // The link.

  /** @returns {string} the fragment that brings another reader here */
  link() {
    const parts = this.seed === 1 ? [] : [`seed=${this.seed}`];
    for (const [name, value] of this.settings) if (value !== this.initial.get(name)) parts.push(`${name}=${encodeURIComponent(typeof value === "number" ? +value.toPrecision(4) : value)}`);
    for (const name of this.#edited) {
      const numbers = Array.from(this.input(name), (value) => +value.toPrecision(3)).join(",");
      parts.push(`${name}=${numbers.replace(/(,0)+$/, "")}`); // unused rows at the end are zero
    }
    return `#${this.element.id}${parts.length ? "?" : ""}${parts.join("&")}`;
  }

  /** @param {URLSearchParams} state of a link; what it does not name goes back to its initial value */
  obey(state) {
    for (const [name, initial] of this.initial) {
      const text = state.get(name);
      const control = this.definition.controls?.[name];
      const value = text === null ? initial : typeof initial === "number" ? Number(text) : typeof initial === "boolean" ? text === "true" : text;
      const allowed = typeof value === "number" ? value >= (control?.min ?? -Infinity) && value <= (control?.max ?? Infinity) : typeof value === "boolean" || Object.hasOwn(control?.values ?? {}, value) || value === initial;
      if (allowed) this.set(name, value);
    }
    for (const [name, held] of this.#inputs) {
      const text = state.get(name);
      if (text === null || this.settings.has(name)) continue;
      const numbers = text.split(",").map(Number);
      if (numbers.length <= held.length && numbers.every(Number.isFinite)) this.edit(name, Array.from(held, (_, i) => numbers[i] ?? 0));
    }
    const seed = Number(state.get("seed") ?? 1);
    if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) this.seed = seed;
    this.reset();
  }

  // The loop.

  /** @param {boolean} [stale] whether what the views show must be computed again */
  redraw(stale = false) {
    this.#stale ||= stale;
    this.#request();
  }

  #request() {
    if (!this.#asked && this.awake) this.#asked = requestAnimationFrame((now) => {
      this.#asked = 0;
      try {
        if (this.recording) this.#recordedFrame(now);
        else this.#liveFrame(now);
      } catch (error) {
        this.fail(error);
      }
    });
  }

  /** @param {GPUCommandEncoder} [encoder] of this frame, where there is a GPU */
  #draw(encoder) {
    const paint = this.#paint?.(encoder);
    for (const view of this.views) if (paint) view.draw?.({ paint });
  }

  get #moving() {
    return this.playing && this.visible && !document.hidden;
  }

  /** @param {number} now */
  #recordedFrame(now) {
    if (this.#moving && now - this.#done > LOOK_MS) {
      this.#done = now;
      if (this.snapshot + 1 < (this.recording?.at.length ?? 0)) this.show(this.snapshot + 1);
      else this.pause();
    }
    this.#draw();
    if (this.#moving) this.#request();
  }

  /** @param {number} now: steps, what shows, and the drawing: one encoder, one submit */
  #liveFrame(now) {
    const { runner, definition } = this;
    if (!runner) return;
    if (this.#inFlight > 1) return this.#request();
    const steps = this.#moving ? this.#due(now) : this.#owed;
    const work = steps || this.#stale;
    this.#owed = 0;
    const { device } = runner;
    const encoder = device.createCommandEncoder();
    if (work) {
      const pass = encoder.beginComputePass();
      runner.encode(pass, definition.program, steps);
      for (const program of definition.show ?? []) runner.encode(pass, program);
      pass.end();
    }
    if (steps) this.#remember(["run", definition.program, steps]);
    this.step += steps;
    this.#stale = false;
    this.#draw(encoder);
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    this.#inFlight++;
    device.queue.onSubmittedWorkDone().then(() => {
      if (runner !== this.runner) return;
      const end = performance.now();
      this.#inFlight--;
      if (steps) this.#pace(steps, end - Math.max(start, this.#done));
      this.#done = end;
    }, () => {}); // the device went: #lost hears of it
    if (work && (!this.#moving || now - this.#lastLook > LOOK_MS)) this.#look(now);
    if (this.#moving) this.#request();
  }

  /** @param {number} now @returns {number} steps for this frame: what the GPU manages, or what the demo's rate allows */
  #due(now) {
    const earned = (this.rate * Math.min(now - this.#dueAt, 1000)) / 1000;
    this.#dueAt = now;
    if (this.rate === Infinity) return this.#times;
    this.#credit += earned;
    const steps = Math.min(this.#times, Math.floor(this.#credit));
    this.#credit = Math.min(this.#credit - steps, 1); // what could not be done in time is not made up for
    return steps;
  }

  /**
   * @param {number} steps @param {number} elapsed: spends 30 ms a frame beyond the least that a frame of one step took.
   * That floor holds the drawing, and in Firefox the up to 100 ms by which it reports completion late.
   */
  #pace(steps, elapsed) {
    if (steps === 1) this.#floor = Math.min(this.#floor, elapsed);
    const aim = this.#floor + Math.max(FRAME_MS, this.#floor / 2); // where drawing is slow, training gets its share
    if (elapsed < 0.9 * aim && steps === this.#times) this.#times = Math.min(4096, Math.ceil(this.#times * 1.5));
    else if (elapsed > 1.5 * aim) this.#times = Math.max(1, Math.floor(this.#times * 0.6));
  }

  /** @param {number} now: reads what words and numbers need, without waiting for it */
  async #look(now) {
    this.#lookAgain = this.#looking;
    if (this.#looking || !this.runner) return;
    const { runner, step } = this;
    this.#looking = true;
    this.#lastLook = now;
    const names = [...new Set([...(this.definition.reads ?? []), "loss.history", ...this.views.flatMap(({ reads = [] }) => reads)])].filter((name) => runner.has(name) && !this.#inputs.has(name));
    const arrays = await Promise.all(names.map((name) => runner.read(name))).catch(() => undefined); // the device went, or the demo did
    this.#looking = false;
    if (!arrays || runner !== this.runner) return;
    names.forEach((name, i) => (this.values[name] = arrays[i]));
    this.lookedAt = step;
    const { time, step: before } = this.#counted;
    if (time) this.stepsPerSecond = (1000 * (step - before)) / (now - time);
    this.#counted = { time: this.#moving ? now : 0, step };
    try {
      this.#looked();
    } catch (error) {
      this.fail(error);
    }
    if (!this.#moving) this.redraw(); // axes follow what was read
    if (this.#lookAgain) this.#look(performance.now());
  }

  #looked() {
    this.definition.update?.(this);
    this.panel.looked();
    if (this.playing && this.definition.until?.(this)) this.pause();
  }
}
