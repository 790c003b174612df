/**
 * Where a plan's buffers lie in one memory.
 *
 * In: a plan. Out: the address of each of its buffers, where the memory begins that a thread has for itself, and how
 * many pages there must be. Whoever runs a module needs this, and not the compiler.
 */

/** @typedef {import("../types.d.ts").Plan} Plan */
/** @typedef {{ addresses: number[], scratch: number, pages: number }} Layout */

/** Bytes of memory of its own that a kernel may take. */
export const SCRATCH = 2 ** 17;
const PAGE = 2 ** 16;
const LINE = 64; // bytes that a processor fetches together

/** @param {Plan} plan @returns {Layout} */
export function layoutOf({ allocations, buffers }) {
  let end = 0;
  const starts = allocations.map((bytes) => {
    const start = end;
    end += Math.ceil(bytes / LINE) * LINE;
    return start;
  });
  const addresses = buffers.map(({ allocation, offset }) => starts[allocation] + offset);
  return { addresses, scratch: end, pages: Math.ceil((end + SCRATCH) / PAGE) };
}
