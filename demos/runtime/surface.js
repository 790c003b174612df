/**
 * A canvas on which marks are drawn: by WebGPU straight from a plan's buffers, or by 2-d canvas from arrays, alike.
 *
 * In: marks, each with its data. Out: pixels, sharp at any device-pixel ratio. It knows nothing of axes or demos.
 */
import marksWgsl from "../../shaders/plots/marks.wgsl";
import rasterWgsl from "../../shaders/plots/raster.wgsl";
import { h, onTheme, rgba } from "./dom.js";
import { paint } from "./paint.js";

/** @typedef {import("./types.d.ts").Source} Source */
/**
 * @typedef {object} Mark
 * @property {"segment" | "disc" | "bar" | "raster"} shape
 * @property {Source} data
 * @property {Source} [kind]
 * @property {string[]} colours tokens; a raster's are low, zero, high, line
 * @property {number} count marks; a raster's images
 * @property {number} flags as in the WGSL
 * @property {number[]} [window] x0, y0, x1, y1
 * @property {number[]} [logs]
 * @property {number[]} [x] first and step
 * @property {number} [width] CSS pixels; of a bar: share of its place
 * @property {number} [base]
 * @property {number} [first]
 * @property {number} [size]
 * @property {number} [run]
 * @property {number} [range]
 * @property {number} [gap] CSS pixels
 * @property {number} [rows]
 * @property {number} [columns]
 * @property {number} [across]
 * @property {number} [image]
 * @property {number} [pixel]
 */
/** @typedef {{ uniform: GPUBuffer, group?: GPUBindGroup, bound: (GPUBuffer | number | undefined)[] }} Slot */
/** @typedef {{ device: GPUDevice, layout: GPUBindGroupLayout, pipelines: Record<string, GPURenderPipeline> }} Kit */

/** @type {WeakMap<GPUDevice, Kit>} */
const kits = new WeakMap();

/** @param {GPUDevice} device @returns {Kit} the four pipelines, made once a device */
function kitOf(device) {
  let kit = kits.get(device);
  if (kit) return kit;
  const visibility = GPUShaderStage.VERTEX | GPUShaderStage.FRAGMENT;
  const layout = device.createBindGroupLayout({
    entries: /** @type {GPUBufferBindingType[]} */ (["uniform", "read-only-storage", "read-only-storage"]).map((type, binding) => ({ binding, visibility, buffer: { type } })),
  });
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const blend = { srcFactor: /** @type {const} */ ("one"), dstFactor: /** @type {const} */ ("one-minus-src-alpha") };
  const targets = [{ format: navigator.gpu.getPreferredCanvasFormat(), blend: { color: blend, alpha: blend } }];
  const marks = device.createShaderModule({ label: "shaders/plots/marks.wgsl", code: marksWgsl });
  const raster = device.createShaderModule({ label: "shaders/plots/raster.wgsl", code: rasterWgsl });
  /** @param {GPUShaderModule} module @param {string} vertex @param {string} fragment */
  const make = (module, vertex, fragment) => device.createRenderPipeline({ layout: pipelineLayout, vertex: { module, entryPoint: vertex }, fragment: { module, entryPoint: fragment, targets } });
  kit = {
    device, layout,
    pipelines: { segment: make(marks, "segment", "ink"), disc: make(marks, "disc", "ink"), bar: make(marks, "bar", "ink"), raster: make(raster, "cover", "shade") },
  };
  kits.set(device, kit);
  return kit;
}

export class Surface {
  canvas = h("canvas", { "aria-hidden": "true" });
  width = 1;
  height = 1;
  ratio = 1;
  /** @type {Kit | undefined} */
  #kit;
  /** @type {GPUCanvasContext | null} */
  #gpu = null;
  /** @type {CanvasRenderingContext2D | null} */
  #flat = null;
  /** @type {Slot[]} */
  #slots = [];
  #floats = new Float32Array(64);
  #words = new Uint32Array(this.#floats.buffer);

