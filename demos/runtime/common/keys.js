/**
 * Keys that are the browser's or the system's: with Alt, Ctrl or Meta (Back, a new window, the end of the page).
 * @param {{ altKey: boolean, ctrlKey: boolean, metaKey: boolean }} event @returns {boolean} whether it is left to them
 */
export const isForBrowser = ({ altKey, ctrlKey, metaKey }) => altKey || ctrlKey || metaKey;
