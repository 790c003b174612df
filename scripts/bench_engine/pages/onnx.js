/** ONNX Runtime Web on its WebGPU provider; numbers stay on the GPU, and are read when a batch is done. */
import * as ort from "onnxruntime-web/webgpu";
import { CHANNELS_FIRST, CHANNELS_LAST, serve, turned } from "./bench.js";

let session, device;

serve({
  async open() {
    ort.env.wasm.wasmPaths = "/ort/";
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = "error";
  },
  async build({ arrays, expected, weights }) {
    session = await ort.InferenceSession.create("/model.onnx", {
      executionProviders: ["webgpu"],
      preferredOutputLocation: "gpu-buffer",
    });
    device = await ort.env.webgpu.device;
    const feeds = {};
    for (const [name, array] of Object.entries(arrays)) {
      if (weights.includes(name)) continue;
      const { data, shape } = array.shape.length === 4 ? turned(array, CHANNELS_FIRST) : array;
      const buffer = device.createBuffer({
        size: data.byteLength,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
      });
      device.queue.writeBuffer(buffer, 0, data);
      feeds[name] = ort.Tensor.fromGpuBuffer(buffer, { dataType: "float32", dims: shape });
    }
    let outputs;
    return {
      async run(times) {
        for (let i = 0; i < times; i++) {
          for (const each of Object.values(outputs ?? {})) each.dispose();
          outputs = await session.run(feeds);
        }
        await device.queue.onSubmittedWorkDone();
      },
      async results() {
        const [name] = Object.keys(expected);
        const found = { data: await outputs[name].getData(), shape: outputs[name].dims };
        return { [name]: (found.shape.length === 4 ? turned(found, CHANNELS_LAST) : found).data };
      },
    };
  },
});
