import { type Blob, LENGTH_MIN, markOf, sizeOf, textMarkOf } from './blobs.ts';
import { type Fault, fault } from './fault.ts';
import { counter, type OpenString, pastString } from './json-shape.ts';
import { keepableAt } from './keepable.ts';
import { createKeyPath } from './key-path.ts';
import { LIMITS } from './limits.ts';
import { isPlain, plainCheck, type StringCheck, stringCheck } from './string-check.ts';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BRACKET = 91;
const BRACE = 123;
const BLANK = 32;
/** So many blanks in a row between values are left out: they mean nothing. */
const BLANKS_MANY = 64;
const isBlank = (byte: number): boolean => byte === BLANK || byte === 10 || byte === 13 || byte === 9;

/** A string of which no more has come is looked at again with what comes next: names and heads are never cut. */
const BEGUN_MAX = 512;
/** From so much on that is left of a body shorter strings are set aside, too. */
const REST_MANY = 2 * 1024 * 1024;
const LENGTH_MIN_OF_MANY = 1024;

/** What a body weighs that was worked through as it came: its bytes, those set aside apart, and how many things it has. */
export type BodyWeight = {
  readonly restBytes: number;
  readonly setAsideBytes: number;
  /** Values, members, lists and objects: what parsing makes of them weighs far more than their bytes. */
  readonly things: number;
};

/** A value that may be set aside. */
type Kept = { readonly mark: (at: number) => string; readonly pieces: Buffer[]; readonly check: StringCheck };

/**
 * Works a large body through as it arrives, chunk by chunk, so that no turn of the loop has more of it to do than a
 * chunk: its shape is bounded, and its long texts and media are set aside as the bytes that came (`blobs.ts`), whatever
 * is in them and however they are cut. What is left is short enough to be parsed at once. It is JSON from outside, valid
 * or not: a value that is not valid is not set aside, so that whoever parses the rest complains of it.
 */
export class BodyScan {
  readonly #count: ReturnType<typeof counter>;
  readonly #path: ReturnType<typeof createKeyPath>;
  readonly #blobs: Blob[] = [];
  #rest: Buffer[] = [];
  /** Bytes of the rest that take time: all but long plain strings. */
  #costly = 0;
  #things = 0;
  /** The beginning of a string that is looked at again. */
  #begun: Buffer | null = null;
  readonly #string: OpenString = { isOpen: false, isEscaped: false };
  /** The string that goes on from an earlier chunk, if it may be set aside. */
  #kept: Kept | null = null;

  readonly #keeps: 'texts and media' | 'nothing';

  /** `keeps`: `nothing` where whoever reads the body does not know of marks; only its bounds are seen to. */
  constructor(nestingMax: number, keeps: 'texts and media' | 'nothing' = 'texts and media') {
    this.#keeps = keeps;
    this.#count = counter(nestingMax);
    this.#path = createKeyPath(nestingMax);
  }

