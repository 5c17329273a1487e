/**
 * Makes valid JSON of what a model wrote as JSON, or gives null. What it said stays word by word, numbers digit by digit;
 * only signs are put right: fences and words around it, commas, quotes, brackets, comments, words of Python and
 * JavaScript. Where a value is missing nothing is put in its place. Linear in the text, and iterative: no nesting
 * exhausts the stack.
 */
export function heal(text: string, root: Root): string | null {
  if (isJson(text)) return text;
  let tried = 0;
  for (const start of startsIn(text, root)) {
    if (tried++ === STARTS_MAX) return null;
    const reader = new Reader(text, start);
    const healed = reader.value();
    if (healed !== null && isJson(healed)) return healed;
    // It was the answer, and cannot be put right: no part of it is taken for the whole.
    if (reader.isObject) return null;
  }
  return null;
}

/** What the outermost value has to be. */
export type Root = 'object' | 'array' | 'either';

/** Brackets in the words before an answer, `[1]` say, may be taken for it so often. */
const STARTS_MAX = 8;

function* startsIn(text: string, root: Root): Generator<number> {
  const sign = root === 'object' ? /\{/g : root === 'array' ? /\[/g : /[{[]/g;
  for (const found of text.matchAll(sign)) yield found.index;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const BLANK = /\s/;
/** Words for what JSON has words for (Python, JavaScript). NaN and the like have none. */
const WORDS: { readonly [word: string]: string } = {
  true: 'true',
  false: 'false',
  null: 'null',
  True: 'true',
  False: 'false',
  None: 'null',
  undefined: 'null',
};
const NUMBER = /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/y;
const WORD = /[A-Za-z_$][\w$-]*/y;
const CLOSER = { '{': '}', '[': ']' } as const;
/** What closes a string that the sign opens. */
const QUOTES: { readonly [open: string]: string } = { '"': '"', "'": "'", '“': '”', '‘': '’' };

/** What may come next in an object or an array. */
type Next = 'member' | 'colon' | 'value' | 'comma';
type Open = { readonly bracket: '{' | '['; next: Next; hasMembers: boolean };

class Reader {
  readonly #text: string;
  #at: number;
  #out = '';
  /** A key had its colon: these are no brackets of prose. */
  isObject = false;
  readonly #open: Open[] = [];

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  /** The value that begins here as JSON; null = something of it is missing, or it is none. */
  value(): string | null {
    do {
      this.#skip();
      if (!this.#step()) return null;
    } while (this.#open.length > 0);
    return this.#out;
  }

  /** One sign, key or value. False = this cannot be put right. */
  #step(): boolean {
    const sign = this.#text[this.#at];
    const inside = this.#open.at(-1);
    if (sign === undefined) return this.#closeAll();
    if (sign === '{' || sign === '[') return this.#enter(sign, inside);
    if (!inside) return false;
    if (sign === '}' || sign === ']') return this.#leave(sign, inside);
    this.#at++;
    if (sign === ',') return inside.next === 'comma' || inside.next === 'member' ? this.#comma(inside) : false;
    if (sign === ':') return this.#colon(inside);
    this.#at--;
    return inside.next === 'colon' ? false : this.#scalar(sign, inside);
  }

  /** A comma is written where a member follows it, so that none trails. */
  #comma(inside: Open): boolean {
    inside.next = inside.bracket === '{' ? 'member' : 'value';
    return true;
  }

  #colon(inside: Open): boolean {
    if (inside.next !== 'colon') return false;
    inside.next = 'value';
    this.isObject = true;
    this.#out += ':';
    return true;
  }

  #enter(bracket: '{' | '[', inside: Open | undefined): boolean {
    if (inside && !this.#begin(inside, 'value')) return false;
    this.#open.push({ bracket, next: bracket === '{' ? 'member' : 'value', hasMembers: false });
    this.#out += bracket;
    this.#at++;
    return true;
  }

  /** A bracket that closes one further out closes what is open within, too; one that closes nothing is passed over. */
  #leave(sign: '}' | ']', inside: Open): boolean {
    if (inside.bracket === '{' && (inside.next === 'colon' || inside.next === 'value')) return false;
    if (CLOSER[inside.bracket] === sign) {
      this.#at++;
      this.#close();
      return true;
    }
    if (this.#open.some(({ bracket }) => CLOSER[bracket] === sign)) this.#close();
    else this.#at++;
    return true;
  }

  #close(): void {
    const closed = this.#open.pop();
    if (closed) this.#out += CLOSER[closed.bracket];
    const around = this.#open.at(-1);
    if (around) around.next = 'comma';
  }

  #closeAll(): boolean {
    for (;;) {
      const inside = this.#open.at(-1);
      if (!inside) return true;
      if (inside.bracket === '{' && (inside.next === 'colon' || inside.next === 'value')) return false;
      this.#close();
    }
  }

  /** Something begins that is a key or a value: puts a comma before it where it is not the first. */
  #begin(inside: Open, kind: 'key' | 'value'): boolean {
    const isMember = inside.bracket === '[' || inside.next !== 'value';
    if (inside.bracket === '{' && (inside.next === 'value') !== (kind === 'value')) return false;
    if (isMember && inside.hasMembers) this.#out += ',';
    if (isMember) inside.hasMembers = true;
    inside.next = kind === 'key' ? 'colon' : 'comma';
    return true;
  }

  #scalar(sign: string, inside: Open): boolean {
    const isKey = inside.bracket === '{' && inside.next !== 'value';
    if (!this.#begin(inside, isKey ? 'key' : 'value')) return false;
    const close = QUOTES[sign];
    if (close !== undefined) return this.#string(close);
    if (isKey) return this.#bare((word) => JSON.stringify(word));
    return this.#number() || this.#bare((word) => (Object.hasOwn(WORDS, word) ? (WORDS[word] ?? null) : null));
  }

  #number(): boolean {
    NUMBER.lastIndex = this.#at;
    const found = NUMBER.exec(this.#text)?.[0];
    if (found === undefined) return false;
    this.#at += found.length;
    // `.5`, `5.` and `+5` are written otherwise in JSON; `05` is no number there.
    this.#out += found
      .replace(/^\+/, '')
      .replace(/^(-?)\./, '$10.')
      .replace(/\.(?=$|e)/i, '');
    return true;
  }

  #bare(write: (word: string) => string | null): boolean {
    WORD.lastIndex = this.#at;
    const word = WORD.exec(this.#text)?.[0];
    const written = word === undefined ? null : write(word);
    if (word === undefined || written === null) return false;
    this.#at += word.length;
    this.#out += written;
    return true;
  }

  /** To its closing quote; one that no comma, colon or bracket follows belongs to the text. */
  #string(close: string): boolean {
    this.#at++;
    let from = this.#at;
    let out = '"';
    for (; this.#at < this.#text.length; this.#at++) {
      const sign = this.#text[this.#at] ?? '';
      if (sign === '\\') {
        const { kept, length } = this.#escape();
        out += this.#text.slice(from, this.#at) + kept;
        this.#at += length - 1;
        from = this.#at + 1;
      } else if (sign === close && this.#endsHere()) {
        this.#out += `${out}${this.#text.slice(from, this.#at)}"`;
        this.#at++;
        return true;
      } else if (sign === '"' || sign < ' ') {
        out += this.#text.slice(from, this.#at) + JSON.stringify(sign).slice(1, -1);
        from = this.#at + 1;
      }
    }
    this.#out += `${out}${this.#text.slice(from)}"`;
    return true;
  }

  /** The escape at this place as JSON has it, and how long it is: `\'` and `\x41` are JavaScript's. */
  #escape(): { readonly kept: string; readonly length: number } {
    const next = this.#text[this.#at + 1] ?? '';
    if (next !== '' && '"\\/bfnrt'.includes(next)) return { kept: `\\${next}`, length: 2 };
    if (next === 'u' && /^[\da-f]{4}/i.test(this.#text.slice(this.#at + 2, this.#at + 6)))
      return { kept: this.#text.slice(this.#at, this.#at + 6), length: 6 };
    const rest = this.#text.slice(this.#at + 1, this.#at + 6);
    if (/^(?:u[\da-f]{0,3})?$/i.test(rest)) return { kept: '', length: rest.length + 1 }; // the text broke off in it
    return next === "'" ? { kept: "'", length: 2 } : { kept: '\\\\', length: 1 };
  }

  /** Looks at what follows a quote, over blanks. */
  #endsHere(): boolean {
    let at = this.#at + 1;
    while (at < this.#text.length && at < this.#at + LOOK_MAX && BLANK.test(this.#text[at] ?? '')) at++;
    const next = this.#text[at];
    return next === undefined || ',:}]'.includes(next) || this.#beginsMember(at);
  }

  /** A line that begins with a quote goes on with the next member, whose comma is missing. */
  #beginsMember(at: number): boolean {
    const between = this.#text.slice(this.#at + 1, at);
    return between.includes('\n') && QUOTES[this.#text[at] ?? ''] !== undefined;
  }

  /** Over blanks and comments. */
  #skip(): void {
    for (;;) {
      while (BLANK.test(this.#text[this.#at] ?? '')) this.#at++;
      const two = this.#text.slice(this.#at, this.#at + 2);
      if (two === '//') this.#to('\n', 0);
      else if (two === '/*') this.#to('*/', 2);
      else return;
    }
  }

  #to(end: string, beyond: number): void {
    const found = this.#text.indexOf(end, this.#at + 2);
    this.#at = found < 0 ? this.#text.length : found + beyond;
  }
}

const LOOK_MAX = 1_000;
