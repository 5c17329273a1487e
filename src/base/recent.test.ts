import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recent } from './recent.ts';

test('what is used stays, what is not is forgotten, and never more than twice the bound is kept', () => {
  const recent = new Recent<number>(10);
  for (let at = 0; at < 1_000; at++) {
    recent.set(`key-${at}`, at);
    assert.equal(recent.get('key-0'), 0, `used for the ${at}th time`);
    assert.ok(recent.size <= 20);
  }
  assert.equal(recent.get('key-999'), 999);
  assert.equal(recent.get('key-500'), undefined);
  recent.set('key-999', 1);
  recent.delete('key-0');
  assert.deepEqual([recent.get('key-999'), recent.get('key-0')], [1, undefined]);
  recent.clear();
  assert.deepEqual([recent.size, recent.get('key-999')], [0, undefined]);
});
