/**
 * What a tab remembers from page to page, where the browser allows that; else as long as the page is open.
 *
 * In: keys and texts. Out: the texts. It does not know what they mean.
 */

/** @type {Map<string, string>} */
const remembered = new Map();

/** @param {string} key @returns {string | null} what this tab remembers */
export function recall(key) {
  try {
    return sessionStorage.getItem(key) ?? remembered.get(key) ?? null;
  } catch {
    return remembered.get(key) ?? null;
  }
}

/** @param {string} key @param {string} value */
export function remember(key, value) {
  remembered.set(key, value);
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // It is remembered as long as the page is open.
  }
}
