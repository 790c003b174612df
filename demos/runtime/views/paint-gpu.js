/**
 * Marks drawn by WebGPU, straight from the buffers that training writes. Loaded when a demo goes live.
 *
 * In: surfaces and marks, an encoder for this frame. Out: render passes in it. Numbers that are in no plan, such as
 * the curve of an earlier run, come as arrays and are copied into small buffers. `paint-flat.js` draws the same from
 * arrays.
 */
import marksWgsl from "../../../shaders/plots/marks.wgsl";
import meshWgsl from "../../../shaders/plots/mesh.wgsl";
import rasterWgsl from "../../../shaders/plots/raster.wgsl";
import { rgba } from "../common/dom.js";

/** @typedef {import("./surface.js").Mark} Mark */
/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {{ buffer: GPUBuffer, offset: number, size: number }} Part of a buffer */
/** @typedef {"data" | "kind"} Role of numbers in a mark */
/**
 * @typedef {{ uniform: GPUBuffer, group?: GPUBindGroup, bound: (GPUBuffer | number)[],
 *   own: Partial<Record<Role, GPUBuffer>> }} MarkBinding what a mark has on the GPU: `own` holds what no plan has
 */
/**
 * @typedef {{ device: GPUDevice, layout: GPUBindGroupLayout,
 *   byShape: Record<string, GPURenderPipeline> }} MarkPipelines
 */

/** @type {WeakMap<GPUDevice, MarkPipelines>} */
const made = new WeakMap();

/** @param {GPUDevice} device @returns {MarkPipelines} the pipelines, made once a device */
function pipelinesOf(device) {
  const known = made.get(device);
  if (known) return known;
  const visibility = GPUShaderStage.VERTEX | GPUShaderStage.FRAGMENT;
  const layout = device.createBindGroupLayout({
    entries: /** @type {GPUBufferBindingType[]} */ (["uniform", "read-only-storage", "read-only-storage"]).map(
      (type, binding) => ({ binding, visibility, buffer: { type } }),
    ),
  });
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const blend = { srcFactor: /** @type {const} */ ("one"), dstFactor: /** @type {const} */ ("one-minus-src-alpha") };
  const targets = [{ format: navigator.gpu.getPreferredCanvasFormat(), blend: { color: blend, alpha: blend } }];
  const marks = device.createShaderModule({ label: "shaders/plots/marks.wgsl", code: marksWgsl });
  const mesh = device.createShaderModule({ label: "shaders/plots/mesh.wgsl", code: meshWgsl });
  const raster = device.createShaderModule({ label: "shaders/plots/raster.wgsl", code: rasterWgsl });
  /** @param {GPUShaderModule} module @param {string} vertex @param {string} fragment */
  const make = (module, vertex, fragment) =>
    device.createRenderPipeline({
      layout: pipelineLayout,
      vertex: { module, entryPoint: vertex },
      fragment: { module, entryPoint: fragment, targets },
    });
  const pipelines = {
    device,
    layout,
    byShape: {
      segment: make(marks, "segment", "ink"),
      disc: make(marks, "disc", "ink"),
      bar: make(marks, "bar", "ink"),
      mesh: make(mesh, "cell", "fill"),
      raster: make(raster, "cover", "shade"),
    },
  };
  made.set(device, pipelines);
  return pipelines;
}

/** @param {number} bytes @returns {number} the next power of two: a curve that grows is moved now and then only */
const roomFor = (bytes) => 2 ** Math.ceil(Math.log2(Math.max(256, bytes)));

/** What a surface has on the GPU. */
class Target {
  /** @type {MarkBinding[]} */
  #bindings = [];
  #floats = new Float32Array(64);
  #words = new Uint32Array(this.#floats.buffer);

  /** @param {Surface} surface @param {GPUDevice} device @param {GPUCanvasContext} context */
  constructor(surface, device, context) {
    this.surface = surface;
    this.pipelines = pipelinesOf(device);
    this.context = context;
    context.configure({ device, format: navigator.gpu.getPreferredCanvasFormat(), alphaMode: "premultiplied" });
  }

