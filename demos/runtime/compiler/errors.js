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
    // Names of functions that were written out in main() have more before `#`.
    super(
      `${file}:${line}: ${`${expected}${found === undefined ? "" : `, found ${found}`}.`.replace(/[\w.]*#(?=\w)/g, "")}`,
    );
    this.name = "ShaderError";
  }
}
