import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { World } from '../base/world.ts';
import { startWatch } from './watch.ts';

/** A clock that the test moves, and how often a timer was set. */
function virtual() {
  let now = 0;
  let timers: { at: number; task: () => void }[] = [];
  let set = 0;
  const world: World = {
    now: () => now,
    after: (ms, task) => {
      const timer = { at: now + ms, task };
      timers.push(timer);
      set++;
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    random: () => 0,
    newId: (prefix) => prefix,
    request: () => assert.fail('no network'),
  };
  const advance = (to: number): void => {
    for (let next = earliest(to); next; next = earliest(to)) {
      now = Math.max(now, next.at);
      timers = timers.filter((one) => one !== next);
      next.task();
    }
    now = to;
  };
  const earliest = (to: number) => timers.filter(({ at }) => at <= to).sort((a, b) => a.at - b.at)[0];
  const stall = (ms: number): void => {
    now += ms;
  };
  return { world, advance, stall, timersSet: () => set, pending: () => timers.length };
}

test('a deadline that is put off a thousand times costs a few timers, and still strikes', () => {
  const { world, advance, timersSet } = virtual();
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
  const { world, advance, pending } = virtual();
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
  const { world, advance, stall } = virtual();
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
