/**
 * Text as tokens, a number for each character.
 *
 * In: a vocabulary, whose characters are numbered from 0. Out: numbers of text and text of numbers. The first character
 * fills what a text leaves free, and is not told again at its end.
 */
import { DemoError } from "./errors.js";

export class Characters {
  #all;
  #tokens;

  /** @param {string} vocabulary @param {number} length of the input, in tokens */
  constructor(vocabulary, length) {
    this.#all = [...vocabulary];
    this.#tokens = new Map(this.#all.map((each, token) => [each, token]));
    this.length = length;
  }

  /**
   * @param {string} text
   * @returns {{ tokens: number[], unknown: string[], left: number }} `left`: so many are known, and have no room
   */
  read(text) {
    const characters = [...text];
    const unknown = [...new Set(characters.filter((each) => !this.#tokens.has(each)))];
    const known = characters.flatMap((each) => this.#tokens.get(each) ?? []);
    const tokens = Array.from({ length: this.length }, (_, i) => known[i] ?? 0);
    return { tokens, unknown, left: Math.max(0, known.length - this.length) };
  }

  /** @param {string} text of a link @throws {DemoError} where the model cannot hold it */
  encode(text) {
    const { tokens, unknown, left } = this.read(text);
    if (unknown.length) throw new DemoError(`“${unknown[0]}” is no character of this model`);
    if (left) throw new DemoError(`a text has at most ${this.length} characters, not ${this.length + left}`);
    return tokens;
  }

  /** @param {ArrayLike<number>} tokens @returns {string} */
  decode(tokens) {
    const ends = Array.from(tokens).findLastIndex((token) => token > 0) + 1;
    return Array.from({ length: ends }, (_, i) => this.#all[tokens[i]] ?? "").join("");
  }

  /** @param {string[]} unknown @param {number} left @returns {string} "" where all of a text was taken */
  sentence(unknown, left) {
    const quoted = unknown.slice(0, 5).map((each) => `“${each}”`);
    const others = unknown.length > 5 ? ", …" : "";
    if (unknown.length) return `This model does not know ${quoted.join(", ")}${others}: left out.`;
    return left ? `This model reads ${this.length} characters: ${left} more are left out.` : "";
  }
}
