/**
 * Tries whether a device's quads are what kernels take them for: four neighbouring invocations of a line.
 *
 * In: a device that has subgroups. Out: yes or no. Where no, or where the trial itself fails, kernels do without.
 */
import trialWgsl from "../../../shaders/device/quads.wgsl";
import { settled } from "./settled.js";

const INVOCATIONS = 256;

/** Devices that were asked, and what they said or will say. @type {WeakMap<GPUDevice, Promise<boolean>>} */
const asked = new WeakMap();

/** @param {GPUDevice} device @returns {Promise<boolean>} tried once */
export function quadsAreNeighbours(device) {
  const said = asked.get(device) ?? ask(device);
  asked.set(device, said);
  return said;
}

/** @param {GPUDevice} device */
async function ask(device) {
  const label = "shaders/device/quads.wgsl";
  const size = 4 * INVOCATIONS;
  const found = device.createBuffer({ label, size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const copy = device.createBuffer({ label, size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  try {
    const module = device.createShaderModule({ label, code: `enable subgroups;\n${trialWgsl}` });
    const pipeline = await device.createComputePipelineAsync({ label, layout: "auto", compute: { module } });
    const layout = pipeline.getBindGroupLayout(0);
    const encoder = device.createCommandEncoder({ label });
    const pass = encoder.beginComputePass({ label });
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({ label, layout, entries: [{ binding: 0, resource: { buffer: found } }] }),
    );
    pass.dispatchWorkgroups(8);
    pass.end();
    encoder.copyBufferToBuffer(found, 0, copy, 0, size);
    device.queue.submit([encoder.finish()]);
    await settled(device.queue, copy.mapAsync(GPUMapMode.READ));
    return new Uint32Array(copy.getMappedRange()).every((one) => one === 1);
  } catch {
    return false; // a device lost meanwhile says so itself
  } finally {
    found.destroy();
    copy.destroy();
  }
}
