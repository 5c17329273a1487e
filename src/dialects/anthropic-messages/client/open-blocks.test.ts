import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../../call/event.ts';
import { sampleAnswer } from '../../samples.ts';
import { encodeEvents } from './events.ts';

const start = (index: number): Event => ({ type: 'tool-start', choice: 0, index, id: `call_${index}`, name: 'f' });
const say = (index: number, text: string): Event => ({ type: 'tool-arguments', choice: 0, index, text });

/** The events of the blocks, each as one word: `start 0`, `{"a"` …, `stop 0`. */
function told(events: readonly Event[]): string[] {
  const all: Event[] = [
    { type: 'start' },
    ...events,
    { type: 'finish', choice: 0, reason: 'tool_calls', native: null },
  ];
  const text = [...all, { type: 'end' } as const].map(encodeEvents(sampleAnswer())).join('');
  const frames = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
  return frames.flatMap(({ type, index, delta }): string[] => {
    if (type === 'content_block_start') return [`start ${index}`];
    if (type === 'content_block_stop') return [`stop ${index}`];
    return type === 'content_block_delta' ? [delta.partial_json ?? delta.text] : [];
  });
}

test('calls whose pieces alternate become blocks one after the other', () => {
  const events = [start(0), start(1), say(0, '{"a":'), say(1, '{"b":"}'), say(0, '1}'), say(1, '"}')];
  assert.deepEqual(told(events), ['start 0', '{"a":', '1}', 'stop 0', 'start 1', '{"b":"}', '"}', 'stop 1']);
});

test('a call without arguments, which is told at the end, does not take the next one’s', () => {
  const events = [start(0), start(1), say(1, '{"b":2}'), say(0, '{}')];
  assert.deepEqual(told(events), ['start 0', '{}', 'stop 0', 'start 1', '{"b":2}', 'stop 1']);
});

test('a call whose arguments are whole does not hold up the next one', () => {
  const written = told([start(0), say(0, '{}'), start(1), say(1, '{"b"')]);
  assert.deepEqual(written, ['start 0', '{}', 'stop 0', 'start 1', '{"b"', 'stop 1']);
});

test('text ends the calls before it', () => {
  const events = [start(0), start(1), say(1, '{}'), { type: 'text', choice: 0, text: 'So.' } as const, say(0, '{}')];
  assert.deepEqual(told(events), ['start 0', 'stop 0', 'start 1', '{}', 'stop 1', 'start 2', 'So.', 'stop 2']);
});
