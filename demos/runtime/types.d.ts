// The shapes of what the build emits and of what demo authors write. Types only: nothing of this is shipped.
export type Numbers = Float32Array | Uint32Array | Int32Array;
export type DType = "f32" | "u32" | "i32";
export type Setting = string | number | boolean;

export interface PlanBuffer {
  name: string | null;
  shape: number[];
  dtype: DType;
  role: "parameter" | "state" | "input" | "data" | "output" | "constant" | "scratch";
  allocation: number;
  offset: number;
  /** a number everywhere, or all in row-major order */
  initial: number | number[] | null;
  bound?: number | null;
  source: string | null;
}

export interface Plan {
  format: 1;
  name: string;
  sources: Record<string, { file: string; wgsl: string; hash: string }>;
  kernels: {
    source: string;
    entry: string;
    constants: Record<string, number>;
    access: ("read" | "read_write")[];
    params?: string[];
    variants?: { feature: string; source: string }[];
  }[];
  allocations: number[];
  buffers: PlanBuffer[];
  programs: Record<string, { inputs: string[]; outputs: string[]; steps: Step[] }>;
}

export interface Step {
  kernel: number;
  bindings: number[];
  workgroups: number[];
  params?: number[];
  variants?: number[][];
}

/**
 * Numbers in a file of their own, by the name of a data set or, where they came with the run, by that of the buffer.
 */
export interface DataSet {
  url: string;
  dtype: "u8" | DType;
  scale?: number;
  shape: number[];
}

/**
 * A plan, and what the build made of it: a WebAssembly module, what its kernels give when they are tried, and from what
 * each number that it shows is computed.
 */
export interface PlanFiles {
  url: string;
  module: string;
  trial: string;
  formulas: string;
  /** By program. */
  counts?: Record<string, Counts>;
  trained?: Trained;
}

/** A graph, each node after those that it is computed `of` (site_builder/record/formulas.py). */
export interface Formulas {
  nodes: FormulaNode[];
  /** Nodes by the names of outputs. */
  outputs: Record<string, number>;
  /** Nodes by the names of programs that train. */
  losses: Record<string, number>;
}

export interface FormulaNode {
  op: string;
  of: number[];
  shape: number[];
  dtype: DType;
  /** What a node of op "read" reads. */
  name?: string;
  value?: number;
  axes?: number[];
  starts?: number[];
  before?: number[];
  axis?: number;
  form?: "nn" | "nt" | "tn";
  /** Of a pool or a convolution: rows and columns; padding above, below, left and right. */
  window?: number[];
  stride?: number[];
  padding?: number[];
}

/** All parameters and states after so many steps of each program, as bytes one after the other. */
export interface Trained {
  url: string;
  programs: string[];
  steps: number;
  seed: number;
  numbers: { name: string; dtype: DType; shape: number[] }[];
}

/** What one run of a program costs, counted in its plan. */
export interface Counts {
  /** Floating-point operations. */
  flops: number;
  dispatches: number;
}

/** A model as the build made it: all that a backend needs. */
export interface BuiltModel {
  plan: Plan | Promise<Plan>;
  /** URLs. */
  module: string;
  trial: string;
  data?: Record<string, DataSet>;
}

/**
 * For each kernel, by its number in the plan, some of what each buffer then holds that it wrote when it was tried
 * (common/trial.js); null where nobody can rely on it.
 */
export interface Trial {
  programs: Record<string, Record<string, (number | null)[]>>;
}

export interface Manifest {
  name: string;
  title: string;
  options?: Record<string, Setting[]>;
  plans: Record<string, PlanFiles>;
  data?: Record<string, DataSet>;
  inputs?: Record<string, { shape: number[]; values: unknown }>;
}

/** Axes of a figure that show a curve: x_i = first + i step. `box` is left, top, right, bottom in the SVG's units. */
export interface CurvePlace {
  box: number[];
  x: number[];
  y: number[];
  logs: boolean[];
  first: number;
  step: number;
}

