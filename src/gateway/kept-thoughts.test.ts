import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../base/limits.ts';
import { collect } from '../call/collect.ts';
import type { Event } from '../call/event.ts';
import { sampleCall } from '../dialects/samples.ts';
import { createKept } from './kept.ts';
import { createKeptThoughts } from './kept-thoughts.ts';

const ANSWER: readonly Event[] = [
  { type: 'start' },
  { type: 'reasoning', choice: 0, index: 0, kind: 'text', text: 'h', format: 'google-gemini-v1' },
  { type: 'reasoning', choice: 0, index: 0, kind: 'text', text: 'm', format: 'google-gemini-v1' },
  { type: 'tool-start', choice: 0, index: 0, id: 'call_1', name: 'f' },
  { type: 'tool-arguments', choice: 0, index: 0, text: '{}' },
  { type: 'reasoning', choice: 0, index: 1, kind: 'encrypted', text: 'c2ln', id: 'call_1', format: 'google-gemini-v1' },
  { type: 'finish', choice: 0, reason: 'tool_calls', native: 'STOP' },
  { type: 'end' },
];
const THOUGHTS = [
  { type: 'reasoning', kind: 'text', text: 'hm', format: 'google-gemini-v1' },
  { type: 'reasoning', kind: 'encrypted', text: 'c2ln', format: 'google-gemini-v1', id: 'call_1' },
] as const;
const called = (id: string) => ({ type: 'tool-call', id, name: 'f', arguments: '{}' }) as const;
const callWith = (
  ...parts: Extract<ReturnType<typeof sampleCall>['messages'][number], { role: 'assistant' }>['parts']
) => sampleCall({ messages: [{ role: 'assistant', parts }] });

function keptAt() {
  const clock = { now: 0 };
  return { clock, kept: createKeptThoughts(createKept({ elapsed: () => clock.now })) };
}

test('a call’s thoughts come back with it, streamed and whole, to the account that had them', () => {
  for (const way of ['streamed', 'whole']) {
    const { kept } = keptAt();
    const reply = collect(ANSWER);
    assert(reply.ok);
    if (way === 'streamed') ANSWER.forEach(kept.listen('mine'));
    else kept.keep('mine', reply.value.choices[0]?.parts ?? []);
    const asked = callWith({ type: 'text', text: 'So.' }, called('call_1'));
    const restored = kept.restore('mine', asked);
    assert.deepEqual(restored.messages[0]?.parts, [...THOUGHTS, { type: 'text', text: 'So.' }, called('call_1')], way);
    assert.equal(kept.restore('yours', asked), asked);
  }
});

test('who brings thoughts back is believed, and other calls have none', () => {
  const { kept } = keptAt();
  ANSWER.forEach(kept.listen('mine'));
  for (const asked of [callWith(THOUGHTS[1], called('call_1')), callWith(called('call_2')), callWith()])
    assert.equal(kept.restore('mine', asked), asked);
});

test('thoughts without anything opaque, and those of a broken answer, are not kept', () => {
  const { kept } = keptAt();
  ANSWER.filter((event) => event.type !== 'reasoning' || event.kind === 'text').forEach(kept.listen('mine'));
  ANSWER.slice(0, -1).forEach(kept.listen('mine'));
  const asked = callWith(called('call_1'));
  assert.equal(kept.restore('mine', asked), asked);
});

test('they are kept for an hour, and the oldest make room', () => {
  const { clock, kept } = keptAt();
  const keep = (id: string, length: number): void =>
    kept.keep('mine', [
      { type: 'reasoning', kind: 'encrypted', text: 'x'.repeat(length), format: 'unknown' },
      called(id),
    ]);
  const has = (id: string): boolean => kept.restore('mine', callWith(called(id))).messages[0]?.parts.length === 2;
  keep('first', 10);
  assert(has('first'));
  clock.now = LIMITS.kept_ms;
  assert(!has('first'));
  keep('large', LIMITS.kept_entry_bytes_max);
  assert(!has('large'));
  const length = LIMITS.kept_entry_bytes_max - 1_000;
  const fit = Math.floor(LIMITS.kept_bytes_max / (length + 100));
  for (let at = 0; at <= fit; at++) keep(`call_${at}`, length);
  assert(!has('call_0') && has('call_1') && has(`call_${fit}`));
});
