/**
 * Waiting for a queue. Firefox looks only about every 100 ms whether work is done, however small it is, and whenever
 * something is submitted: so nothing is submitted, again and again, until it is.
 *
 * In: a queue, and a promise that it keeps. Out: the same promise, kept in good time. It knows nothing of what is
 * waited for.
 */
const FIRST_MS = 2;
const LAST_MS = 16;

/**
 * @template Value
 * @param {GPUQueue} queue @param {Promise<Value>} promise of work done, or of a buffer mapped @returns {Promise<Value>}
 */
export async function settled(queue, promise) {
  let waiting = true;
  const end = () => {
    waiting = false;
  };
  const ended = promise.then(end, end);
  for (let ms = FIRST_MS; waiting; ms = Math.min(LAST_MS, 1.5 * ms)) {
    queue.submit([]);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, ms))]);
  }
  return promise;
}

/** @param {GPUQueue} queue @returns {Promise<void>} when all that was submitted is done */
export async function idle(queue) {
  await settled(queue, queue.onSubmittedWorkDone());
}
