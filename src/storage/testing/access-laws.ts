import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_SUCH_KEY, openAccess } from '../../access/access.ts';
import type { AccessChange } from '../../access/store.ts';
import type { Fault } from '../../base/fault.ts';
import type { Caller } from '../../facts/caller.ts';
import { newSecret, type Storage } from '../open.ts';
import type { Bench, LawWorld } from './bench.ts';

/** Two processes that let people in by the same keys and sessions. */
export function accessLaws(bench: Bench, another: (world: LawWorld) => Promise<Storage>): void {
  test('what one process does with a key the other hears, and of no other key', async () => {
    const here = openAccess({ store: bench.storage.accessStore, world: bench.world, newSecret });
    const otherStorage = await another(bench.world);
    const there = openAccess({ store: otherStorage.accessStore, world: bench.world, newSecret });
    const changes: AccessChange[] = [];
    let wake = (): void => {};
    otherStorage.accessStore.onChange((change) => {
      changes.push(change);
      wake();
    });
    const secret = `sk-${newSecret()}`;
    const headers = { authorization: `Bearer ${secret}` };
    const heard = (): Promise<void> => new Promise((resolve) => (wake = resolve));
    assert.deepEqual(await there.find(headers), NO_SUCH_KEY);
    assert.deepEqual(there.authenticate(headers), NO_SUCH_KEY, 'and it is remembered that there is none');
    const made = heard();
    const { key } = await here.keys.create({ name: 'shared', secret });
    await made;
    assert.equal(there.authenticate(headers), null);
    assert.equal(keyIdOf(await there.find(headers)), key.hash);
    assert.equal(keyIdOf(there.authenticate(headers)), key.hash);
    const disabled = heard();
    await here.keys.change(key.hash, { disabled: true });
    await disabled;
    assert.equal(keyIdOf(await there.find(headers)), undefined);
    const removed = heard();
    await here.keys.remove(key.hash);
    await removed;
    assert.deepEqual(await there.find(headers), NO_SUCH_KEY);
    assert.ok(changes.every((change) => change.kind === 'key' && change.hash === key.hash));
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
    const heard = new Promise<void>((resolve) => otherStorage.accessStore.onChange(() => resolve()));
    await here.signOut(session.session);
    await heard;
    assert.equal(there.authenticate(headers), null);
    assert.equal(keyIdOf(await there.find(headers)), undefined);
    await otherStorage.close();
  });
}

const keyIdOf = (answer: Caller | Fault | null): string | undefined =>
  answer && 'keyId' in answer ? answer.keyId : undefined;
