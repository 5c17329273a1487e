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

/** Nobody outside knows it, so that no body has a member of this name. */
const OPENER = `switchwright/open/${randomBytes(12).toString('hex')}`;

type Container = Json[] | { [name: string]: Json | undefined };

/**
 * Parses a long JSON text in slices, so that no turn of the loop has more of it to do than one: how long parsing takes is
 * decided by how many things there are, far more than by bytes. The runtime's own parser does the work. The text is cut at
 * commas; what is open where a slice begins is opened before it anew and closed behind it, and what the slice brings is
 * put into what is there already. What `JSON.parse` takes is taken, with the same value, and all else is refused.
 */
export class SlicedJson {
  readonly #bytes: Buffer;
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
  /** The values that were open at the last cut, from the root on. */
  #open: Container[] = [];
  #root: Json | undefined;

  /** `bytes` are UTF-8 and nest no deeper than `nestingMax`: that was seen to before. */
  constructor(bytes: Buffer, { nestingMax, sliceBytes }: { readonly nestingMax: number; readonly sliceBytes: number }) {
    this.#bytes = bytes;
    this.#sliceBytes = sliceBytes;
    this.#kinds = new Uint8Array(nestingMax + 2);
    this.#nameStarts = new Uint32Array(nestingMax + 2);
    this.#nameEnds = new Uint32Array(nestingMax + 2);
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#from = this.#at = 3;
  }

  /** Parses one slice: null = there is more. Throws a `SyntaxError` as `JSON.parse` does. */
  step(): { readonly value: Json } | null {
    const isEnd = this.#toCut();
    const opened = this.#open.length;
    const before = this.#prefix(opened);
    const after = isEnd ? '' : this.#suffix();
    const text = this.#bytes.toString('utf8', this.#from, this.#at);
    const part = JSON.parse(before + text + after) as Json;
    if (opened === 0) this.#root = part;
    else this.#join(part as Container);
    if (isEnd) return { value: this.#root as Json };
    this.#follow();
    this.#from = this.#at;
    this.#lowest = this.#depth;
    return null;
  }

  /** On to a comma behind enough bytes. True = to the end of them all. */
  #toCut(): boolean {
    const bytes = this.#bytes;
    const enough = this.#from + this.#sliceBytes;
    /** The comma at which the last cut was made begins this slice. */
    let at = this.#at === this.#from && this.#open.length > 0 ? this.#pastComma() : this.#at;
    while (at < bytes.length) {
      const byte = bytes[at++] ?? 0;
      if (byte === QUOTE) at = this.#pastString(at);
      else if (byte === BRACE || byte === BRACKET) {
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

  /** Opens what is open; the innermost has a first value already, behind which the slice's comma stands. */
  #prefix(opened: number): string {
    let text = '';
    for (let depth = 1; depth <= opened; depth++) {
      text += Array.isArray(this.#open[depth - 1]) ? '[' : `{"${OPENER}":`;
      if (depth === opened) text += '0';
    }
    return text;
  }

  #suffix(): string {
    let text = '';
    for (let depth = this.#depth; depth > 0; depth--) text += this.#kinds[depth] === BRACE ? '}' : ']';
    return text;
  }

  /** Puts what a slice brought into what was open: what went on in each stands first in it. */
  #join(slice: Container): void {
    let part = slice;
    for (const [depth, into] of this.#open.entries()) {
      const isInnermost = depth === this.#open.length - 1;
      const inner = Array.isArray(part) ? part[0] : part[OPENER];
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

/** As the runtime's parser does it: a member called `__proto__` is one like any other. */
function setMember(into: Container, name: string, value: Json | undefined): void {
  if (name === '__proto__')
    Object.defineProperty(into, name, { value, enumerable: true, writable: true, configurable: true });
  else (into as { [name: string]: Json | undefined })[name] = value;
}
