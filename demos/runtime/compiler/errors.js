/**
 * What is said of a text that the compiler does not know: where, what was found, what was expected.
 */

/** A kernel that lies outside the subset. Its message is a sentence that begins with file and line. */
export class ShaderError extends Error {
  /**
   * @param {string} file @param {number} line counted from 1 @param {string} expected what is expected, and where
   * @param {string | number} [found] in its place
   */
  constructor(file, line, expected, found) {
    const sentence = `${expected}${found === undefined ? "" : `, found ${found}`}.`;
    // Names of what was written out in main() have more before `#`.
    super(`${file}:${line}: ${sentence.replace(/[\w.]*#(?=\w)/g, "")}`);
    this.name = "ShaderError";
    this.file = file;
    this.line = line;
  }
}
