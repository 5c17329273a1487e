import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ticksTo } from './axis.ts';

test('an axis is marked in round steps and holds the largest value', () => {
  assert.deepEqual(ticksTo(3_176, 5), [0, 1_000, 2_000, 3_000, 4_000]);
  assert.deepEqual(ticksTo(100, 4), [0, 25, 50, 75, 100]);
  assert.deepEqual(ticksTo(0.0003, 4), [0, 0.0001, 0.0002, 0.0003]);
  assert.deepEqual(ticksTo(7, 5), [0, 2, 4, 6, 8]);
  for (const most of [1, 3, 9.99, 1e3, 123_456_789, 1e15, 0.000_012_3]) {
    const ticks = ticksTo(most, 5);
    assert.ok((ticks.at(-1) ?? 0) >= most && ticks.length <= 7, `${most}: ${ticks}`);
  }
  for (const nothing of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) assert.deepEqual(ticksTo(nothing, 5), [0, 1]);
});
