import { type Blob, sizeOf } from '../base/blobs.ts';
import { type TextRun, textsOf } from '../call/text-run.ts';

/**
 * How many tokens a text has, roughly: by script and by kind of text, in one pass, without a vocabulary. Fitted to
 * o200k_base, within 30 % of it for all that `token-counts.json` samples; other vocabularies agree with it about English
 * and code, and differ about digits by half and about scripts that they were not made for by more.
 *
 * Tokenizers split a text into words, numbers, marks and white space before all else. So does this, as an automaton: a
 * state and the kind of the next character give what it costs and the next state, by two look-ups.
 */
const KINDS = ['lower', 'upper', 'accent', 'rare-accent', 'digit', 'mark', 'joint', 'space', 'break', 'other'] as const;
type Kind = (typeof KINDS)[number];

/** What has just been read: how many of a kind in a row, as far as it matters. */
const STATES = [
  ...['break', 'space', 'spaces', 'mark', 'marks', 'many-marks', 'digit', 'digits', 'number'],
  ...['capital', 'capitals', 'many-capitals'],
  ...['word-1', 'word-2', 'word-3', 'word-4', 'word-5', 'word-6', 'long-word', 'other'],
] as const;
type State = (typeof STATES)[number];

/** A letter with an accent, in a language that vocabularies know less well; Polish, Turkish and their like hardly at all. */
const ACCENT = 0.28;
const RARE_ACCENT = 0.7;

type Step = readonly [tokens: number, next: State];

function stepFrom(state: State, kind: Kind): Step {
  switch (kind) {
    case 'lower':
      return letterAfter(state);
    case 'accent':
    case 'rare-accent': {
      const [tokens, next] = letterAfter(state);
      return [tokens + (kind === 'accent' ? ACCENT : RARE_ACCENT), next];
    }
    case 'upper':
      if (state === 'capital') return [0.35, 'capitals'];
      if (state === 'capitals' || state === 'many-capitals') return [0.1, 'many-capitals'];
      return [state === 'mark' ? 0.3 : 1, 'capital'];
    case 'digit':
      if (state === 'digit') return [0, 'digits'];
      if (state === 'digits') return [0, 'number'];
      return [state === 'space' || state === 'spaces' ? 2 : 1, 'digit'];
    case 'mark':
      if (state === 'mark') return [0.3, 'marks'];
      if (state === 'marks') return [0.3, 'many-marks'];
      return state === 'many-marks' ? [0.1, 'many-marks'] : [1, 'mark'];
    case 'joint':
      return [0.45, 'mark']; // snake_case
    case 'space':
      if (state === 'space') return [1, 'spaces'];
      return state === 'spaces' ? [0.03, 'spaces'] : [0, 'space'];
    case 'break':
      if (state === 'break') return [0, 'break'];
      return [isMark(state) ? 0.5 : 1, 'break'];
    case 'other':
      return [0, 'other']; // its script says how much
    default:
      return kind satisfies never;
  }
}

const isMark = (state: State): boolean => state === 'mark' || state === 'marks' || state === 'many-marks';

/** A word of six letters is one token; a mark before it is part of it more often than not. */
function letterAfter(state: State): Step {
  if (state === 'capital') return [0, 'word-2'];
  if (state === 'capitals' || state === 'many-capitals') return [0.8, 'word-2'];
  if (state === 'long-word' || state === 'word-6') return [0.22, 'long-word'];
  const at = STATES.indexOf(state);
  if (state.startsWith('word-')) return [0, STATES[at + 1] ?? 'long-word'];
  return [state === 'mark' ? 0.3 : 1, 'word-1'];
}

const KIND_COUNT = KINDS.length;
const steps = STATES.flatMap((state) => KINDS.map((kind) => stepFrom(state, kind)));
/** In hundredths of a token, as all costs here are: sums of integers are exact, and are never put into objects by the engine. */
const HUNDREDTHS = Int32Array.from(steps, ([tokens]) => Math.round(tokens * 100));
const NEXT = Uint8Array.from(steps, ([, next]) => STATES.indexOf(next) * KIND_COUNT);

