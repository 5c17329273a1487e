import type { TextRun } from '../../call/text-run.ts';

const KEPT_BYTES = 64 * 1024;

/** Collects the texts of one read. One is enough for all streams: each empties it before the next one writes. */
export class RunWriter {
  #bytes = Buffer.allocUnsafeSlow(KEPT_BYTES);
  /** Of the texts that are kept, and of the one that is being read. */
  #kept = 0;
  #length = 0;
  #ends: number[] = [];
  #isPlain = true;
  #mayBePlain = true;

  /** Before `put`: room for so many more. */
  reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#length + count));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  put(byte: number): void {
    this.#bytes[this.#length++] = byte;
  }

  putBytes(bytes: Buffer, from: number, end: number): void {
    this.#mayBePlain = false;
    this.reserve(end - from);
    this.#length += bytes.copy(this.#bytes, this.#length, from, end);
  }

  putText(text: string): void {
    this.#mayBePlain = false;
    this.reserve(3 * text.length);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** Forgets the text that was being read. */
  drop(): void {
    this.#length = this.#kept;
    this.#mayBePlain = true;
  }

  keep(): void {
    this.#kept = this.#length;
    this.#isPlain &&= this.#mayBePlain;
    this.#mayBePlain = true;
    this.#ends.push(this.#length);
  }

  /** Forgets everything. */
  clear(): void {
    this.#ends = [];
    this.#kept = 0;
    this.#isPlain = true;
    this.drop();
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(KEPT_BYTES);
  }

  /** The texts so far, which are then no longer held here. */
  run(choice: number): TextRun {
    const bytes = Buffer.from(this.#bytes.subarray(0, this.#kept));
    const run: TextRun = { type: 'texts', choice, bytes, ends: this.#ends, isPlain: this.#isPlain };
    this.clear();
    return run;
  }
}
