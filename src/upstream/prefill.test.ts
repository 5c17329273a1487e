import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../call/call.ts';
import { collect } from '../call/collect.ts';
import type { Event } from '../call/event.ts';
import type { Reply } from '../call/reply.ts';
import { apart } from '../call/text-run.ts';
import { sampleCall, sampleTarget } from '../dialects/samples.ts';
import { repeatedPrefill, withoutPrefill } from './prefill.ts';

const PREFILL = 'Count: 1, ';
const begun = (text: string): Partial<Call> => ({
  messages: [
    { role: 'user', parts: [{ type: 'text', text: 'Count.' }] },
    { role: 'assistant', parts: [{ type: 'text', text }] },
  ],
});

/** What is heard of an answer that comes in these pieces, streamed and whole. */
function heard(...pieces: readonly string[]): string[] {
  const text = (value: string): Event => ({ type: 'text', choice: 0, text: value });
  const events: Event[] = [
    { type: 'start' },
    ...pieces.map(text),
    { type: 'finish', choice: 0, reason: 'stop', native: 'stop' },
    { type: 'end' },
  ];
  const seen: Event[] = [];
  const streamed = withoutPrefill(
    { events: (all) => seen.push(...apart(all)), replied: () => {}, failed: () => {} },
    PREFILL,
  );
  for (const event of events) streamed.events([event]);
  const whole = collect(events);
  assert.ok(whole.ok);
  const replies: Reply[] = [];
  withoutPrefill({ events: () => {}, replied: (reply) => replies.push(reply), failed: () => {} }, PREFILL).replied(
    whole.value,
  );
  const folded = collect(seen);
  assert.ok(folded.ok);
  return [folded.value, ...replies].map(({ choices }) =>
    (choices[0]?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join(''),
  );
}

test('a repeated beginning is cut off, however it is cut into pieces', () => {
  for (const pieces of [[`${PREFILL}2`], ['Count', ': 1, ', '2'], [...`${PREFILL}2`], ['Count: 1, 2']])
    assert.deepEqual(heard(...pieces), ['2', '2'], JSON.stringify(pieces));
  assert.deepEqual(heard(PREFILL), ['', '']);
});

test('what begins otherwise stays whole', () => {
  for (const pieces of [['2, 3'], ['Count', ': 2'], ['Count: 1'], ['count: 1, 2'], ['']])
    assert.deepEqual(heard(...pieces), [pieces.join(''), pieces.join('')], JSON.stringify(pieces));
});

test('only a beginning that was left to be continued, and only where hosts repeat it', () => {
  const { endpoint } = sampleTarget('openai-chat', { dialect: { quirks: ['repeats-prefill'] } });
  assert.equal(repeatedPrefill(sampleCall(begun('One')), endpoint), 'One');
  assert.equal(repeatedPrefill(sampleCall(begun('')), endpoint), undefined);
  assert.equal(repeatedPrefill(sampleCall(), endpoint), undefined);
  assert.equal(repeatedPrefill(sampleCall(begun('One')), sampleTarget('openai-chat').endpoint), undefined);
});
