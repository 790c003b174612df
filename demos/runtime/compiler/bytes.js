/**
 * Bytes that grow, and the numbers that WebAssembly writes into them.
 */
export class Bytes {
  /** @type {number[]} what has been written */
  written = [];

  get length() {
    return this.written.length;
  }

  /** @param {number} value */
  byte(value) {
    this.written.push(value);
  }

  /** @param {Iterable<number>} values */
  append(values) {
    for (const each of values) this.byte(each);
  }

  /** LEB128. @param {number} value a u32 */
  unsigned(value) {
    let left = value >>> 0;
    for (; left > 127; left >>>= 7) this.byte((left & 127) | 128);
    this.byte(left);
  }

  /** LEB128 with a sign. @param {number} value of which 32 bits count */
  signed(value) {
    let left = value | 0;
    for (; left < -64 || left > 63; left >>= 7) this.byte((left & 127) | 128);
    this.byte(left & 127);
  }

  /** Four bytes, the lowest first. @param {number} bits */
  word(bits) {
    for (const shift of [0, 8, 16, 24]) this.byte((bits >>> shift) & 255);
  }

  /** @param {string} text */
  text(text) {
    const encoded = new TextEncoder().encode(text);
    this.unsigned(encoded.length);
    this.append(encoded);
  }
}
