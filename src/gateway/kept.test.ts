import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../base/limits.ts';
import { createKept, type KeptEntry, type KeptLink } from './kept.ts';

test('what is kept is given back by each of its ids, to its own account, from its own shelf, for an hour', () => {
  let now = 0;
  const kept = createKept({ elapsed: () => now });
  const items = kept.shelf<object>('items');
  const item = { id: 'msg-1' };
  assert.ok(items.isEmpty());
  items.keep('a', [], item, 10);
  assert.ok(items.isEmpty());
  items.keep('a', ['msg-1', 'msg-2'], item, 10);
  for (const id of ['msg-1', 'msg-2']) assert.equal(items.recall('a', id), item);
  assert.equal(items.recall('b', 'msg-1'), undefined, 'nobody else');
  assert.equal(kept.shelf('thoughts').recall('a', 'msg-1'), undefined);
  now = LIMITS.kept_ms;
  assert.equal(items.recall('a', 'msg-1'), undefined);
});

test('each kind has room of its own, what has a shorter time ends with it, and what is forgotten is gone', () => {
  let now = 0;
  const kept = createKept({ elapsed: () => now });
  const answers = kept.shelf<string>('answers');
  answers.keep('key', ['short', 'forgotten'], 'an answer', 10, 1_000);
  answers.keep('key', ['long'], 'an answer', 10, 10 * LIMITS.cached_answer_ms_max);
  const items = kept.shelf<number>('items');
  const bytes = LIMITS.kept_entry_bytes_max;
  for (let at = 0; at <= LIMITS.kept_bytes_max / bytes; at++) items.keep('a', [`i${at}`], at, bytes);
  answers.forget('key', 'forgotten');
  assert.deepEqual(
    ['short', 'forgotten', 'long'].map((id) => answers.recall('key', id)),
    ['an answer', undefined, 'an answer'],
  );
  now = 1_000;
  assert.equal(answers.recall('key', 'short'), undefined);
  now = LIMITS.cached_answer_ms_max;
  assert.equal(answers.recall('key', 'long'), undefined, 'a day at most');
});

test('what is kept is bounded: the oldest goes first, and what is too large is not kept', () => {
  const items = createKept({ elapsed: () => 0 }).shelf<number>('items');
  const bytes = LIMITS.kept_entry_bytes_max - 1_000;
  const count = Math.ceil(LIMITS.kept_bytes_max / bytes) + 1;
  for (let at = 0; at < count; at++) items.keep('a', [`i${at}`], at, bytes);
  assert.equal(items.recall('a', 'i0'), undefined);
  assert.equal(items.recall('a', `i${count - 1}`), count - 1);
  items.keep('a', ['large'], 0, LIMITS.kept_entry_bytes_max + 1);
  assert.equal(items.recall('a', 'large'), undefined);
});

test('the other processes hear of what is kept, once, and keep it within the same bounds', () => {
  const listeners: ((entry: KeptEntry) => void)[] = [];
  let told = 0;
  const linkOf = (at: number): KeptLink => ({
    tell: (entry) => {
      told++;
      for (const [other, listener] of listeners.entries()) if (other !== at) listener(structuredClone(entry));
    },
    heard: (listener) => void listeners.push(listener),
  });
  const [one, two] = [0, 1].map((at) => createKept({ elapsed: () => 0 }, linkOf(at)).shelf<object>('items'));
  assert.ok(one && two);
  one.keep('a', ['x', 'y'], { from: 'one' }, 10);
  for (const shelf of [one, two]) for (const id of ['x', 'y']) assert.deepEqual(shelf.recall('a', id), { from: 'one' });
  assert.equal(two.recall('b', 'x'), undefined);
  assert.equal(told, 1);
  const bytes = LIMITS.kept_entry_bytes_max;
  for (let at = 0; at < LIMITS.kept_bytes_max / bytes; at++) one.keep('a', [`i${at}`], {}, bytes);
  assert.equal(two.recall('a', 'x'), undefined);
});
