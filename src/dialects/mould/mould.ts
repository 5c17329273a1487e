import { isUtf8 } from 'node:buffer';
import type { RunWriter } from './run-writer.ts';

const QUOTE = 34;
const BACKSLASH = 92;

/** What may differ between two frames of one mould: the text, whole numbers above zero, letters and digits that mean nothing. */
export type GapKind = 'text' | 'number' | 'padding';
export type Gap = { readonly kind: GapKind; readonly from: number; readonly end: number };

/**
 * The bytes of a frame around its gaps. A frame that has the same bytes there, and in the gaps what may stand in them,
 * says the same with another text: it need not be parsed.
 */
export class Mould {
  readonly choice: number;
  readonly hasNumbers: boolean;
  readonly #kinds: readonly GapKind[];
  /** One more than there are gaps. */
  readonly #walls: readonly DataView[];

  constructor(frame: Uint8Array, gaps: readonly Gap[], choice: number) {
    this.choice = choice;
    this.hasNumbers = gaps.some(({ kind }) => kind === 'number');
    this.#kinds = gaps.map(({ kind }) => kind);
    const ends = [...gaps.map(({ from }) => from), frame.length];
    this.#walls = ends.map((end, at) => copied(frame.subarray(at === 0 ? 0 : gaps[at - 1]?.end, end)));
  }

  /** The end of the frame that begins at `at`, whose text `run` has taken; -1 = it is another one, or not all there. */
  take(bytes: Buffer, view: DataView, at: number, run: RunWriter): number {
    const walls = this.#walls;
    const kinds = this.#kinds;
    let next = behind(walls[0] as DataView, view, at);
    for (let gap = 0; gap < kinds.length && next !== -1; gap++) {
      const kind = kinds[gap];
      if (kind === 'text') next = takeText(bytes, next, run);
      else next = kind === 'number' ? endOfNumber(bytes, next) : endOfPadding(bytes, next);
      if (next !== -1) next = behind(walls[gap + 1] as DataView, view, next);
    }
    if (next === -1) run.drop();
    else run.keep();
    return next;
  }
}

function copied(bytes: Uint8Array): DataView {
  return new DataView(Uint8Array.from(bytes).buffer);
}

/** Four bytes at a time, the last ones again where they do not come out even. */
function behind(wall: DataView, view: DataView, at: number): number {
  const length = wall.byteLength;
  if (at + length > view.byteLength) return -1;
  if (length < 4) {
    for (let byte = 0; byte < length; byte++) if (wall.getUint8(byte) !== view.getUint8(at + byte)) return -1;
    return at + length;
  }
  const last = length - 4;
  for (let word = 0; word < last; word += 4)
    if (wall.getInt32(word, true) !== view.getInt32(at + word, true)) return -1;
  return wall.getInt32(last, true) === view.getInt32(at + last, true) ? at + length : -1;
}

/** The inside of a JSON string that is not empty. */
function takeText(bytes: Buffer, from: number, run: RunWriter): number {
  run.reserve(bytes.length - from);
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at === from ? -1 : at;
    if (byte < 32) return -1;
    if (byte === BACKSLASH || byte > 126) return takeSpecial(bytes, from, at, run);
    run.put(byte);
  }
  return -1;
}

/** Escapes that `JSON.stringify` writes too, by their second byte: `"`, `\`, b, f, n, r, t. */
const ESCAPES = new Set(['"', '\\', 'b', 'f', 'n', 'r', 't'].map((letter) => letter.charCodeAt(0)));

/** A text with escapes or other letters than ASCII's; taken as `JSON.stringify` writes it. */
function takeSpecial(bytes: Buffer, from: number, first: number, run: RunWriter): number {
  let isWrittenSo = true;
  let isAscii = true;
  let at = first;
  for (; bytes[at] !== QUOTE; at++) {
    if (at >= bytes.length) return -1;
    const byte = bytes[at] as number;
    if (byte < 32) return -1;
    if (byte > 127) isAscii = false;
    if (byte === BACKSLASH) isWrittenSo &&= ESCAPES.has(bytes[++at] as number);
  }
  run.drop();
  if (isWrittenSo && (isAscii || isUtf8(bytes.subarray(from, at)))) run.putBytes(bytes, from, at);
  else {
    const text = parsed(bytes.toString('utf8', from - 1, at + 1));
    if (text === null) return -1;
    run.putText(JSON.stringify(text).slice(1, -1));
  }
  return at;
}

function parsed(literal: string): string | null {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return null;
  }
}

const DIGITS_MAX = 15;

function endOfNumber(bytes: Buffer, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at++;
  return bytes[from] === 48 || at === from || at - from > DIGITS_MAX ? -1 : at;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

function endOfPadding(bytes: Buffer, from: number): number {
  let at = from;
  while (isWordly(bytes[at])) at++;
  return at;
}

const isWordly = (byte: number | undefined): boolean =>
  byte !== undefined && (isDigit(byte) || ((byte | 32) >= 97 && (byte | 32) <= 122));
