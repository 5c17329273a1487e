/** Writes bits, the highest of each byte first, as H.264 has them. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #bits = 0;
  #count = 0;

  /** The lowest `count` bits of a number. */
  u(count: number, value: number): this {
    for (let at = count - 1; at >= 0; at--) {
      this.#bits = (this.#bits << 1) | ((value >>> at) & 1);
      if (++this.#count === 8) {
        this.#bytes.push(this.#bits);
        this.#bits = 0;
        this.#count = 0;
      }
    }
    return this;
  }

  /** Exp-Golomb of a number without sign. */
  ue(value: number): this {
    const code = value + 1;
    const length = 32 - Math.clz32(code);
    return this.u(length - 1, 0).u(length, code);
  }

  /** Zero bits up to a whole byte. */
  align(): this {
    while (this.#count > 0) this.u(1, 0);
    return this;
  }

  /** So many bytes of one value; only where it is aligned. */
  fill(count: number, value: number): this {
    for (let at = 0; at < count; at++) this.#bytes.push(value);
    return this;
  }

  /** A stop bit, and zeros up to a whole byte. */
  end(): readonly number[] {
    this.u(1, 1).align();
    return this.#bytes;
  }
}
