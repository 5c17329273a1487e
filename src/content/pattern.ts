import { failed, ok, type Result } from '../base/result.ts';

/** What a character must be: told for ASCII by a table, for others by asking. */
export type Matcher = { readonly ascii: Uint8Array; readonly test: (codePoint: number) => boolean };
export type Assertion = 'word' | 'not-word' | 'start' | 'end' | 'line-start' | 'line-end';

/** A pattern, taken apart. */
export type Node =
  /** `literal`: the only character that it matches. */
  | { readonly kind: 'char'; readonly matcher: Matcher; readonly literal: string | null }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  /** `max` null = without end. */
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: number; readonly max: number | null }
  | { readonly kind: 'assertion'; readonly assertion: Assertion };

export const PATTERN_LENGTH_MAX = 1_000;
const REPEAT_MAX = 1_000;
const NESTING_MAX = 50;

/**
 * Reads a regular expression as JavaScript has it, `(?i)`, `(?s)` and `(?m)` at its beginning included. What cannot be
 * matched in one pass is refused: what refers back, and what looks ahead or behind. `most`: so long may it be; null = however long.
 */
export function readPattern(source: string, most: number | null = PATTERN_LENGTH_MAX): Result<Node, string> {
  if (most !== null && source.length > most) return failed(`is longer than ${most} characters`);
  const flagged = /^\(\?([ims]+)\)/.exec(source);
  const flags = [...new Set(flagged?.[1] ?? '')].join('');
  const rest = source.slice(flagged?.[0].length ?? 0);
  const mode = modeOf(rest, flags);
  if (!mode.ok) return mode;
  const reader = new Reader(rest, flags, mode.value);
  const node = reader.whole();
  return reader.problem === null ? ok(node) : failed(reader.problem);
}

type Mode = 'u' | '';

/** The stricter syntax where it is that, else the older one that lets superfluous backslashes pass. */
function modeOf(source: string, flags: string): Result<Mode, string> {
  let complaint = '';
  for (const mode of ['u', ''] as const)
    try {
      new RegExp(source, flags + mode);
      return ok(mode);
    } catch (cause) {
      complaint ||= cause instanceof Error ? (cause.message.split(': ').at(-1) ?? '') : '';
    }
  return failed(`is no regular expression: ${complaint}`);
}

/** A pattern for any of these words, as words of their own, whatever their case. */
export const keywordPattern = (words: readonly string[]): string =>
  `(?i)(?:${words
    .map((word) => {
      const escaped = word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\s+/g, '\\s+');
      return `${/^\w/.test(word) ? '\\b' : ''}${escaped}${/\w$/.test(word) ? '\\b' : ''}`;
    })
    .join('|')})`;

/** Only ever given what the language itself has read. */
class Reader {
  readonly #characters: readonly string[];
  readonly #flags: string;
  readonly #mode: Mode;
  readonly #matchers = new Map<string, Matcher>();
  #at = 0;
  #depth = 0;
  /** Why it is not taken; null = it is. */
  problem: string | null = null;

  constructor(source: string, flags: string, mode: Mode) {
    this.#characters = [...source];
    this.#flags = flags;
    this.#mode = mode;
  }

  whole(): Node {
    const node = this.#choice();
    if (this.#at < this.#characters.length) this.problem ??= 'has an end that is not understood';
    return node;
  }

  #peek(ahead = 0): string {
    return this.#characters[this.#at + ahead] ?? '';
  }

