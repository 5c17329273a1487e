import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersonRole } from '../../facts/principal.ts';
import type { Bench } from './bench.ts';

/** Who people are at other providers. */
export function identityLaws(bench: Bench): void {
  const now = 1_790_000_000_000;
  const joining = (id: string, email: string) => {
    const person = { id, accountId: 'owner', name: null, role: 'member' as PersonRole, email };
    return bench.storage.accessStore.people.join(person, { issuer: 'https://i', subject: id }, { means: 'group', now });
  };

  test('an identity makes one person, and is no other’s as long as that one is there', async () => {
    const { people } = bench.storage.accessStore;
    assert.deepEqual(
      (
        await Promise.all([joining('first', 'federated@example.com'), joining('second', 'federated@example.com')])
      ).sort(),
      [false, true],
    );
    const [id = '', other = ''] =
      (await people.byEmail('federated@example.com'))?.person.id === 'first'
        ? ['first', 'second']
        : ['second', 'first'];
    const identity = { issuer: 'https://i', subject: id };
    assert.deepEqual(await people.identity(identity), { personId: id, means: 'group' });
    assert.equal(await people.identity({ issuer: 'https://i', subject: other }), null, 'nobody came of the other');
    assert.equal(await people.identity({ issuer: 'https://j', subject: id }), null);
    await joining('third', 'third@example.com');
    assert.equal(await people.addIdentity(identity, { personId: 'third', means: 'address', now }), false);
    assert.equal(
      await people.addIdentity({ ...identity, subject: 'x' }, { personId: 'nobody', means: 'address', now }),
      false,
    );
    const more = { issuer: 'https://j', subject: 'of the third' };
    assert.equal(await people.addIdentity(more, { personId: 'third', means: 'address', now: now + 1 }), true);
    assert.deepEqual(await people.identitiesOf('third'), [
      { issuer: 'https://i', subject: 'third', createdAt: now },
      { ...more, createdAt: now + 1 },
    ]);
    assert.equal(await people.remove({ id: 'third', accountId: 'owner' }, now), 'removed');
    assert.equal(await people.identity(more), null);
    assert.deepEqual(await people.identitiesOf('third'), []);
  });

  test('an invitation is found by its address while it is open, the newest first', async () => {
    const { people } = bench.storage.accessStore;
    const invitation = { email: 'awaited@example.com', role: 'member', workspaceIds: [], createdBy: null } as const;
    const times = { createdAt: now, expiresAt: now + 1_000 };
    await people.invite('a'.repeat(64), { ...invitation, ...times, id: 'i1', accountId: 'owner' }, 10);
    assert.equal((await people.invitationFor('awaited@example.com', now))?.hash, 'a'.repeat(64));
    assert.equal(await people.invitationFor('awaited@example.com', now + 1_000), null);
    assert.equal(await people.invitationFor('another@example.com', now), null);
    const wish = { id: 'awaited', name: null, password: null };
    assert.equal(await people.accept('a'.repeat(64), wish, now), true);
    assert.equal((await people.byEmail('awaited@example.com'))?.person.hasPassword, false);
    assert.equal(await people.invitationFor('awaited@example.com', now), null);
  });
}

/** Keys of authenticators. */
export function passkeyLaws(bench: Bench): void {
  const now = 1_790_000_000_000;
  test('a passkey is one person’s, answers each younger question once, and goes with the person', async () => {
    const { people } = bench.storage.accessStore;
    const identity = { issuer: 'https://i', subject: 'fourth' };
    const fourth = {
      id: 'fourth',
      accountId: 'owner',
      name: null,
      role: 'member',
      email: 'fourth@example.com',
    } as const;
    await people.join(fourth, identity, { means: 'group', now });
    const passkey = { id: 'credential', publicKey: 'key', counter: 0, transports: ['internal'], name: 'Phone' };
    const when = { now, most: 2 };
    const added = await Promise.all([1, 2].map(() => people.addPasskey('fourth', passkey, when)));
    assert.deepEqual(added.sort(), [false, true]);
    assert.equal(await people.addPasskey('nobody', { ...passkey, id: 'x' }, when), false);
    assert.equal(await people.addPasskey('fourth', { ...passkey, id: 'second' }, when), true);
    assert.equal(await people.addPasskey('fourth', { ...passkey, id: 'third' }, when), false, 'no more than two');
    const use = { counter: 3, askedAt: now + 5, now: now + 9 };
    assert.deepEqual((await Promise.all([1, 2].map(() => people.usePasskey('credential', use)))).sort(), [false, true]);
    assert.equal(await people.usePasskey('credential', { ...use, askedAt: now + 4 }), false);
    assert.deepEqual(await people.passkey('credential'), {
      ...passkey,
      personId: 'fourth',
      counter: 3,
      createdAt: now,
      usedAt: now + 9,
    });
    assert.equal(await people.removePasskey('owner', 'credential'), false, 'nobody removes another’s');
    assert.equal(await people.removePasskey('fourth', 'credential'), true);
    assert.equal(await people.passkey('credential'), null);
    assert.deepEqual(
      (await people.passkeysOf('fourth')).map(({ id }) => id),
      ['second'],
    );
    assert.equal(await people.removePasskeys('fourth'), 1);
    await people.addPasskey('fourth', passkey, when);
    await people.remove({ id: 'fourth', accountId: 'owner' }, now);
    assert.equal(await people.passkey('credential'), null);
  });
}
