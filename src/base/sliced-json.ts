import { randomBytes } from 'node:crypto';
import type { Json } from './json.ts';
import { type OpenString, pastString } from './json-shape.ts';

const QUOTE = 34;
const COMMA = 44;
const BLANK = 32;
const BRACKET = 91;
const BRACE = 123;
const CLOSING_BRACKET = 93;
const CLOSING_BRACE = 125;
const COLON = 58;
const BACKSLASH = 92;
const LETTER_U = 117;
/** Of `\\u005b`. */
const ESCAPE_BYTES = 6;
/** How the bytes of a character begin behind its first. */
const CONTINUES = 0xc0;
const CONTINUED = 0x80;

/** Nobody outside knows it, so that no body has a member of this name. */
const OPENER = `switchwright/open/${randomBytes(12).toString('hex')}`;

/** What a slice begins with. */
type Beginning = 'between values' | 'in a string';

type Container = Json[] | { [name: string]: Json | undefined };

/**
 * Parses a long JSON text in slices, so that no turn of the loop has more of it to do than one: how long parsing takes is
 * decided by how many things there are, far more than by bytes. The runtime's own parser does the work. The text is cut at
 * commas, and in long strings; what is open where a slice begins is opened before it anew and closed behind it, and what
 * the slice brings is put into what is there already. What `JSON.parse` takes is taken, with the same value, and all else
 * is refused.
 */
export class SlicedJson {
  readonly #bytes: Buffer;
  readonly #nestingMax: number;
  readonly #sliceBytes: number;
  /** Up to here the bytes are parsed, and up to here they are looked through. */
  #from = 0;
  #at = 0;
  /** What is open at `#at`: what it is, and the name of the last member that has begun in it. */
  #depth = 0;
  /** The least depth since the last cut: what is open up to there was open then. */
  #lowest = 0;
  readonly #kinds: Uint8Array;
  readonly #nameStarts: Uint32Array;
  readonly #nameEnds: Uint32Array;
  #isName = false;
  readonly #string: OpenString = { isOpen: false, isEscaped: false };
  /** The last cut was made in a string, which ends there; 0 = that is not known yet. */
  #isInString = false;
  #stringEnd = 0;
  /** The values that were open at the last cut, from the root on. */
  #open: Container[] = [];
  #root: Json | undefined;

  /** `bytes` are UTF-8. What nests deeper than `nestingMax` is refused with a `RangeError`. */
  constructor(bytes: Buffer, { nestingMax, sliceBytes }: { readonly nestingMax: number; readonly sliceBytes: number }) {
    this.#bytes = bytes;
    this.#nestingMax = nestingMax;
    this.#sliceBytes = sliceBytes;
    this.#kinds = new Uint8Array(nestingMax + 2);
    this.#nameStarts = new Uint32Array(nestingMax + 2);
    this.#nameEnds = new Uint32Array(nestingMax + 2);
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#from = this.#at = 3;
  }

