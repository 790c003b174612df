/**
 * The errors that readers see.
 *
 * In: nothing. Out: `DemoError`, `explain()`.
 */

/** A sentence for the reader; anything else that is thrown is our own mistake. */
export class DemoError extends Error {}

/**
 * @param {unknown} error @param {string} what stopped
 * @returns {string} for the reader; a mistake also goes to the console
 */
export function explain(error, what) {
  if (error instanceof DemoError) return error.message;
  console.error(error);
  return `${what} stopped: ${/** @type {Error} */ (error).message}`;
}
