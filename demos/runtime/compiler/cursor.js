/**
 * A place in a list of tokens, and the questions that a parser asks there.
 */
import { ShaderError } from "./errors.js";
import { tokensOf } from "./tokens.js";

/** @typedef {import("./compiler.d.ts").Token} Token */

export class Cursor {
  /** @param {string} text @param {string} file named by errors */
  constructor(text, file) {
    this.file = file;
    this.tokens = tokensOf(text, file);
    this.at = 0;
  }

  get token() {
    return this.tokens[this.at];
  }

  get line() {
    return this.token.line;
  }

  /** @param {string[]} texts: whether one of these signs or names comes next */
  is(...texts) {
    return (this.token.kind === "sign" || this.token.kind === "name") && texts.includes(this.token.text);
  }

  /** Goes past what comes next if it is `text`. @param {string} text */
  accept(text) {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  /** @param {string} text */
  expect(text) {
    if (!this.accept(text)) this.fail(`\`${text}\` is expected`);
  }

  /** @param {string} what is expected @returns {string} */
  name(what) {
    if (this.token.kind !== "name") this.fail(`${what} is expected`);
    return this.next().text;
  }

  next() {
    return this.tokens[this.at++];
  }

  /** Closes a list of type parameters, whose `>` may be the first half of another sign. */
  closeAngle() {
    const { token } = this;
    if ([">>", ">=", ">>="].includes(token.text)) this.tokens[this.at] = { ...token, text: token.text.slice(1) };
    else this.expect(">");
  }

  /**
   * What stands between two signs, separated by commas; one may follow the last.
   * @template T @param {string} close @param {() => T} item @returns {T[]}
   */
  list(close, item) {
    const items = [];
    while (!this.accept(close)) {
      items.push(item());
      if (this.accept(",")) continue;
      this.expect(close);
      break;
    }
    return items;
  }

  /** @param {string} expected @returns {never} */
  fail(expected) {
    throw new ShaderError(this.file, this.line, expected, `\`${this.token.text}\``);
  }
}
