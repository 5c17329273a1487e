import type { Event } from '../../call/event.ts';
import { citationsOf } from './citations.ts';
import { createReading, type Reading } from './reading.ts';
import type { State } from './state.ts';

/** What an answer says whose model wanted nothing but more tools. */
const NOTHING_SAID = 'The most steps that this request allows have been made, and no answer was written.';

/** Reads the exchange that begins: what its client sees of it, within one answer. */
export function readingFor(state: State): Reading {
  const { names, isLast, pages, textLength, hasShown, thoughts } = state;
  const before = (text: string): readonly Event[] => [
    ...(isLast && textLength + text.length === 0 ? [wordsOf(NOTHING_SAID)] : []),
    ...citing(citationsOf(pages, text, textLength)),
  ];
  return createReading({ names, isLast, isFirst: !hasShown, thoughtsBefore: thoughts, before });
}

const wordsOf = (text: string): Event => ({ type: 'text', choice: 0, text });

export const citing = (annotations: ReturnType<typeof citationsOf>): Event[] =>
  annotations.map((annotation) => ({ type: 'annotation', choice: 0, annotation }));
