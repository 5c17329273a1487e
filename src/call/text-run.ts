import type { Event, TextEvent } from './event.ts';

/**
 * Several text events of one choice that came together, as bytes: most of them are only counted and passed on. `bytes`
 * holds the insides of their JSON strings, one behind the other, as `JSON.stringify` writes them.
 */
export type TextRun = {
  readonly type: 'texts';
  readonly choice: number;
  readonly bytes: Buffer;
  /** Where each text ends in `bytes`; none is empty. */
  readonly ends: readonly number[];
  /** ASCII without escapes: each byte is a character. */
  readonly isPlain: boolean;
};

/** A step of a streamed chat: an event, or many of the commonest kind at once. */
export type ChatStep = Event | TextRun;

/** All texts of a run as one. */
export const textOf = ({ bytes, isPlain }: TextRun): string => textBetween(bytes, 0, bytes.length, isPlain);

export function textsOf({ bytes, ends, isPlain }: TextRun): string[] {
  let from = 0;
  return ends.map((end) => {
    const text = textBetween(bytes, from, end, isPlain);
    from = end;
    return text;
  });
}

const textBetween = (bytes: Buffer, from: number, end: number, isPlain: boolean): string =>
  isPlain ? bytes.toString('latin1', from, end) : (JSON.parse(`"${bytes.toString('utf8', from, end)}"`) as string);

export const eventsOf = (run: TextRun): TextEvent[] =>
  textsOf(run).map((text) => ({ type: 'text', choice: run.choice, text }));

const isRun = (step: { readonly type: string }): boolean => step.type === 'texts';

/** Splits runs of texts, so that each text is an event of its own, for readers that look at single events. */
export function apart(steps: readonly ChatStep[]): readonly Event[] {
  if (!steps.some(isRun)) return steps as readonly Event[];
  return steps.flatMap((step) => (step.type === 'texts' ? eventsOf(step) : [step]));
}
