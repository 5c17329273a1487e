import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../base/json.ts';
import type { Event } from '../../../call/event.ts';
import { sampleAnswer } from '../../samples.ts';
import { encodeEvents } from './events.ts';

const start = (index: number): Event => ({ type: 'tool-start', choice: 0, index, id: `call_${index}`, name: 'f' });
const say = (index: number, text: string): Event => ({ type: 'tool-arguments', choice: 0, index, text });
const text = (words: string): Event => ({ type: 'text', choice: 0, text: words });
const thought = (words: string): Event => ({
  type: 'reasoning',
  choice: 0,
  index: 0,
  kind: 'text',
  text: words,
  format: 'unknown',
});

/** The parts of a stream, without thoughts and the empty text that ends some. */
function partsOf(events: readonly Event[]): JsonObject[] {
  const finish: Event = { type: 'finish', choice: 0, reason: 'tool_calls', native: null };
  const written = [{ type: 'start' } as const, ...events, finish, { type: 'end' } as const].map(
    encodeEvents(sampleAnswer()),
  );
  const chunks = [...written.join('').matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
  const parts: JsonObject[] = chunks.flatMap(({ candidates }) => candidates[0].content.parts);
  return parts.filter((part) => part.thought !== true && part.text !== '');
}

const called = (index: number, args: JsonObject): JsonObject => ({
  functionCall: { id: `call_${index}`, name: 'f', args },
});

test('text and thoughts between the pieces of a call do not cut it', () => {
  const events = [start(0), say(0, '{"a"'), text('So.'), thought('hm'), start(1), say(1, '{"b":'), say(0, ':1}')];
  assert.deepEqual(partsOf([...events, text(' On.'), say(1, '2}')]), [
    { text: 'So.' },
    called(0, { a: 1 }),
    { text: ' On.' },
    called(1, { b: 2 }),
  ]);
});

test('calls keep their order, whichever is whole first', () => {
  const events = [start(0), start(1), say(1, '{"b":"}"}'), text('So.'), say(0, '{"a":[{}]}'), text('On.')];
  assert.deepEqual(partsOf(events), [{ text: 'So.' }, called(0, { a: [{}] }), called(1, { b: '}' }), { text: 'On.' }]);
});

test('a call that was cut off is told at the end, as far as it came', () => {
  assert.deepEqual(partsOf([start(0), say(0, '{"a":'), text('So.')]), [{ text: 'So.' }, called(0, { input: '{"a":' })]);
});
