/** What lets somebody in ends at its very instant: keys, sign-in links, sessions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Access, openAccess } from '#src/access/access.ts';
import { prepareAccess } from '#src/access/prepare.ts';
import type { WireHeaders } from '#src/base/world.ts';
import { newSecret, openMemoryStorage } from '#src/storage/open.ts';
import { clockWorld } from '#src/storage/testing/clock.ts';

const NOON = Date.UTC(2026, 10, 29, 12);
const HOUR = 3_600_000;

async function opened(): Promise<{ readonly access: Access; readonly advance: (ms: number) => void }> {
  const world = clockWorld(NOON);
  const { accessStore: store } = openMemoryStorage(world);
  await prepareAccess({ store, world, newSecret });
  return { access: openAccess({ store, world, newSecret }), advance: world.advance };
}

/** Found or remembered, it must be the same. */
async function letsIn(access: Access, headers: WireHeaders): Promise<boolean | string> {
  const found = await access.find(headers);
  const again = access.authenticate(headers) ?? (await access.find(headers));
  assert.deepEqual(again, found);
  return 'keyId' in found ? true : found.message;
}

test('a key is good until the moment it expires, and not in it', async () => {
  const { access, advance } = await opened();
  const { secret } = await access.keys.create({ name: 'for an hour', expiresAt: NOON + HOUR });
  const headers = { authorization: `Bearer ${secret}` };
  assert.equal(await letsIn(access, headers), true);
  advance(HOUR - 1);
  assert.equal(await letsIn(access, headers), true);
  advance(1);
  assert.equal(await letsIn(access, headers), 'This API key has expired');
  advance(1);
  assert.equal(await letsIn(access, headers), 'This API key has expired');
});

test('a sign-in link works for a day, once', async () => {
  const { access, advance } = await opened();
  const [early, late] = [await access.newSignIn('owner'), await access.newSignIn('owner')];
  advance(24 * HOUR - 1);
  assert.ok(await access.redeemSignIn(early));
  assert.equal(await access.redeemSignIn(early), null, 'once');
  advance(1);
  assert.equal(await access.redeemSignIn(late), null, 'a day is over');
  assert.equal(await access.redeemSignIn(late.toUpperCase()), null);
});

test('a session lasts for thirty days', async () => {
  const { access, advance } = await opened();
  const redeemed = await access.redeemSignIn(await access.newSignIn('owner'));
  assert.ok(redeemed);
  assert.equal(redeemed.maxAgeS, 30 * 24 * 3_600);
  const headers = { cookie: `switchwright_session=${redeemed.session}` };
  advance(30 * 24 * HOUR - 1);
  assert.equal(await letsIn(access, headers), true);
  advance(1);
  assert.notEqual(await letsIn(access, headers), true);
});
