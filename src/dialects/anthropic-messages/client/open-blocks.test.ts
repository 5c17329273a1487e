import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../../call/event.ts';
import { sampleAnswer, sampleCall } from '../../samples.ts';
import { encodeEvents } from './events.ts';

/** A program that asked for thoughts. */
const THINKING = sampleCall({ reasoning: { enabled: true } });

const start = (index: number): Event => ({ type: 'tool-start', choice: 0, index, id: `call_${index}`, name: 'f' });
const say = (index: number, text: string): Event => ({ type: 'tool-arguments', choice: 0, index, text });

type Block = { readonly type: string; json: string; text: string; thinking: string };

/** The blocks as a client puts them together, which refuses one that begins before another has ended. */
function blocksOf(events: readonly Event[]): Block[] {
  const blocks: Block[] = [];
  let open = false;
  for (const { type, index, content_block, delta } of framesOf(events)) {
    const block = blocks[index];
    if (type === 'content_block_start') {
      assert.ok(!open && index === blocks.length);
      open = true;
      blocks.push({ type: content_block.type, json: '', text: '', thinking: '' });
    } else if (type === 'content_block_stop') {
      assert.ok(open && index === blocks.length - 1);
      open = false;
    } else if (type === 'content_block_delta') {
      assert.ok(open && block && index === blocks.length - 1);
      block.json += delta.partial_json ?? '';
      block.text += delta.text ?? '';
      block.thinking += delta.thinking ?? '';
    }
  }
  return blocks;
}

/** The events of the blocks, each as one word: `start 0`, `{"a"` …, `stop 0`. */
function told(events: readonly Event[]): string[] {
  return framesOf(events).flatMap(({ type, index, delta }): string[] => {
    if (type === 'content_block_start') return [`start ${index}`];
    if (type === 'content_block_stop') return [`stop ${index}`];
    return type === 'content_block_delta' ? [delta.partial_json ?? delta.text ?? delta.thinking ?? 'signature'] : [];
  });
}

function framesOf(events: readonly Event[]) {
  const all: Event[] = [
    { type: 'start' },
    ...events,
    { type: 'finish', choice: 0, reason: 'tool_calls', native: null },
  ];
  const text = [...all, { type: 'end' } as const].map(encodeEvents(sampleAnswer(THINKING))).join('');
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
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

const text = (words: string): Event => ({ type: 'text', choice: 0, text: words });
const thought = (words: string, index = 0): Event => ({
  type: 'reasoning',
  choice: 0,
  index,
  kind: 'text',
  text: words,
  format: 'unknown',
});

test('text and thoughts within a call wait until its arguments are whole', () => {
  const events = [
    start(0),
    say(0, '{"a"'),
    text('So'),
    text('.'),
    start(1),
    say(1, '{"b":'),
    say(0, ':1}'),
    say(1, '2}'),
  ];
  const blocks = ['start 0', '{"a"', ':1}', 'stop 0', 'start 1', 'So.', 'stop 1', 'start 2', '{"b":', '2}', 'stop 2'];
  assert.deepEqual(told(events), blocks);
});

test('what waits for one call does not wait for the next', () => {
  const events = [start(0), start(1), say(1, '{"b":[1'), text('So.'), thought('hm'), say(0, '{}'), say(1, ']}')];
  const blocks = ['start 0', '{}', 'stop 0', 'start 1', '{"b":[1', ']}', 'stop 1', 'start 2', 'So.', 'stop 2'];
  assert.deepEqual(told(events), [...blocks, 'start 3', 'hm', 'signature', 'stop 3']);
});

test('what waits for a call that never ends is written at the end', () => {
  const events = [start(0), say(0, '{"a"'), text('So.'), start(1), say(1, '{}'), text('On.')];
  const blocks = ['start 0', '{"a"', 'stop 0', 'start 1', 'So.', 'stop 1', 'start 2', '{}', 'stop 2'];
  assert.deepEqual(told(events), [...blocks, 'start 3', 'On.', 'stop 3']);
});

test('in whatever order their pieces come, calls, text and thoughts are whole', () => {
  const lines = [
    [start(0), ...'{"a":"{[\\"]}"}'.split('').map((letter) => say(0, letter))],
    [start(1), say(1, '{"b":'), say(1, '{"c":[]}'), say(1, '}')],
    [start(2), say(2, ''), say(2, '{}')],
    [...'some words'].map(text),
    [...'a thought'].map((letter) => thought(letter)),
  ];
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < 500; round++) {
    // Calls begin in their order; all else is left to chance.
    const left = lines.map((line) => [...line]);
    const events: Event[] = [];
    for (let begun = 0; left.some((line) => line.length > 0); ) {
      const at = random(left.length);
      if (at <= 2 && at > begun) continue;
      const event = left[at]?.shift();
      if (event?.type === 'tool-start') begun++;
      if (event) events.push(event);
    }
    const blocks = blocksOf(events);
    const calls = blocks.filter(({ type }) => type === 'tool_use').map(({ json }) => JSON.parse(json));
    assert.deepEqual(calls, [{ a: '{["]}' }, { b: { c: [] } }, {}]);
    assert.equal(blocks.map(({ text }) => text).join(''), 'some words');
    assert.equal(blocks.map(({ thinking }) => thinking).join(''), 'a thought');
  }
});

test('a provider that never ends a call’s arguments is an error in the end', () => {
  const piece = text('x'.repeat(1 << 20));
  const write = encodeEvents(sampleAnswer(THINKING));
  const written = [{ type: 'start' } as const, start(0), say(0, '{'), ...Array(20).fill(piece)].map(write);
  assert.match(written.join(''), /event: error\ndata: .*never ended/);
  assert.equal(write({ type: 'end' }), '');
});
