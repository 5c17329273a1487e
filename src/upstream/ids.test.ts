import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idAt, timeOfId } from '../base/ids.ts';
import { realWorld } from './world.ts';

test('ids sort by their time, which can be read from them', () => {
  const before = Date.now();
  const id = realWorld().newId('gen');
  const time = timeOfId(id) ?? 0;
  assert.ok(before <= time && time <= Date.now(), `${time}`);
  assert.ok(idAt('gen', time) < id && id < idAt('gen', time + 1));
  assert.equal(idAt('gen', 1_764_400_000_000) < idAt('gen', 1_764_400_000_001), true);
});

test('what is no id of ours has no time', () => {
  for (const id of ['', 'gen-', 'gen-own', `gen-${'i'.repeat(24)}`, `gen-${'0'.repeat(25)}`, `GEN-${'0'.repeat(24)}`])
    assert.equal(timeOfId(id), null, id);
});
