import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { realWorld } from './world.ts';

test('of many tasks that are long each turn of the loop has one, in their order, and others are served between', async () => {
  const { after } = realWorld();
  const done: string[] = [];
  after(0, () => done.push('first'));
  after(0, () => {
    done.push('second');
    after(0, () => done.push('what follows the second'));
  });
  const cancelled = after(0, () => done.push('cancelled'));
  after(0, () => done.push('third'));
  cancelled();
  for (let at = 0; at < 6; at++) {
    await turn();
    done.push('-');
  }
  const order = ['first', '-', 'second', '-', 'third', '-', 'what follows the second', '-', '-', '-'];
  assert.deepEqual(done, order);
});
