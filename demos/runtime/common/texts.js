/** @param {string} text @returns {string} with its blanks to be seen, and a sign where there is nothing */
export const visible = (text) => text.replaceAll(" ", "␣").replaceAll("\n", "↵") || "∅";
