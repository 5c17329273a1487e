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
