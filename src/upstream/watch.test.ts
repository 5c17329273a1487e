import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../base/testing/clock.ts';
import { startWatch } from './watch.ts';

test('a deadline that is put off a thousand times costs a few timers, and still strikes', () => {
  const { world, advance, timersSet } = virtualClock();
  let struck = 0;
  const watch = startWatch(world, () => struck++);
  watch.due(100);
  for (let time = 1; time <= 1000; time++) {
    advance(time);
    watch.due(time + 100);
  }
  assert.ok(timersSet() < 15, `${timersSet()} timers`);
  advance(1099);
  assert.equal(struck, 0);
  advance(1101);
  assert.equal(struck, 1);
});

test('an earlier deadline strikes earlier; a stopped watch never', () => {
  const { world, advance, pending } = virtualClock();
  let struck = 0;
  const watch = startWatch(world, () => struck++);
  watch.due(1000);
  watch.due(50);
  advance(52);
  assert.equal(struck, 1);
  watch.due(200);
  watch.stop();
  assert.equal(pending(), 0);
  advance(5000);
  assert.equal(struck, 1);
});

test('bytes that waited while this process was busy save the exchange', () => {
  const { world, advance, stall } = virtualClock();
  let struck = 0;
  const watch = startWatch(world, () => struck++);
  watch.due(100);
  stall(500);
  advance(500);
  watch.due(600);
  advance(599);
  assert.equal(struck, 0);
  advance(602);
  assert.equal(struck, 1);
});
