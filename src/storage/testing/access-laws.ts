import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_SUCH_KEY, openAccess } from '../../access/access.ts';
import type { AccessChange } from '../../access/store.ts';
import type { Fault } from '../../base/fault.ts';
import type { Caller } from '../../facts/caller.ts';
import { newSecret, type Storage } from '../open.ts';
import type { Bench, LawWorld } from './bench.ts';

/** What one process does, another hears of a moment later. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((next) => setTimeout(next, 5));
}

/** Two processes that let people in by the same keys and sessions. */
export function accessLaws(bench: Bench, another: (world: LawWorld) => Promise<Storage>): void {
  test('what one process does with a key the other hears, and of no other key', async () => {
    const here = openAccess({ store: bench.storage.accessStore, world: bench.world, newSecret });
    const otherStorage = await another(bench.world);
    const there = openAccess({ store: otherStorage.accessStore, world: bench.world, newSecret });
    const changes: AccessChange[] = [];
    otherStorage.accessStore.onChange((change) => void changes.push(change));
    const secret = `sk-${newSecret()}`;
    const headers = { authorization: `Bearer ${secret}` };
    assert.deepEqual(await there.find(headers), NO_SUCH_KEY);
    assert.deepEqual(there.authenticate(headers), NO_SUCH_KEY, 'and it is remembered that there is none');
    const { key } = await here.keys.create({ name: 'shared', secret });
    await until(async () => keyIdOf(await there.find(headers)) === key.hash);
    assert.equal(keyIdOf(there.authenticate(headers)), key.hash);
    await here.keys.change(key.hash, { disabled: true });
    await until(async () => keyIdOf(await there.find(headers)) === undefined);
    await here.keys.remove(key.hash);
    await until(async () => (await there.find(headers)) === NO_SUCH_KEY);
    // Behind a pooler nobody is heard until a table is read, and with its first reading anything may have changed.
    const keys = changes.filter((change) => change.kind !== 'everything');
    assert.ok(keys.every((change) => change.kind === 'key' && change.hash === key.hash));
    await otherStorage.close();
  });

  test('a sign-in works once, whoever redeems it; its session is known to all, and ends for all', async () => {
    const here = openAccess({ store: bench.storage.accessStore, world: bench.world, newSecret });
    const otherStorage = await another(bench.world);
    const there = openAccess({ store: otherStorage.accessStore, world: bench.world, newSecret });
    const token = await here.newSignIn('owner');
    const redeemed = await Promise.all([here.redeemSignIn(token), there.redeemSignIn(token)]);
    const [session, ...others] = redeemed.filter((session) => session !== null);
    assert.ok(session && others.length === 0);
    const headers = { cookie: `switchwright_session=${session.session}` };
    assert.ok(keyIdOf(await there.find(headers)));
    await here.signOut(session.session);
    await until(async () => keyIdOf(await there.find(headers)) === undefined);
    await otherStorage.close();
  });
}

const keyIdOf = (answer: Caller | Fault | null): string | undefined =>
  answer && 'keyId' in answer ? answer.keyId : undefined;
