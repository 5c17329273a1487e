/** Laws of logged contents, and of what is kept of people beside calls. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAccess } from '../../access/access.ts';
import { NO_VAULT } from '../../vault/vault.ts';
import { newSecret } from '../open.ts';
import type { Bench } from './bench.ts';

const HOUR_MS = 3_600_000;
const WISH = { enabled: true, rate: 0.25, keys: [7] };
const PAGE = { offset: 0, limit: 100 };

export function contentLaws(bench: Bench): void {
  loggingLaws(bench);
  directoryLaws(bench);
}

function loggingLaws(bench: Bench): void {
  const accessOf = () =>
    openAccess({ store: bench.storage.accessStore, world: bench.world, newSecret, vault: NO_VAULT, log: () => {} });
  const contentOf = (id: string, keyId: string, workspaceId: string) => {
    const now = bench.world.now();
    const times = { createdAt: now, expiresAt: now + HOUR_MS };
    return { id, accountId: 'owner', workspaceId, keyId, ...times, envelope: `sealed ${id}` };
  };

  test('a workspace says what of it is logged, and everybody hears it', async () => {
    const { contents } = bench.storage;
    const workspaceId = bench.world.newId('logged');
    let heard = 0;
    contents.onChange(() => heard++);
    assert.deepEqual(await contents.wishes([workspaceId]), new Map());
    await contents.wish({ workspaceId, accountId: 'owner' }, WISH);
    assert.ok(heard > 0);
    assert.deepEqual((await contents.wishes([workspaceId])).get(workspaceId), WISH);
    assert.deepEqual((await contents.logged()).get(workspaceId), WISH);
    await contents.wish({ workspaceId, accountId: 'owner' }, { ...WISH, enabled: false, keys: null });
    assert.equal((await contents.logged()).has(workspaceId), false);
  });

  test('contents end with their time, their key or their workspace, and none comes late', async () => {
    const { contents } = bench.storage;
    const access = accessOf();
    const { key } = await access.keys.create({ name: 'logged' });
    const team = await access.workspaces.create(
      { name: 'Logged', slug: bench.world.newId('w').toLowerCase(), description: null },
      { accountId: 'owner', createdBy: null },
    );
    assert.ok(team);
    const add = async (keyId: string, workspaceId = key.workspaceId): Promise<string> => {
      const id = bench.world.newId('gen');
      await contents.add(contentOf(id, keyId, workspaceId));
      return id;
    };
    const find = (id: string) => contents.find(id, bench.world.now());
    const [ofKey, ofTeam, other] = [await add(key.hash), await add('console', team.id), await add('console')];
    for (const id of [ofKey, ofTeam, other]) assert.equal(await find(id), `sealed ${id}`);
    assert.equal(await access.keys.remove(key.hash), true);
    assert.equal(await find(ofKey), null);
    assert.equal(await access.workspaces.remove(team), 'removed');
    assert.equal(await find(ofTeam), null);
    assert.equal(await find(await add(key.hash)), null, 'written when its key had gone');
    assert.equal(await find(await add('console', team.id)), null);
    assert.equal(await find(other), `sealed ${other}`);
    assert.equal(await contents.find(other, bench.world.now() + HOUR_MS), null, 'expired');
    while ((await contents.sweep(bench.world.now() + HOUR_MS)) > 0);
    assert.equal(await find(other), null, 'swept');
    const [one, two] = [await add('console'), await add('console')];
    assert.equal(await contents.remove({ id: one }), 1);
    assert.deepEqual([await find(one), await find(two)], [null, `sealed ${two}`]);
    assert.equal(await contents.remove({ keyId: 'console', before: bench.world.now() + 1 }), 1);
  });
}

function directoryLaws(bench: Bench): void {
  test('external users are registered once, switched off and found by their account alone', async () => {
    const { directory } = bench.storage.accessStore;
    const [ours, theirs] = [bench.world.newId('account'), bench.world.newId('account')];
    const user = 'Ann 𝄞/?';
    assert.equal(await directory.addExternalUser(ours, user, 1000), true);
    assert.equal(await directory.addExternalUser(ours, user, 2000), false);
    assert.deepEqual(await directory.externalUser(ours, user), {
      user,
      isActive: true,
      createdAt: 1000,
      updatedAt: 1000,
    });
    assert.equal(await directory.externalUser(theirs, user), null);
    assert.equal(await directory.setExternalUser(theirs, user, false, 3000), false);
    assert.equal(await directory.setExternalUser(ours, user, false, 3000), true);
    const listed = async (withInactive: boolean) =>
      (await directory.externalUsers(ours, { ...PAGE, withInactive })).total;
    assert.deepEqual([await listed(false), await listed(true)], [0, 1]);
  });

  test('a group has one role in a workspace of its own account', async () => {
    const { directory } = bench.storage.accessStore;
    const accountId = bench.world.newId('account');
    await bench.storage.accessStore.addAccount({ id: accountId, name: 'Groups' }, bench.world.now());
    const { workspaces } = await bench.storage.accessStore.workspaces.list(accountId, PAGE);
    const times = { createdAt: 1000, updatedAt: 1000 };
    const groupId = bench.world.newId('group');
    await directory.putGroup({ id: groupId, accountId, externalId: null, displayName: 'Engineering', ...times });
    const mapping = {
      id: bench.world.newId('mapping'),
      accountId,
      groupId,
      workspaceId: workspaces[0]?.id ?? '',
      role: 'member' as const,
      ...times,
    };
    assert.equal(await directory.addMapping(mapping), 'added');
    assert.equal(await directory.addMapping({ ...mapping, id: 'another' }), 'taken');
    assert.equal(await directory.addMapping({ ...mapping, id: 'another', accountId: 'owner' }), 'missing');
    assert.equal(await directory.changeMapping('owner', mapping.id, 'admin', 2000), false);
    assert.equal(await directory.changeMapping(accountId, mapping.id, 'admin', 2000), true);
    assert.deepEqual((await directory.mappings(accountId, PAGE)).rows, [
      { ...mapping, role: 'admin', updatedAt: 2000 },
    ]);
    assert.equal(await directory.removeMapping('owner', mapping.id), false);
    assert.equal(await directory.removeMapping(accountId, mapping.id), true);
  });

  test('tries to synchronise and opinions are kept, so many and the last', async () => {
    const { directory } = bench.storage.accessStore;
    const accountId = bench.world.newId('account');
    const job = { accountId, status: 'failed' as const, error: 'none', finishedAt: 1 };
    for (let at = 0; at < 101; at++) await directory.addSyncJob({ ...job, id: `${accountId} ${at}`, createdAt: at });
    assert.equal(await directory.syncJob(accountId, `${accountId} 0`), null, 'the oldest is forgotten');
    assert.equal((await directory.syncJob(accountId, `${accountId} 100`))?.status, 'failed');
    assert.equal(await directory.syncJob('owner', `${accountId} 100`), null);
    const said = { accountId, workspaceId: 'w', generationId: 'gen-1', by: 'ann', category: 'other' as const };
    await directory.putFeedback({ ...said, comment: 'bad', createdAt: 1 });
    await directory.putFeedback({ ...said, comment: 'worse', createdAt: 2 });
    await directory.putFeedback({ ...said, by: 'bob', comment: null, createdAt: 3 });
    const told = await directory.feedback(accountId, 'gen-1');
    assert.deepEqual(
      told.map(({ by, comment }) => [by, comment]),
      [
        ['bob', null],
        ['ann', 'worse'],
      ],
    );
  });
}
