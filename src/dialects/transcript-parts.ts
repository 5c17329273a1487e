import { arrayOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../base/json.ts';
import type { TranscriptSegment, TranscriptWord } from '../call/transcription.ts';

/** A time in seconds; undefined = it is none. */
export const secondsOf = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

const speakerOf = (value: Json | undefined): number | undefined => {
  const number = typeof value === 'string' ? Number(/(\d{1,6})$/.exec(value)?.[1] ?? Number.NaN) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
};

type Timed = { readonly start: number; readonly end: number; readonly speaker?: number };

/** What an entry says of its times; undefined = it tells none. */
export function timesOf(entry: JsonObject): Timed | undefined {
  const start = secondsOf(entry.start);
  const end = secondsOf(entry.end);
  const speaker = speakerOf(entry.speaker ?? entry.speaker_id);
  if (start === undefined || end === undefined) return undefined;
  return { start, end, ...(speaker !== undefined && { speaker }) };
}

/** Entries that have a text and times, by the name of the member that holds the text. */
export function readWords(list: Json | undefined, texts: readonly string[]): TranscriptWord[] {
  return arrayOf(list).flatMap((entry) => {
    if (!isObject(entry) || (entry.type !== undefined && entry.type !== 'word')) return [];
    const times = timesOf(entry);
    const word = texts.map((name) => stringOf(entry[name])).find((text) => text !== '');
    return times && word !== undefined ? [{ word, ...times }] : [];
  });
}

/** No line of a subtitle is longer. */
const SEGMENT = { words: 24, pauseSeconds: 1 } as const;

/** Words as sentences: cut behind a full stop, where somebody else speaks, and in long pauses. */
export function segmentsOfWords(words: readonly TranscriptWord[]): TranscriptSegment[] {
  const segments: TranscriptSegment[] = [];
  let open: TranscriptWord[] = [];
  const close = (): void => {
    const [first] = open;
    const last = open.at(-1);
    if (!first || !last) return;
    const text = open.map(({ word }) => word).join(' ');
    segments.push({
      text,
      start: first.start,
      end: last.end,
      ...(first.speaker !== undefined && { speaker: first.speaker }),
    });
    open = [];
  };
  for (const word of words) {
    const before = open.at(-1);
    if (before && (word.start - before.end > SEGMENT.pauseSeconds || word.speaker !== before.speaker)) close();
    open.push(word);
    if (/[.!?。！？…]["')\]]?$/.test(word.word) || open.length >= SEGMENT.words) close();
  }
  close();
  return segments;
}

/** A vendor's segments, with its own figures of each. */
export function readSegments(list: Json | undefined, textName: string): TranscriptSegment[] {
  return arrayOf(list).flatMap((entry) => {
    const segment = objectOf(entry);
    const times = timesOf(segment);
    const text = segment[textName];
    if (!times || typeof text !== 'string') return [];
    const {
      id: _i,
      start: _s,
      end: _e,
      speaker: _p,
      speaker_id: _q,
      words: _w,
      type: _t,
      [textName]: _text,
      ...native
    } = segment;
    return [{ text, ...times, ...(Object.keys(native).length > 0 && { native }) }];
  });
}
