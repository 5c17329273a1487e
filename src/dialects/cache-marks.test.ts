import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CacheMark } from '../call/message.ts';
import { cacheMarks } from './cache-marks.ts';
import { sampleCall } from './samples.ts';

/** What becomes of breakpoints on texts, by their lifetimes in the order of the prompt. */
function placed(ttls: readonly CacheMark['ttl'][]): string[] {
  const parts = ttls.map((ttl) => ({ type: 'text', text: 'a', cache: { ttl } }) as const);
  const place = cacheMarks(sampleCall({ messages: [{ role: 'user', parts }] }));
  return ttls.map((ttl) => place({ ttl })).map(({ cache, lost }) => `${cache?.ttl ?? 'none'}${lost ? ' lost' : ''}`);
}

test('of more than four breakpoints the first and the last three stay', () => {
  assert.deepEqual(placed(['5m', '5m', '5m', '5m']), ['5m', '5m', '5m', '5m']);
  assert.deepEqual(placed(['5m', '5m', '5m', '5m', '5m', '5m']), ['5m', 'none lost', 'none lost', '5m', '5m', '5m']);
});

test('a longer lifetime after a shorter one is refused by the vendor, so it is shortened', () => {
  assert.deepEqual(placed(['1h', '1h', '5m']), ['1h', '1h', '5m']);
  assert.deepEqual(placed(['1h', '5m', '1h']), ['1h', '5m', '5m lost']);
  // What is left out shortens nothing.
  assert.deepEqual(placed(['1h', '5m', '1h', '1h', '1h']), ['1h', 'none lost', '1h', '1h', '1h']);
});