  /** @param {GPUCommandEncoder} encoder @param {Mark[]} marks */
  draw(encoder, marks) {
    const view = this.context.getCurrentTexture().createView();
    const pass = encoder.beginRenderPass({
      colorAttachments: [{ view, loadOp: "clear", storeOp: "store", clearValue: [0, 0, 0, 0] }],
    });
    marks.forEach((mark, i) => {
      if (mark.count < 1 || !(mark.data.binding || mark.data.array?.length)) return;
      pass.setPipeline(this.pipelines.byShape[mark.shape]);
      pass.setBindGroup(0, this.#group(i, mark));
      if (mark.shape === "raster") pass.draw(3);
      else pass.draw(6, mark.count);
    });
    pass.end();
  }

  /** @param {number} i @param {Mark} mark @returns {GPUBindGroup} kept while the same buffers are drawn */
  #group(i, mark) {
    const { device, layout } = this.pipelines;
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    this.#bindings[i] ??= { uniform: device.createBuffer({ label: "mark", size: 256, usage }), bound: [], own: {} };
    const binding = this.#bindings[i];
    this.#fill(mark);
    device.queue.writeBuffer(binding.uniform, 0, this.#floats);
    const data = this.#part(binding, "data", mark.data);
    const kind = mark.kind ? this.#part(binding, "kind", mark.kind) : data;
    const bound = [data, kind].flatMap(({ buffer, offset, size }) => [buffer, offset, size]);
    if (!binding.group || bound.some((each, k) => each !== binding.bound[k])) {
      binding.group = device.createBindGroup({
        layout,
        entries: [{ buffer: binding.uniform }, data, kind].map((resource, binding) => ({ binding, resource })),
      });
      binding.bound = bound;
    }
    return binding.group;
  }

  /**
   * Where numbers lie: in the plan's own buffer, or in one of this mark's, which is used again while they fit.
   * @param {MarkBinding} mark @param {Role} role @param {import("../types.d.ts").MarkData} data @returns {Part}
   */
  #part({ own }, role, { binding, array = new Float32Array(1) }) {
    if (binding) return binding;
    const { device } = this.pipelines;
    let buffer = own[role];
    if (!buffer || buffer.size < array.byteLength) {
      buffer?.destroy(); // once the frames that draw from it are done
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
      buffer = device.createBuffer({ label: "numbers of a mark", size: roomFor(array.byteLength), usage });
      own[role] = buffer;
    }
    device.queue.writeBuffer(buffer, 0, /** @type {Float32Array<ArrayBuffer>} */ (array));
    return { buffer, offset: 0, size: array.byteLength };
  }

  /** @param {Mark} mark: the uniform, in the order of the WGSL's structs */
  #fill(mark) {
    const f = this.#floats.fill(0);
    const u = this.#words;
    const { width, height, ratio } = this.surface;
    const colours = mark.colours.map(rgba);
    if (mark.shape === "raster") {
      f.set(colours.flat());
      f.set([width, height, mark.range ?? 0, (mark.gap ?? 0) * ratio], 16);
      u.set(
        [mark.rows ?? 1, mark.columns ?? 1, mark.across ?? 1, mark.count, mark.image ?? 0, mark.pixel ?? 1, mark.flags],
        20,
      );
      return;
    }
    const window = mark.window ?? [0, 0, 1, 1];
    if (mark.shape === "mesh") {
      const { front = 1, back = 1, range = 0, half = 0 } = mark;
      f.set([...colours.flat(), ...window, width, height, front, back, range, half * ratio]);
      u.set([mark.columns ?? 1, mark.every ?? 1, mark.across ?? 1, mark.pixel ?? 1, mark.image ?? 0], 26);
      return;
    }
    const wide =
      mark.shape === "bar" ? ((mark.width ?? 0.7) * width) / (window[2] - window[0]) : (mark.width ?? 2) * ratio;
    f.set([...window, width, height, ...(mark.logs ?? [0, 0]), ...(mark.x ?? [0, 1]), wide, mark.base ?? 0]);
    u.set([mark.first ?? 0, mark.size ?? mark.count, mark.run ?? 2 ** 31, mark.flags], 12);
    f.set(colours.flat().slice(0, 32), 16);
  }

  destroy() {
    for (const { uniform, own } of this.#bindings) for (const each of [uniform, own.data, own.kind]) each?.destroy();
    this.context.unconfigure();
  }
}

/** @type {WeakMap<Surface, Target>} */
const targets = new WeakMap();

/**
 * @param {GPUDevice} device @param {GPUCommandEncoder} encoder of this frame @returns {import("./surface.js").Paint}
 */
export function gpuPaint(device, encoder) {
  return (surface, marks) => {
    const context = /** @type {GPUCanvasContext} */ (/** @type {unknown} */ (surface.context("webgpu")));
    let target = targets.get(surface);
    if (target?.pipelines.device !== device) {
      target?.destroy();
      target = new Target(surface, device, context); // the first, or after a loss
      targets.set(surface, target);
    }
    target.draw(encoder, marks);
    surface.free = () => {
      targets.get(surface)?.destroy();
      targets.delete(surface);
    };
  };
}