/** Latin's letters with accents end here. */
const LATIN_END = 0x250;
const KIND_OF = Uint8Array.from({ length: LATIN_END }, (_, code) => KINDS.indexOf(kindOf(code)));

function kindOf(code: number): Kind {
  if (code >= 0x100) return 'rare-accent';
  if (code >= 0xc0) return 'accent';
  if (code >= 97 && code <= 122) return 'lower';
  if (code >= 65 && code <= 90) return 'upper';
  if (code >= 48 && code <= 57) return 'digit';
  if (code === 95) return 'joint';
  if (code === 10 || code === 13) return 'break';
  return code === 32 || code === 9 ? 'space' : 'mark';
}

/** Tokens of one UTF-16 unit of a script, spaces left out. Blocks of Unicode from … to before. */
const SCRIPTS: readonly (readonly [from: number, to: number, tokens: number])[] = [
  [0x0300, 0x0370, 0.5], // accents that stand alone
  [0x0370, 0x0400, 0.4], // Greek
  [0x0400, 0x0530, 0.33], // Cyrillic
  [0x0530, 0x0590, 0.36], // Armenian
  [0x0590, 0x0600, 0.43], // Hebrew
  [0x0600, 0x0780, 0.35], // Arabic
  [0x0900, 0x0980, 0.37], // Devanagari
  [0x0980, 0x0b80, 0.43], // Bengali and its neighbours
  [0x0b80, 0x0c00, 0.33], // Tamil
  [0x0c00, 0x0d80, 0.43], // Telugu, Kannada, Malayalam
  [0x0e00, 0x0e80, 0.42], // Thai
  [0x10a0, 0x1100, 0.33], // Georgian
  [0x1e00, 0x1f00, 0.35], // Vietnamese letters
  [0x2000, 0x3000, 1], // signs
  [0x3000, 0x3040, 0.7], // marks of Chinese and Japanese
  [0x3040, 0x3100, 0.8], // Kana
  [0x3400, 0xa000, 0.83], // Han
  [0xac00, 0xd7b0, 0.78], // Hangul
  [0xd800, 0xe000, 0.85], // halves of emoji and rare characters
  [0xfe00, 0xfe10, 0.5], // variants of signs
  [0xff00, 0xfff0, 0.7], // wide forms
];
const UNKNOWN_SCRIPT = 0.75;

/** By the upper twelve bits of a character. */
const RATES = Int32Array.from({ length: 4_096 }, (_, block) => {
  const code = block << 4;
  return Math.round((SCRIPTS.find(([from, to]) => code >= from && code < to)?.[2] ?? UNKNOWN_SCRIPT) * 100);
});

/** Most scripts begin anew; a Vietnamese letter goes on with its word. */
const NEXT_AFTER = Uint8Array.from({ length: 4_096 }, (_, block) => {
  const isLatin = block >= 0x1e0 && block < 0x1f0;
  return STATES.indexOf(isLatin ? 'word-2' : 'other') * KIND_COUNT;
});

/** A text beyond this length is counted in samples: a megabyte takes no longer than a paragraph. */
const COUNTED_WHOLE = 512;
const SAMPLES = 8;
const SAMPLE_LENGTH = COUNTED_WHOLE / SAMPLES;
/** Reading units out of an array takes a third of the time that asking a string for each takes; a few are asked for. */
const ASKED_MAX = 48;

const units = new Uint16Array(COUNTED_WHOLE);
const unitBytes = Buffer.from(units.buffer);

/** A count that goes on over the pieces of a text as they come. */
export type TextCount = { hundredths: number; state: number };

export const newTextCount = (): TextCount => ({ hundredths: 0, state: 0 });
/** Tokens of what was counted. */
export const tokensIn = ({ hundredths }: TextCount): number => hundredths / 100;

