import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFrom } from '../access/keys.ts';
import { openMemoryStorage } from './open.ts';
import { clockWorld } from './testing/clock.ts';

const world = clockWorld(Date.UTC(2026, 10, 29));

test('acts of a draft are committed together, or none of them where one finds nothing to change', async () => {
  const { accessStore, draft } = openMemoryStorage(world);
  const [one, other] = ['one', 'other'].map((name) => keyFrom({ name }, `sk-${name}`, world.now()));
  assert.ok(one && other);
  const broken = draft();
  await broken.accessStore.addKey(one);
  await broken.accessStore.changeKey('gone', { name: 'nobody', updatedAt: world.now() });
  await assert.rejects(broken.commit(), /Nothing was done/);
  assert.equal((await accessStore.findKeys([one.hash])).size, 0);

  const whole = draft();
  await whole.accessStore.addKey(one);
  await whole.accessStore.changeKey(one.hash, { disabled: true, updatedAt: world.now() });
  await whole.accessStore.addKey(other);
  assert.equal((await accessStore.findKeys([one.hash])).size, 0, 'nothing is done before it is committed');
  await whole.commit();
  const found = await accessStore.findKeys([one.hash, other.hash]);
  assert.deepEqual([found.get(one.hash)?.disabled, found.get(other.hash)?.disabled], [true, false]);

  const twice = draft();
  await twice.accessStore.removeKey(other.hash);
  await twice.accessStore.addKey(one);
  await assert.rejects(twice.commit(), /Nothing was done/);
  assert.equal((await accessStore.findKeys([other.hash])).size, 1);
});