  /** Parses one slice: null = there is more. Throws a `SyntaxError` as `JSON.parse` does. */
  step(): { readonly value: Json } | null {
    const opened = this.#open.length;
    const begins = this.#isInString ? 'in a string' : 'between values';
    const name = begins === 'in a string' && this.#kinds[this.#depth] === BRACE ? this.#nameAt(opened) : '';
    const before = this.#prefix(opened, begins);
    const isEnd = this.#toCut();
    const after = isEnd ? '' : this.#suffix();
    const text = this.#bytes.toString('utf8', this.#from, this.#at);
    const part = JSON.parse(before + text + after) as Json;
    if (opened === 0) this.#root = part;
    else this.#join(part as Container, begins, name);
    if (isEnd) return { value: this.#root as Json };
    this.#follow();
    this.#from = this.#at;
    this.#lowest = this.#depth;
    return null;
  }

  /** On to a comma behind enough bytes, or so far into a long string. True = to the end of them all. */
  #toCut(): boolean {
    const bytes = this.#bytes;
    const enough = this.#from + this.#sliceBytes;
    /** The comma at which the last cut was made begins this slice. */
    const isBehindComma = this.#at === this.#from && this.#open.length > 0 && !this.#isInString;
    let at = isBehindComma ? this.#pastComma() : this.#at;
    if (this.#isInString) {
      at = this.#pastLong(at);
      if (this.#isInString) return false;
    }
    while (at < bytes.length) {
      const byte = bytes[at++] ?? 0;
      if (byte === QUOTE) {
        at = this.#isName || this.#depth === 0 ? this.#pastString(at) : this.#pastLong(at);
        if (this.#isInString) return false;
      } else if (byte === BRACE || byte === BRACKET) {
        if (this.#depth === this.#nestingMax) throw new RangeError(`nests deeper than ${this.#nestingMax} levels`);
        this.#kinds[++this.#depth] = byte;
        this.#isName = byte === BRACE;
      } else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) {
        this.#depth--;
        this.#isName = false;
        if (this.#depth < this.#lowest) this.#lowest = this.#depth;
      } else if (byte === COMMA) {
        if (at > enough && this.#depth > 0 && this.#isBehindValue(at - 1)) {
          this.#at = at - 1;
          return false;
        }
        this.#isName = this.#kinds[this.#depth] === BRACE;
      }
    }
    this.#at = bytes.length;
    return true;
  }

  /** Behind a string; one that is too long for this slice is cut between two of its characters. */
  #pastLong(inside: number): number {
    const bytes = this.#bytes;
    const enough = this.#from + this.#sliceBytes;
    const most = enough + this.#sliceBytes;
    let end = this.#stringEnd;
    if (end === 0) {
      this.#string.isOpen = true;
      this.#string.isEscaped = false;
      end = pastString(this.#string, bytes, inside, most);
      if (!this.#string.isOpen) this.#stringEnd = end;
    }
    this.#isInString = end > most || (this.#stringEnd === 0 && end < bytes.length);
    if (!this.#isInString) {
      this.#stringEnd = 0;
      return end;
    }
    let at = inside;
    while (at < enough || ((bytes[at] ?? 0) & CONTINUES) === CONTINUED)
      at += bytes[at] === BACKSLASH ? (bytes[at + 1] === LETTER_U ? ESCAPE_BYTES : 2) : 1;
    this.#at = at;
    return at;
  }

  #pastComma(): number {
    this.#isName = this.#kinds[this.#depth] === BRACE;
    return this.#at + 1;
  }

  #pastString(from: number): number {
    this.#string.isOpen = true;
    const end = pastString(this.#string, this.#bytes, from);
    if (this.#isName) {
      this.#nameStarts[this.#depth] = from - 1;
      this.#nameEnds[this.#depth] = end;
      this.#isName = false;
    }
    return end;
  }

  /** Closed behind it, `[` or `{"a":1,` would be taken though they are cut before a value that is missing. */
  #isBehindValue(comma: number): boolean {
    let at = comma - 1;
    while (at >= this.#from && (this.#bytes[at] ?? 0) <= BLANK) at--;
    const byte = at < this.#from ? COMMA : this.#bytes[at];
    return byte !== COMMA && byte !== COLON && byte !== BRACKET && byte !== BRACE;
  }

  /** Opens what is open; the innermost has a first value already, behind which the slice's comma stands, or that goes on. */
  #prefix(opened: number, begins: Beginning): string {
    let text = '';
    for (let depth = 1; depth <= opened; depth++) {
      text += Array.isArray(this.#open[depth - 1]) ? '[' : `{"${OPENER}":`;
      if (depth === opened) text += begins === 'in a string' ? '"' : '0';
    }
    return text;
  }

  #suffix(): string {
    let text = this.#isInString ? '"' : '';
    for (let depth = this.#depth; depth > 0; depth--) text += this.#kinds[depth] === BRACE ? '}' : ']';
    return text;
  }

  /** Puts what a slice brought into what was open: what went on in each stands first in it. */
  #join(slice: Container, begins: Beginning, name: string): void {
    let part = slice;
    for (const [depth, into] of this.#open.entries()) {
      const isInnermost = depth === this.#open.length - 1;
      const inner = Array.isArray(part) ? part[0] : part[OPENER];
      if (isInnermost && begins === 'in a string') lengthen(into, name, inner as string);
      if (Array.isArray(part)) {
        for (let at = 1; at < part.length; at++) (into as Json[]).push(part[at] as Json);
      } else for (const name of Object.keys(part)) if (name !== OPENER) setMember(into, name, part[name]);
      if (!isInnermost) part = inner as Container;
    }
  }

  /** The values that are open at this cut. */
  #follow(): void {
    this.#open.length = Math.min(this.#open.length, this.#lowest);
    if (this.#open.length === 0) this.#open.push(this.#root as Container);
    while (this.#open.length < this.#depth) {
      const outer = this.#open.at(-1) as Container;
      this.#open.push((Array.isArray(outer) ? outer.at(-1) : outer[this.#nameAt(this.#open.length)]) as Container);
    }
  }

  #nameAt(depth: number): string {
    return JSON.parse(this.#bytes.toString('utf8', this.#nameStarts[depth], this.#nameEnds[depth])) as string;
  }
}

/** What stands last in it is a string that goes on. */
function lengthen(into: Container, name: string, more: string): void {
  if (Array.isArray(into)) into[into.length - 1] = (into.at(-1) as string) + more;
  else setMember(into, name, (into[name] as string) + more);
}

/** As the runtime's parser does it: a member called `__proto__` is one like any other. */
function setMember(into: Container, name: string, value: Json | undefined): void {
  if (name === '__proto__')
    Object.defineProperty(into, name, { value, enumerable: true, writable: true, configurable: true });
  else (into as { [name: string]: Json | undefined })[name] = value;
}
