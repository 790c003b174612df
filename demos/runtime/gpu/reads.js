/**
 * Reads buffers back: what is asked for in one turn is copied to one staging buffer, which is used again.
 *
 * In: a device, and places in its buffers. Out: typed arrays. It knows nothing of plans.
 */
import { ARRAYS } from "../common/data.js";
import { settled } from "./settled.js";

/** @typedef {{ buffer: GPUBuffer, offset: number, size: number }} Slot */
/** @typedef {import("../types.d.ts").DType} DType */
/** @typedef {(array: any) => void} Resolve */
/** @typedef {{ slot: Slot, dtype: DType, resolve: Resolve, reject: (error: unknown) => void }} Read */

/** A staging buffer that is larger is made for one read: a small read in it would map all of it. */
const KEPT_BYTES = 2 ** 20;

export class Reads {
  /** @type {Read[]} */
  #asked = [];
  /** Staging buffers that are not mapped now. @type {GPUBuffer[]} */
  #free = [];
  /** @type {Set<GPUBuffer>} */
  #mapped = new Set();
  #gone = false;

  /** @param {GPUDevice} device */
  constructor(device) {
    this.device = device;
  }

  /**
   * @param {Slot} slot @param {import("../types.d.ts").DType} dtype
   * @returns {Promise<import("../types.d.ts").Numbers>} rejects when the device goes, or destroy() is called
   */
  ask(slot, dtype) {
    return new Promise((resolve, reject) => {
      if (this.#asked.push({ slot, dtype, resolve, reject }) === 1) queueMicrotask(() => this.flush());
    });
  }

  /** Submits what was asked for: what is submitted from now on comes after it. */
  async flush() {
    const reads = this.#asked.splice(0);
    if (this.#gone) for (const { reject } of reads.splice(0)) reject(new Error("what was to be read is gone"));
    if (!reads.length) return;
    const total = reads.reduce((sum, { slot }) => sum + slot.size, 0);
    const staging = this.#take(total);
    try {
      const encoder = this.device.createCommandEncoder();
      let at = 0;
      for (const { slot } of reads) {
        encoder.copyBufferToBuffer(slot.buffer, slot.offset, staging, at, slot.size);
        at += slot.size;
      }
      this.device.queue.submit([encoder.finish()]);
      await settled(this.device.queue, staging.mapAsync(GPUMapMode.READ, 0, total));
      const bytes = staging.getMappedRange(0, total).slice(0);
      staging.unmap();
      this.#give(staging);
      at = 0;
      for (const { slot, dtype, resolve } of reads) {
        resolve(new ARRAYS[dtype](bytes, at, slot.size / 4));
        at += slot.size;
      }
    } catch (error) {
      staging.destroy();
      for (const { reject } of reads) reject(error); // the device went, or the demo did
    } finally {
      this.#mapped.delete(staging);
    }
  }

  /** @param {number} size @returns {GPUBuffer} */
  #take(size) {
    const fit = this.#free.findIndex((each) => each.size >= size);
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const [staging] =
      fit >= 0 ? this.#free.splice(fit, 1) : [this.device.createBuffer({ label: "staging", size, usage })];
    this.#mapped.add(staging);
    return staging;
  }

  /** @param {GPUBuffer} staging */
  #give(staging) {
    if (this.#gone || staging.size > KEPT_BYTES) staging.destroy();
    else this.#free.push(staging);
  }

  /** Frees what it holds on the GPU. */
  destroy() {
    this.#gone = true;
    for (const each of [...this.#free, ...this.#mapped]) each.destroy();
    this.#free.length = 0;
  }
}