  #choice(): Node {
    if (++this.#depth > NESTING_MAX) this.problem ??= `is nested more than ${NESTING_MAX} times`;
    const options = [this.#sequence()];
    while (this.#peek() === '|') {
      this.#at++;
      options.push(this.#sequence());
    }
    this.#depth--;
    return options.length === 1 ? (options[0] as Node) : { kind: 'choice', options };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#characters.length && this.#peek() !== '|' && this.#peek() !== ')')
      parts.push(this.#repeated(this.#atom()));
    return parts.length === 1 ? (parts[0] as Node) : { kind: 'sequence', parts };
  }

  #repeated(node: Node): Node {
    const bounds = this.#bounds();
    if (!bounds) return node;
    if (this.#peek() === '?') this.#at++; // lazy: what is found is the same
    const [min, max] = bounds;
    if (min > REPEAT_MAX || (max ?? 0) > REPEAT_MAX) this.problem ??= `repeats more than ${REPEAT_MAX} times`;
    return { kind: 'repeat', node, min, max };
  }

  #bounds(): readonly [min: number, max: number | null] | null {
    const simple = { '*': [0, null], '+': [1, null], '?': [0, 1] } as const;
    const sign = this.#peek();
    if (sign === '*' || sign === '+' || sign === '?') {
      this.#at++;
      return simple[sign];
    }
    if (sign !== '{') return null;
    const read = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.#characters.slice(this.#at, this.#at + 24).join(''));
    if (!read) return null;
    this.#at += read[0].length;
    const min = Number(read[1]);
    return [min, read[2] === undefined ? min : read[3] === '' ? null : Number(read[3])];
  }

  #atom(): Node {
    const sign = this.#peek();
    switch (sign) {
      case '(':
        return this.#group();
      case '[':
        return this.#set();
      case '\\':
        return this.#escape();
      case '^':
      case '$':
        this.#at++;
        return assertionOf(sign, this.#flags.includes('m'));
      default:
        this.#at++;
        return this.#char(sign, sign === '.' ? null : sign);
    }
  }

  #group(): Node {
    this.#at++;
    if (this.#peek() === '?') {
      const after = this.#peek(1);
      const isNamed = after === '<' && this.#peek(2) !== '=' && this.#peek(2) !== '!';
      if (after !== ':' && !isNamed)
        this.problem ??= 'looks ahead or behind, or sets flags within: neither can be matched in one pass';
      while (isNamed && this.#peek() !== '>') this.#at++;
      this.#at += isNamed ? 1 : 2;
    }
    const node = this.#choice();
    this.#at++; // the closing bracket: the language has counted them
    return node;
  }

  #set(): Node {
    let raw = '';
    do {
      const taken = this.#peek() === '\\' ? 2 : 1;
      raw += this.#characters.slice(this.#at, this.#at + taken).join('');
      this.#at += taken;
    } while (this.#peek() !== ']');
    this.#at++;
    return this.#char(`${raw}]`, null);
  }

  #escape(): Node {
    const rest = this.#characters.slice(this.#at, this.#at + 64).join('');
    const raw = ESCAPE.exec(rest)?.[0] ?? this.#peek() + this.#peek(1);
    this.#at += [...raw].length;
    if (raw === '\\b' || raw === '\\B') return { kind: 'assertion', assertion: raw === '\\b' ? 'word' : 'not-word' };
    if (/^\\(?:[1-9]|k)/.test(raw)) {
      this.problem ??= 'refers back to what it has matched, which takes no bounded time';
      return { kind: 'sequence', parts: [] };
    }
    return this.#char(raw, /^\\[^\w]$/.test(raw) ? raw.slice(1) : null);
  }

  #char(raw: string, literal: string | null): Node {
    const matcher = this.#matchers.get(raw) ?? matcherOf(raw, this.#flags, this.#mode);
    this.#matchers.set(raw, matcher);
    return { kind: 'char', matcher, literal: this.#flags.includes('i') ? null : literal };
  }
}

/** Escapes that are longer than two characters. */
const ESCAPE =
  /^\\(?:u\{[0-9a-fA-F]+\}|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[pP]\{[^}]*\}|k<[^>]*>)/;

function assertionOf(sign: '^' | '$', isMultiline: boolean): Node {
  const edge = sign === '^' ? 'start' : 'end';
  return { kind: 'assertion', assertion: isMultiline ? `line-${edge}` : edge };
}

/** One character is all that the language's own engine is ever asked about, so it has nowhere to go back to. */
function matcherOf(raw: string, flags: string, mode: Mode): Matcher {
  const one = new RegExp(`^(?:${raw})$`, flags.replace('m', '') + mode);
  /** Of the first plane, as it has been asked: 0 = not yet, 1 = no, 2 = yes. */
  let known: Uint8Array | null = null;
  const test = (codePoint: number): boolean => {
    if (codePoint > 0xffff) return one.test(String.fromCodePoint(codePoint));
    if (codePoint >= 128) known ??= new Uint8Array(0x10000);
    const before = known?.[codePoint] ?? 0;
    if (before !== 0) return before === 2;
    const answer = one.test(String.fromCodePoint(codePoint));
    if (known && codePoint >= 128) known[codePoint] = answer ? 2 : 1;
    return answer;
  };
  const ascii = new Uint8Array(128);
  for (let code = 0; code < 128; code++) ascii[code] = test(code) ? 1 : 0;
  return { ascii, test };
}

/** How many steps a machine takes for it. */
export function stepsOf(node: Node): number {
  switch (node.kind) {
    case 'char':
    case 'assertion':
      return 1;
    case 'sequence':
      return node.parts.reduce((sum, part) => sum + stepsOf(part), 0);
    case 'choice':
      return node.options.reduce((sum, option) => sum + stepsOf(option), 1);
    case 'repeat': {
      const each = stepsOf(node.node);
      return node.min * each + (node.max === null ? each + 1 : (node.max - node.min) * (each + 1));
    }
    default:
      return node satisfies never;
  }
}

/** The longest run of characters that every match holds; '' = none is known. */
export function neededBy(node: Node): string {
  const parts = node.kind === 'sequence' ? node.parts : [node];
  let best = '';
  let run = '';
  for (const part of parts) {
    run = part.kind === 'char' && part.literal !== null ? run + part.literal : '';
    if (run.length > best.length) best = run;
  }
  return best;
}