  /** @param {() => void} changed its size or the theme did: it wants to be drawn again */
  constructor(changed) {
    this.#observer = new ResizeObserver(([entry]) => {
      const exact = entry.devicePixelContentBoxSize?.[0];
      const { inlineSize, blockSize } = entry.contentBoxSize[0];
      this.width = Math.max(1, exact?.inlineSize ?? Math.round(inlineSize * devicePixelRatio));
      this.height = Math.max(1, exact?.blockSize ?? Math.round(blockSize * devicePixelRatio));
      this.ratio = this.width / (inlineSize || 1);
      changed();
    });
    try {
      this.#observer.observe(this.canvas, { box: "device-pixel-content-box" });
    } catch {
      this.#observer.observe(this.canvas); // Safari
    }
    this.#deaf = onTheme(changed);
  }

  /** @param {import("./types.d.ts").Frame} frame @param {Mark[]} marks */
  draw({ encoder, device }, marks) {
    if (this.canvas.width !== this.width) this.canvas.width = this.width;
    if (this.canvas.height !== this.height) this.canvas.height = this.height;
    if (!encoder || !device) {
      this.#flat ??= /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
      this.#flat.clearRect(0, 0, this.width, this.height);
      for (const mark of marks) if (mark.data.array) paint(this.#flat, mark, this.ratio);
      return;
    }
    this.#adopt(device);
    const view = /** @type {GPUCanvasContext} */ (this.#gpu).getCurrentTexture().createView();
    const pass = encoder.beginRenderPass({ colorAttachments: [{ view, loadOp: "clear", storeOp: "store", clearValue: [0, 0, 0, 0] }] });
    marks.forEach((mark, i) => {
      if (!mark.data.binding || mark.count < 1) return;
      pass.setPipeline(/** @type {Kit} */ (this.#kit).pipelines[mark.shape]);
      pass.setBindGroup(0, this.#group(i, mark));
      if (mark.shape === "raster") pass.draw(3);
      else pass.draw(6, mark.count);
    });
    pass.end();
  }

  /** @param {GPUDevice} device: the page's, which may be another one after a loss */
  #adopt(device) {
    if (this.#kit?.device === device) return;
    this.#kit = kitOf(device);
    this.#slots = [];
    this.#gpu ??= /** @type {GPUCanvasContext | null} */ (/** @type {unknown} */ (this.canvas.getContext("webgpu")));
    this.#gpu?.configure({ device, format: navigator.gpu.getPreferredCanvasFormat(), alphaMode: "premultiplied" });
  }

  /** @param {number} i @param {Mark} mark @returns {GPUBindGroup} kept while the same buffers are drawn */
  #group(i, mark) {
    const { device, layout } = /** @type {Kit} */ (this.#kit);
    const slot = (this.#slots[i] ??= { uniform: device.createBuffer({ label: "mark", size: 256, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST }), bound: [] });
    this.#fill(mark);
    device.queue.writeBuffer(slot.uniform, 0, this.#floats);
    const data = /** @type {NonNullable<Source["binding"]>} */ (mark.data.binding);
    const kind = mark.kind?.binding ?? data;
    const bound = [data.buffer, data.offset, kind.buffer, kind.offset];
    if (!slot.group || bound.some((each, k) => each !== slot.bound[k])) {
      slot.group = device.createBindGroup({ layout, entries: [{ buffer: slot.uniform }, data, kind].map((resource, binding) => ({ binding, resource })) });
      slot.bound = bound;
    }
    return slot.group;
  }

  /** @param {Mark} mark: the uniform, in the order of the WGSL's structs */
  #fill(mark) {
    const f = this.#floats.fill(0);
    const u = this.#words;
    const { width, height, ratio } = this;
    const colours = mark.colours.map(rgba);
    if (mark.shape === "raster") {
      f.set(colours.flat());
      f.set([width, height, mark.range ?? 0, (mark.gap ?? 0) * ratio], 16);
      u.set([mark.rows ?? 1, mark.columns ?? 1, mark.across ?? 1, mark.count, mark.image ?? 0, mark.pixel ?? 1, mark.flags], 20);
      return;
    }
    const window = mark.window ?? [0, 0, 1, 1];
    const wide = mark.shape === "bar" ? ((mark.width ?? 0.7) * width) / (window[2] - window[0]) : (mark.width ?? 2) * ratio;
    f.set([...window, width, height, ...(mark.logs ?? [0, 0]), ...(mark.x ?? [0, 1]), wide, mark.base ?? 0]);
    u.set([mark.first ?? 0, mark.size ?? mark.count, mark.run ?? 2 ** 31, mark.flags], 12);
    f.set(colours.flat().slice(0, 32), 16);
  }

  destroy() {
    this.#observer.disconnect();
    this.#deaf();
    for (const { uniform } of this.#slots) uniform.destroy();
    this.#gpu?.unconfigure();
  }

  /** @type {ResizeObserver} */
  #observer;
  #deaf = () => {};
}
