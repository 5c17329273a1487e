const CR = 13;
const LF = 10;
const SEMICOLON = 59;
const EQUALS = 61;
const COLON = 58;
/** Larger than any body that is taken. */
const SIZE_MAX = 0x7fff_ffff;
const DIGITS_MAX = 16;
/** Of one size line with its extensions, and of all trailers together. */
const LINE_BYTES_MAX = 1_024;
const TRAILER_BYTES_MAX = 16 * 1024;

/** What the next byte belongs to. */
type State =
  | 'size'
  | 'extension'
  | 'extension-name'
  | 'extension-value'
  | 'size-lf'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'trailer'
  | 'trailer-name'
  | 'trailer-value'
  | 'trailer-lf'
  | 'last-lf'
  | 'done'
  | 'broken';

/**
 * The chunked coding (RFC 9112, 7.1), read strictly: CRLF and nothing else ends a line, sizes are plain hexadecimal.
 * Trailers are read over. Bytes are worked through in place, so that all chunks of one read come out as one piece.
 */
export class ChunkedReader {
  #state: State = 'size';
  /** Of the chunk, what is still to come; while its line is read, its size so far. */
  #left = 0;
  #digits = 0;
  #lineBytes = 0;
  #trailerBytes = 0;
  #trailerName = '';
  #endedAt = -1;

  /** The last chunk and its trailers have been read. */
  get isDone(): boolean {
    return this.#state === 'done';
  }

  /** Where the first byte behind the message lies, once done. */
  get endedAt(): number {
    return this.#endedAt;
  }

  /**
   * Works through `bytes` between `from` and `to` and moves the content to `from`. Returns how many bytes of content lie
   * there now, or -1 if this is not the chunked coding.
   */
  take(bytes: Buffer, from: number, to: number): number {
    let out = from;
    let at = from;
    while (at < to && this.#state !== 'done') {
      if (this.#state === 'data') {
        const count = Math.min(this.#left, to - at);
        if (out !== at) bytes.copyWithin(out, at, at + count);
        out += count;
        at += count;
        this.#left -= count;
        if (this.#left === 0) this.#state = 'data-cr';
      } else {
        this.#state = this.#step(bytes[at++] ?? 0);
        if (this.#state === 'broken') return -1;
      }
    }
    if (this.#state === 'done') this.#endedAt = at;
    return out - from;
  }

  /** Reads one byte that is not content. */
  #step(byte: number): State {
    switch (this.#state) {
      case 'size':
        return this.#sizeStep(byte);
      case 'extension':
      case 'extension-name':
      case 'extension-value':
        return this.#extensionStep(byte);
      case 'size-lf':
        return byte !== LF ? 'broken' : this.#left === 0 ? 'trailer' : 'data';
      case 'data-cr':
        return byte === CR ? 'data-lf' : 'broken';
      case 'data-lf':
        this.#left = 0;
        this.#digits = 0;
        this.#lineBytes = 0;
        return byte === LF ? 'size' : 'broken';
      case 'trailer':
      case 'trailer-name':
      case 'trailer-value':
        return this.#trailerStep(byte);
      case 'trailer-lf':
        return byte === LF ? 'trailer' : 'broken';
      case 'last-lf':
        return byte === LF ? 'done' : 'broken';
      default:
        return 'broken';
    }
  }

  #sizeStep(byte: number): State {
    if (++this.#lineBytes > LINE_BYTES_MAX) return 'broken';
    const digit = hexOf(byte);
    if (digit !== -1) {
      this.#left = this.#left * 16 + digit;
      return ++this.#digits <= DIGITS_MAX && this.#left <= SIZE_MAX ? 'size' : 'broken';
    }
    if (this.#digits === 0) return 'broken';
    return byte === CR ? 'size-lf' : byte === SEMICOLON ? 'extension' : 'broken';
  }

  /** Names and values are plain words: a quoted one no host of an API was ever seen to send. */
  #extensionStep(byte: number): State {
    if (++this.#lineBytes > LINE_BYTES_MAX) return 'broken';
    if (isToken(byte)) return this.#state === 'extension' ? 'extension-name' : this.#state;
    if (this.#state === 'extension') return 'broken';
    if (byte === EQUALS) return this.#state === 'extension-name' ? 'extension-value' : 'broken';
    return byte === CR ? 'size-lf' : byte === SEMICOLON ? 'extension' : 'broken';
  }

  /** A field of the trailer is written as one of the head is; what frames a message may not stand there. */
  #trailerStep(byte: number): State {
    if (++this.#trailerBytes > TRAILER_BYTES_MAX) return 'broken';
    if (this.#state === 'trailer-value') return byte === CR ? 'trailer-lf' : isText(byte) ? 'trailer-value' : 'broken';
    if (isToken(byte)) {
      this.#trailerName = (this.#state === 'trailer' ? '' : this.#trailerName) + String.fromCharCode(byte);
      return 'trailer-name';
    }
    if (this.#state === 'trailer') return byte === CR ? 'last-lf' : 'broken';
    return byte === COLON && !FRAMING.has(this.#trailerName.toLowerCase()) ? 'trailer-value' : 'broken';
  }
}

const FRAMING = new Set(['content-length', 'transfer-encoding', 'connection']);
const isText = (byte: number): boolean => byte === 9 || (byte >= 32 && byte !== 127);

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]/;
const isToken = (byte: number): boolean => TOKEN.test(String.fromCharCode(byte));

function hexOf(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
