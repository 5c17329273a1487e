import type { Frame } from '../../base/frame.ts';
import { isObject, type JsonObject, nestingOf, parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { createSseSplitter } from '../../base/sse.ts';
import type { TextEvent } from '../../call/event.ts';
import type { Again } from '../dialect.ts';
import { type Gap, type GapKind, Mould } from './mould.ts';

const QUOTE = 34;
const COLON = 58;
const SPACE = 32;

/** What stands in the gaps of the frame that is tried; an answer that has it itself gets no mould. */
const TRIAL: { readonly [kind in GapKind]: string } = { text: '~trial~', number: '987654321', padding: 'trial' };
/** So often the same characters may stand in a frame before its text is found among them. */
const PLACES_MAX = 4;
const NUMBER = /(?<=:\s*)[1-9]\d{0,14}(?=\s*[,}\]])/g;

/**
 * The mould of an SSE frame whose only event was this text; null = it has none. Nothing is taken for granted about where
 * the text stands: the frame is read once more with other things in its gaps, and must say the same but for them.
 */
export function mouldOf(bytes: Buffer, frame: Frame, event: TextEvent, again: Again): Mould | null {
  const json = parseJson(frame.data);
  const isHarmless = nestingOf(frame.data, LIMITS.nesting_max) <= LIMITS.nesting_max;
  if (!isHarmless || !isObject(json) || again.textIn(json) !== event.text || bytes.includes(TRIAL.text)) return null;
  const literal = Buffer.from(JSON.stringify(event.text));
  const others = [...paddingIn(bytes, again), ...numbersIn(bytes, again)];
  let from = bytes.indexOf(literal);
  for (let place = 0; place < PLACES_MAX && from !== -1; place++) {
    const text: Gap = { kind: 'text', from: from + 1, end: from + literal.length - 1 };
    const gaps = [...others, text].sort((a, b) => a.from - b.from);
    if (saysTheSame(bytes, gaps, { frame, json, text: event.text, again })) return new Mould(bytes, gaps, event.choice);
    from = bytes.indexOf(literal, from + 1);
  }
  return null;
}

function paddingIn(bytes: Buffer, { padding }: Again): Gap[] {
  return padding.flatMap((name) => {
    const at = valueAt(bytes, name);
    const end = at === -1 || bytes[at] !== QUOTE ? -1 : bytes.indexOf(QUOTE, at + 1);
    return end === -1 ? [] : [{ kind: 'padding', from: at + 1, end }];
  });
}

function numbersIn(bytes: Buffer, { counts }: Again): Gap[] {
  const at = counts === undefined ? -1 : valueAt(bytes, counts);
  if (at === -1) return [];
  // Positions in latin1 are those of bytes.
  const found = objectIn(bytes.toString('latin1', at)).matchAll(NUMBER);
  return [...found].map(({ 0: digits, index }) => ({
    kind: 'number',
    from: at + index,
    end: at + index + digits.length,
  }));
}

/** Where the value of a member begins, or of what looks like one. */
function valueAt(bytes: Buffer, name: string): number {
  const before = bytes.indexOf(`"${name}"`);
  if (before === -1) return -1;
  let at = before + name.length + 2;
  while (bytes[at] === SPACE || bytes[at] === COLON) at++;
  return at;
}

/** The object that a text begins with, or what looks like it: the trial shows whether it was. */
function objectIn(text: string): string {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') depth++;
    if (text[at] === '}') depth--;
    if (depth === 0) return text.slice(0, at + 1);
  }
  return '';
}

type Original = { readonly frame: Frame; readonly json: JsonObject; readonly text: string; readonly again: Again };

function saysTheSame(bytes: Buffer, gaps: readonly Gap[], { frame, json, text, again }: Original): boolean {
  if (gaps.some(({ from }, at) => from <= (gaps[at - 1]?.end ?? 0))) return false;
  const splitter = createSseSplitter();
  const frames = splitter.push(filled(bytes, gaps));
  const tried = frames.length === 1 ? frames[0] : undefined;
  if (!tried || tried.event !== frame.event || splitter.end().length > 0) return false;
  const said = parseJson(tried.data);
  if (!isObject(said) || again.textIn(said) !== TRIAL.text) return false;
  // The trial's text stands in one place alone, so that what is written back is what was there.
  const restored = fixed(said, again).replace(JSON.stringify(TRIAL.text), () => JSON.stringify(text));
  return restored === fixed(json, again);
}

function filled(bytes: Buffer, gaps: readonly Gap[]): Buffer {
  let from = 0;
  const pieces: Uint8Array[] = [];
  for (const gap of gaps) {
    pieces.push(bytes.subarray(from, gap.from), Buffer.from(TRIAL[gap.kind]));
    from = gap.end;
  }
  return Buffer.concat([...pieces, bytes.subarray(from)]);
}

/** All of a frame that must not change. */
function fixed(json: JsonObject, { padding, counts }: Again): string {
  const free = counts === undefined ? padding : [...padding, counts];
  return JSON.stringify({ ...json, ...Object.fromEntries(free.map((name) => [name, undefined])) });
}
