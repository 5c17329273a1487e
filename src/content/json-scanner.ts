import type { RuleSet } from './rule.ts';
import { type Heard, Scanner } from './scanner.ts';

const QUOTE = '"';
/** A number, or a word, of so many characters is looked at as a whole; a longer one is none that means anything. */
const WORD_MAX = 400;

/**
 * The same for a text that is JSON and comes in pieces, such as the arguments of a tool: what its strings say is read, not
 * how they are written, and what is given back is JSON again. A number in which something is found becomes a string.
 */
export class JsonScanner {
  readonly #set: RuleSet;
  readonly #heard: Heard;
  #scanner: Scanner;
  /** `plain`: the text is no JSON at all, and is read as it stands. */
  #state: 'beginning' | 'outside' | 'string' | 'escape' | 'unicode' | 'word' | 'plain' = 'beginning';
  #digits = '';
  #word = '';
  #isBlocked: Scanner['blocked'] = null;

  constructor(set: RuleSet, heard: Heard = () => {}) {
    this.#set = set;
    this.#heard = heard;
    this.#scanner = new Scanner(set, heard);
  }

  get blocked(): Scanner['blocked'] {
    return this.#isBlocked;
  }

  /** What reading has cost (`Scanner.work`). */
  get work(): number {
    return this.#scanner.work;
  }

  feed(piece: string): string {
    let out = '';
    let at = 0;
    while (at < piece.length && !this.#isBlocked) {
      if (this.#state === 'string') {
        const end = plainEnd(piece, at);
        if (end > at) out += inside(this.#scanned(piece.slice(at, end)));
        at = end;
        if (at < piece.length) out += this.#turn(piece[at++] as string);
      } else if (this.#state === 'plain') {
        out += this.#scanned(piece.slice(at));
        at = piece.length;
      } else out += this.#step(piece[at++] as string);
    }
    return this.#isBlocked ? '' : out;
  }

  end(): string {
    if (this.#isBlocked) return '';
    const isPlain = this.#state === 'plain';
    const rest = this.#state === 'word' ? this.#endWord() : isPlain ? this.#endString() : inside(this.#endString());
    return this.#isBlocked ? '' : rest;
  }

  #step(sign: string): string {
    switch (this.#state) {
      case 'escape':
        if (sign === 'u') {
          this.#state = 'unicode';
          this.#digits = '';
          return '';
        }
        this.#state = 'string';
        return inside(this.#scanned(ESCAPES[sign] ?? sign));
      case 'unicode':
        this.#digits += sign;
        if (this.#digits.length < 4) return '';
        this.#state = 'string';
        return inside(this.#scanned(String.fromCharCode(Number.parseInt(this.#digits, 16) || 0)));
      case 'word':
        if (!STRUCTURE.test(sign) && this.#word.length < WORD_MAX) {
          this.#word += sign;
          return '';
        }
        return this.#endWord() + this.#outside(sign);
      case 'beginning':
        if (sign.trim() === '' || BEGINNINGS.test(sign)) return this.#outside(sign);
        this.#state = 'plain';
        return this.#scanned(sign);
      default:
        return this.#outside(sign);
    }
  }

  #outside(sign: string): string {
    if (sign === QUOTE) this.#state = 'string';
    else if (STRUCTURE.test(sign))
      this.#state = this.#state === 'beginning' && sign.trim() === '' ? 'beginning' : 'outside';
    else {
      this.#state = 'word';
      this.#word = sign;
      return '';
    }
    return sign;
  }

  /** The character that ends a run of plain ones in a string. */
  #turn(sign: string): string {
    if (sign === '\\') {
      this.#state = 'escape';
      return '';
    }
    this.#state = 'outside';
    return inside(this.#endString()) + sign;
  }

  #scanned(text: string): string {
    const seen = this.#scanner.feed(text);
    this.#isBlocked = this.#scanner.blocked;
    return seen;
  }

  #endString(): string {
    const rest = this.#scanner.end();
    this.#isBlocked ??= this.#scanner.blocked;
    return rest;
  }

  /** A number, `true`, or what should not stand there at all. */
  #endWord(): string {
    const word = this.#word;
    this.#word = '';
    this.#state = 'outside';
    const scanner = new Scanner(this.#set, this.#heard);
    const seen = scanner.feed(word) + scanner.end();
    this.#isBlocked ??= scanner.blocked;
    return seen === word ? word : JSON.stringify(seen);
  }
}

/** What stands between words, and what JSON begins with. */
const STRUCTURE = /[\s{}[\]:,"]/;
const BEGINNINGS = /[{["\dtfn-]/;
const ESCAPES: { readonly [sign: string]: string } = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const inside = (text: string): string => (text === '' ? '' : JSON.stringify(text).slice(1, -1));

function plainEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '\\' && text[at] !== QUOTE) at++;
  return at;
}
