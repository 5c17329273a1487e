import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRateCap } from './rate-cap.ts';
import { restAfter } from './rate-left.ts';

const NOW = Date.UTC(2026, 10, 29, 12);
const HEADS: readonly (readonly [headers: { readonly [name: string]: string }, restMs: number | null])[] = [
  [{}, null],
  [{ 'x-ratelimit-remaining-requests': '12', 'x-ratelimit-reset-requests': '6m0s' }, null],
  [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1s' }, 1_000],
  [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '7.66s' }, 7_660],
  [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '120ms' }, 120],
  [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '0m12.5s' }, 12_500],
  [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s' }, 60_000],
  [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '3' }, 3_000],
  [{ 'x-ratelimit-remaining-requests': '0' }, null],
  [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': 'soon' }, null],
  [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': `${'9'.repeat(400)}s` }, null],
  [
    {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-29T12:00:04Z',
      'anthropic-ratelimit-tokens-remaining': '0',
      'anthropic-ratelimit-tokens-reset': '2026-11-29T12:00:09Z',
    },
    9_000,
  ],
  [{ 'anthropic-ratelimit-tokens-remaining': '0', 'anthropic-ratelimit-tokens-reset': '2026-11-29T11:59:59Z' }, null],
  [{ 'anthropic-ratelimit-tokens-remaining': '0', 'anthropic-ratelimit-tokens-reset': '2026-13-99T99:99:99Z' }, null],
];

test('a host that grants nothing more says until when, in the words of its kind', () => {
  for (const [headers, restMs] of HEADS) assert.equal(restAfter(headers, NOW), restMs, JSON.stringify(headers));
});

test('where refusals for the rate began is the cap; it rises while there are none, and is forgotten', () => {
  const cap = createRateCap();
  const begin = 60_000 * 1_000;
  const send = (count: number, minute: number): void => {
    for (let time = 0; time < count; time++) cap.sent(begin + minute * 60_000 + 1_000);
  };
  send(1_000, 0);
  assert.equal(cap.isReached(begin + 2_000), false, 'nobody was refused');
  send(51, 1);
  cap.refused(begin + 119_999);
  assert.equal(cap.isReached(begin + 119_999), true);
  assert.equal(cap.isReached(begin + 120_000), false, 'a new minute');
  send(54, 2);
  assert.equal(cap.isReached(begin + 122_000), false, '50 have become 55');
  send(1, 2);
  assert.equal(cap.isReached(begin + 122_000), true);
  send(60, 3);
  assert.equal(cap.isReached(begin + 182_000), false);
  send(1, 3);
  assert.equal(cap.isReached(begin + 182_000), true);
  send(5_000, 30);
  assert.equal(cap.isReached(begin + 30 * 60_000 + 2_000), false, 'it is forgotten');
});
