/**
 * Bytes that grow, and the numbers that WebAssembly writes into them.
 */
export class Bytes {
  #bytes = new Uint8Array(256);
  length = 0;

  /** @param {number} value */
  byte(value) {
    this.#room(1);
    this.#bytes[this.length++] = value;
  }

  /** @param {ArrayLike<number>} values */
  append(values) {
    this.#room(values.length);
    this.#bytes.set(values, this.length);
    this.length += values.length;
  }

  /** @param {number} more */
  #room(more) {
    if (this.length + more <= this.#bytes.length) return;
    const wider = new Uint8Array(2 * (this.length + more));
    wider.set(this.#bytes);
    this.#bytes = wider;
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

  /** What has been written. */
  get written() {
    return this.#bytes.subarray(0, this.length);
  }
}