export interface ReplayRecord {
  /** "wide", "narrow": where each of the figure's SVGs shows the first series, if it does. */
  places?: Record<string, CurvePlace>;
  plan: string;
  module: string;
  trial: string;
  data?: Record<string, DataSet>;
  inputs?: Record<string, { values: unknown }>;
  seed: number;
  program: string;
  times: number;
  series: Record<string, number[]>;
  tolerance: number;
  adapter: string;
  runner: "wgpu" | "processor" | "numpy";
  kernels: Record<string, string>;
  versions: Record<string, string>;
}

export interface Control {
  label: string;
  min?: number;
  max?: number;
  step?: number;
  log?: boolean;
  unit?: string;
  values?: Record<string, string>;
  /** Inputs that `change` writes: when they are edited, the menu says "Your own". */
  sets?: string[];
  value?: number | string | boolean;
  /** Folded away, among "More settings". */
  more?: boolean;
  change?: (value: Setting, demo: Demo) => void;
  press?: (demo: Demo) => void | Promise<void>;
}

/** Inputs that are points together: rows of x and y, the class of each, and how many rows there are. */
export interface PointInputs {
  xy: string;
  kind: string;
  count?: string;
  classes: number[];
}

/** How text becomes an input's numbers, and they text. */
export interface TextCode {
  /** Throws an error whose message is a sentence. */
  encode: (text: string) => ArrayLike<number>;
  decode: (numbers: Numbers) => string;
}

export type Demo = import("./demo/demo.js").Demo;

/**
 * What a history recorded, thinned: the first `count` of `steps`, which ascend from 0 on, and of `values`. A ghost is
 * no part of what is trained now.
 */
export interface Curve {
  steps: Float32Array;
  values: Float32Array;
  count: number;
  ghost: boolean;
}
export interface Columns {
  head: string[];
  rows: (string | number)[][];
}
export interface Table extends Columns {
  title: string;
}
export interface View {
  element: Element;
  /** Draws its surfaces with the frame's painter, or moves what it has of its own. */
  draw?: (frame: Frame) => void;
  /** For "Show data as table". */
  table?: (make: import("./demo/tables.js").TableMaker) => Table | Promise<Table>;
  /** After each read of demo.values. */
  update?: () => void;
  /** Names of buffers that it wants in demo.values. */
  reads?: string[];
  destroy?: () => void;
}
export interface Frame {
  paint: import("./views/surface.js").Paint;
}

/** What a demo reports to. */
export interface Panel {
  ready: () => void;
  awake: () => void;
  /** It plays or pauses, or what it computes with is being prepared. */
  changed: (waking?: boolean) => void;
  looked: (run: import("./run/live-run.js").LiveRun) => void;
  moved: () => void;
  say: (sentence: string, bad?: boolean) => void;
}

/** One of several models that train on one clock. */
export interface Contestant {
  program: string;
  label: string;
  colour?: string;
  /** Its parameters are those of which the names begin so: "mlp." */
  parameters: string;
}

export interface Definition {
  /** What to do and what to look for, in one or two short lines. */
  help?: string;
  /** What else to try, folded. */
  more?: string[];
  /** What pressing Play will do, in the status line until then. */
  poster?: string;
  /** What Play repeats, unless there is a race. */
  program?: string;
  race?: { contestants: Contestant[] };
  show?: string[];
  reads?: string[];
  rate?: number;
  controls?: Record<string, Control>;
  views: (demo: Demo) => View[];
  status?: (demo: Demo) => Record<string, string | number | undefined>;
  describe?: (demo: Demo) => string;
  update?: (demo: Demo) => void;
  /** The end of a run, its last step or asked after each read: it takes no steps then. */
  until?: number | ((demo: Demo) => boolean);
  /** A step at which Play pauses. */
  rest?: number;
  /** false: nothing is drawn at random, so there is no seed to choose. */
  draws?: boolean;
  /** Its parameters may become what is no number: the page says nothing of it. */
  diverges?: boolean;
}

/**
 * What a mark draws: where it lies on the GPU when it does, its numbers when they are known here, its name when they
 * are elsewhere.
 */
export interface MarkData {
  name?: string;
  shape: number[];
  dtype: DType;
  binding?: { buffer: GPUBuffer; offset: number; size: number };
  array?: Numbers;
}