export function countOn(count: TextCount, text: string): void {
  const { length } = text;
  if (length <= ASKED_MAX) return countShort(count, text);
  if (length <= COUNTED_WHOLE) return countUnits(count, text);
  const before = count.hundredths;
  const stride = (length - SAMPLE_LENGTH) / (SAMPLES - 1);
  for (let sample = 0; sample < SAMPLES; sample++) {
    const from = Math.floor(sample * stride);
    countUnits(count, text.slice(from, from + SAMPLE_LENGTH));
  }
  count.hundredths = before + Math.round(((count.hundredths - before) * length) / COUNTED_WHOLE);
}

/** Tokens of several texts that came together. */
export function countRun(count: TextCount, run: TextRun): void {
  const { bytes, ends, isPlain } = run;
  let from = 0;
  let longest = 0;
  for (const end of ends) {
    longest = Math.max(longest, end - from);
    from = end;
  }
  if (isPlain && longest <= COUNTED_WHOLE) return countPlain(count, bytes);
  for (const text of textsOf(run)) countOn(count, text);
}

/** Tokens of one whole text, rounded up. */
export function tokensOf(text: string): number {
  if (text === '') return 0;
  const count = newTextCount();
  countOn(count, text);
  return Math.max(1, Math.ceil(tokensIn(count)));
}

/** Of a long text that was set aside: the inside of a JSON string, of which samples are read. */
export function tokensOfKept(blob: Blob): number {
  const length = sizeOf(blob);
  const count = newTextCount();
  const stride = Math.max(1, Math.floor((length - KEPT_SAMPLE_BYTES) / (SAMPLES - 1)));
  let sampled = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const bytes = sliceOf(blob, sample * stride, KEPT_SAMPLE_BYTES);
    sampled += bytes.length;
    countUnits(count, unescaped(bytes.toString()).slice(0, COUNTED_WHOLE));
  }
  return Math.ceil((tokensIn(count) * length) / Math.max(1, sampled));
}

const KEPT_SAMPLE_BYTES = 192;

function sliceOf(blob: Blob, from: number, length: number): Buffer {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const piece of blob) {
    if (at + piece.length > from && at < from + length)
      pieces.push(piece.subarray(Math.max(0, from - at), Math.max(0, from + length - at)));
    at += piece.length;
  }
  return Buffer.concat(pieces);
}

const SIGNS: { readonly [letter: string]: string } = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
/** Cut wherever: an escape that is not whole stays as it is. */
const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, sign = '') =>
    hex === undefined ? (SIGNS[sign] ?? sign) : String.fromCharCode(Number.parseInt(hex, 16)),
  );

function countUnits(count: TextCount, text: string): void {
  const length = unitBytes.write(text, 0, 'utf16le') >> 1;
  let { hundredths, state } = count;
  for (let at = 0; at < length; at++) {
    const code = units[at] as number;
    if (code < LATIN_END) {
      const step = state + (KIND_OF[code] as number);
      hundredths += HUNDREDTHS[step] as number;
      state = NEXT[step] as number;
    } else {
      hundredths += RATES[code >> 4] as number;
      state = NEXT_AFTER[code >> 4] as number;
    }
  }
  count.hundredths = hundredths;
  count.state = state;
}

function countPlain(count: TextCount, bytes: Uint8Array): void {
  let { hundredths, state } = count;
  for (let at = 0; at < bytes.length; at++) {
    const step = state + (KIND_OF[bytes[at] as number] as number);
    hundredths += HUNDREDTHS[step] as number;
    state = NEXT[step] as number;
  }
  count.hundredths = hundredths;
  count.state = state;
}

function countShort(count: TextCount, text: string): void {
  let { hundredths, state } = count;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < LATIN_END) {
      const step = state + (KIND_OF[code] as number);
      hundredths += HUNDREDTHS[step] as number;
      state = NEXT[step] as number;
    } else {
      hundredths += RATES[code >> 4] as number;
      state = NEXT_AFTER[code >> 4] as number;
    }
  }
  count.hundredths = hundredths;
  count.state = state;
}
