/**
 * A backend that goes says so, now and then later than what failed on it: how long that is waited for.
 *
 * In: an error. Out: a promise. Who is told that a backend went, it does not know.
 */
import { DemoError } from "../common/errors.js";

const NEWS_MS = 500;

/** @param {unknown} error @returns {Promise<void>} when it would be known that a lost backend was its reason */
export async function newsOf(error) {
  if (!(error instanceof DemoError)) await new Promise((resolve) => setTimeout(resolve, NEWS_MS));
}
