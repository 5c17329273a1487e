import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../base/limits.ts';
import { createKeptItems } from './kept-items.ts';

test('an item is given back to its own account, for an hour', () => {
  let now = 0;
  const items = createKeptItems({ elapsed: () => now });
  const item = { id: 'msg-1', type: 'message' };
  items.keep('a', item);
  assert.equal(items.recall('a', 'msg-1'), item);
  assert.equal(items.recall('b', 'msg-1'), undefined, 'nobody else');
  now = LIMITS.kept_items_ms;
  assert.equal(items.recall('a', 'msg-1'), undefined);
});

test('what is kept is bounded: the oldest goes first, and what is too large is not kept', () => {
  const items = createKeptItems({ elapsed: () => 0 });
  const text = 'x'.repeat(LIMITS.kept_item_bytes_max - 1_000);
  const count = Math.ceil(LIMITS.kept_items_bytes_max / text.length) + 1;
  for (let at = 0; at < count; at++) items.keep('a', { id: `i${at}`, text });
  assert.equal(items.recall('a', 'i0'), undefined);
  assert.ok(items.recall('a', `i${count - 1}`));
  items.keep('a', { id: 'large', text: 'x'.repeat(LIMITS.kept_item_bytes_max) });
  assert.equal(items.recall('a', 'large'), undefined);
  items.keep('a', { type: 'without an id' });
});