  /** The next bytes, cut wherever; they are kept, not copied. Not null = why the body is refused. */
  push(chunk: Buffer): Fault | null {
    const bytes = this.#begun ? Buffer.concat([this.#begun, chunk]) : chunk;
    this.#begun = null;
    /** Up to here all is left or set aside. */
    const isInside = this.#string.isOpen;
    let done = isInside ? this.#goOn(bytes) : 0;
    for (let at = isInside ? done + 1 : 0; at < bytes.length; ) {
      const byte = bytes[at++] ?? 0;
      if (byte !== QUOTE) {
        if (byte <= BLANK) {
          const from = at;
          while (at < bytes.length && (bytes[at] ?? 0) <= BLANK && isBlank(bytes[at] ?? 0)) at++;
          if (at - from < BLANKS_MANY) continue;
          this.#leave(bytes.subarray(done, from));
          done = at;
        }
        if (byte < COMMA) continue;
        const obstacle = this.#count(byte);
        if (obstacle) return obstacle;
        if (byte === COMMA || byte === COLON || byte === BRACE || byte === BRACKET) this.#things++;
        this.#path.see(byte);
        continue;
      }
      const start = at - 1;
      this.#string.isOpen = true;
      at = pastString(this.#string, bytes, at);
      if (this.#string.isOpen && at - start < BEGUN_MAX) {
        this.#begun = Buffer.from(bytes.subarray(start));
        this.#string.isOpen = this.#string.isEscaped = false;
        this.#leave(bytes.subarray(done, start));
        return this.#tooMuch();
      }
      if (this.#path.isKey()) this.#path.name(bytes, start + 1, at - 1);
      else if (this.#string.isOpen || at - start > this.#lengthMin()) done = this.#value(bytes, { done, start, at });
    }
    this.#leave(bytes.subarray(done));
    return this.#tooMuch();
  }

  /** What parsing it takes, behind the last chunk. */
  weight(): BodyWeight {
    return {
      restBytes: sizeOf(this.#pieces()),
      setAsideBytes: this.#blobs.reduce((sum, blob) => sum + sizeOf(blob), 0),
      things: this.#things,
    };
  }

  /** The body without what was set aside, and that. Once, behind the last chunk: it is handed over, not kept. */
  end(): { readonly rest: Buffer; readonly blobs: readonly Blob[] } {
    const rest = this.#pieces();
    this.#rest = [];
    return { rest: rest.length === 1 ? (rest[0] as Buffer) : Buffer.concat(rest), blobs: this.#blobs };
  }

  #pieces(): Buffer[] {
    return [...this.#rest, ...(this.#kept?.pieces ?? []), ...(this.#begun ? [this.#begun] : [])];
  }

  /** The string that is open, until it ends. Where its last quote stands, or where the bytes end. */
  #goOn(bytes: Buffer): number {
    const past = pastString(this.#string, bytes, 0);
    const end = this.#string.isOpen ? past : past - 1;
    if (this.#kept) add(this.#kept, bytes.subarray(0, end));
    else this.#leaveString(bytes.subarray(0, end));
    if (!this.#string.isOpen) {
      if (this.#kept) this.#close(this.#kept);
      this.#kept = null;
    }
    return end;
  }

  /** A long value from its quote at `start` to `at`, where it ends or the bytes do. Up to where all is left or set aside now. */
  #value(bytes: Buffer, { done, start, at }: { readonly done: number; readonly start: number; readonly at: number }) {
    const end = this.#string.isOpen ? at : at - 1;
    const found = this.#keeps === 'nothing' ? null : keepableAt(bytes, start, this.#path.text);
    const from = found?.from ?? start + 1;
    this.#leave(bytes.subarray(done, from));
    if (!found) this.#leaveString(bytes.subarray(from, end));
    else {
      const kept = found.kind === 'text' ? newText() : newMedia();
      add(kept, bytes.subarray(from, end));
      if (this.#string.isOpen) this.#kept = kept;
      else this.#close(kept);
    }
    return end;
  }

  #close({ mark, pieces, check }: Kept): void {
    if (sizeOf(pieces) < this.#lengthMin() || !check.isValid()) {
      for (const piece of pieces) this.#leaveString(piece);
      return;
    }
    const stands = JSON.stringify(mark(this.#blobs.push(pieces) - 1)).slice(1, -1);
    this.#leave(Buffer.from(stands));
  }

  #leave(bytes: Buffer): void {
    if (bytes.length > 0) this.#rest.push(bytes);
    this.#costly += bytes.length;
  }

  /** What is plain and long is copied and compared by the runtime, at next to no cost. */
  #leaveString(bytes: Buffer): void {
    this.#leave(bytes);
    if (bytes.length >= LENGTH_MIN_OF_MANY && isPlain(bytes)) this.#costly -= bytes.length;
  }

  #lengthMin(): number {
    return this.#costly > REST_MANY ? LENGTH_MIN_OF_MANY : LENGTH_MIN;
  }

  #tooMuch(): Fault | null {
    return this.#costly > LIMITS.json_rest_bytes_max ? TOO_MUCH : null;
  }
}

const newText = (): Kept => ({ mark: textMarkOf, pieces: [], check: stringCheck() });
const newMedia = (): Kept => ({ mark: markOf, pieces: [], check: plainCheck() });

function add({ pieces, check }: Kept, piece: Buffer): void {
  if (piece.length === 0) return;
  pieces.push(piece);
  check.push(piece);
}

const TOO_MUCH = fault(
  'payload_too_large',
  `The request body has more than ${LIMITS.json_rest_bytes_max / 1024 / 1024} MB beside the texts and media of its messages.`,
);
