/**
 * WGSL as a list of words.
 *
 * In: a text, and the file that errors name. Out: its tokens, comments and space left out, the last one being the end.
 */
import { ShaderError } from "./errors.js";

/** @typedef {import("./compiler.d.ts").Token} Token */

const NUMBER = String.raw`0[xX][0-9a-fA-F]+u?|(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?[uf]?`;
const NAME = String.raw`[A-Za-z_]\w*`;
const SIGN = String.raw`->|\+\+|--|&&|\|\||<<=|>>=|<<|>>|[-+*/%&|^]=|[<>=!]=|[-+*/%&|^!~<>=(){}[\],;:.@]`;
/** @param {string} inner @returns {string} a comment in which others may stand */
const comment = (inner) => String.raw`/\*(?:[^/*]|\*(?!/)|/(?!\*)|${inner})*\*/`;
const SPACE = String.raw`\s+|//.*|${comment(comment(comment("[]")))}`;
const TOKEN = new RegExp(String.raw`(${SPACE})|(${NUMBER})(?![\w.])|(${NAME})|(${SIGN})`, "y");

/** @param {string} text @param {string} file @returns {Token[]} */
export function tokensOf(text, file) {
  /** @type {Token[]} */
  const tokens = [];
  let line = 1;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const found = TOKEN.exec(text);
    if (!found) {
      const word = /** @type {RegExpExecArray} */ (/\S+/.exec(text.slice(at)))[0];
      throw new ShaderError(file, line, "a word of WGSL is expected", JSON.stringify(word));
    }
    const [word, , number, name, sign] = found;
    if (number !== undefined) tokens.push({ kind: "number", text: number, line });
    else if (name !== undefined) tokens.push({ kind: "name", text: name, line });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign, line });
    else for (const character of word) if (character === "\n") line++;
  }
  tokens.push({ kind: "end", text: "the end of the text", line });
  return tokens;
}
