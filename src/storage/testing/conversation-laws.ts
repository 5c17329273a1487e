/** Laws of conversations. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Addition, ConversationItem } from '../../gateway/conversations.ts';
import type { StoredOwner } from '../../gateway/stored-responses.ts';
import type { Bench } from './bench.ts';

const DAY_MS = 86_400_000;
const PLENTY = 1024 ** 3;

/** What the laws make. */
function means(bench: Bench) {
  const ownerOf = (name: string): StoredOwner => ({
    accountId: 'owner',
    workspaceId: `${name} ${bench.world.newId('w')}`,
  });
  const adding = (ids: readonly string[], more: Partial<Addition> = {}): Addition => {
    const now = bench.world.now();
    const items = ids.map((id): ConversationItem => ({ id, item: `{"id":"${id}","said":"NUL \\u0000, 𝄞"}` }));
    return { items, now, expiresAt: now + DAY_MS, bytesMax: PLENTY, ...more };
  };
  const begun = async (owner: StoredOwner, ids: readonly string[], more: Partial<Addition> = {}): Promise<string> => {
    const id = bench.world.newId('conv');
    await bench.storage.conversations.begin(owner, id, '{"a":"b"}', adding(ids, more));
    return id;
  };
  const idsIn = (items: readonly ConversationItem[] | null): string[] => (items ?? []).map(({ id }) => id);

  return { ownerOf, adding, begun, idsIn };
}

export function conversationLaws(bench: Bench): void {
  const { ownerOf, adding, begun, idsIn } = means(bench);

  test('a conversation keeps its items in order, for its workspace alone', async () => {
    const { conversations } = bench.storage;
    const [owner, other] = [ownerOf('own'), ownerOf('other')];
    const id = await begun(owner, ['a', 'b']);
    assert.equal(await conversations.add(owner, id, adding(['c'])), 'added');
    const now = bench.world.now();
    const found = await conversations.find(owner, id, now);
    const [{ item } = { item: '' }] = adding(['a']).items;
    assert.deepEqual([found?.metadata, found?.items, found?.bytes], ['{"a":"b"}', 3, 3 * Buffer.byteLength(item)]);
    assert.deepEqual(await conversations.items(owner, id, now), adding(['a', 'b', 'c']).items);
    assert.deepEqual(idsIn(await conversations.page(owner, id, { limit: 1, after: null, order: 'desc' })), ['c', 'b']);
    assert.deepEqual(idsIn(await conversations.page(owner, id, { limit: 9, after: 'a', order: 'asc' })), ['b', 'c']);
    assert.equal(await conversations.page(owner, id, { limit: 9, after: 'x', order: 'asc' }), null);

    assert.equal(await conversations.find(other, id, now), null);
    assert.equal(await conversations.add(other, id, adding(['d'])), 'none');
    assert.equal(await conversations.change(other, id, '{}', now), false);
    assert.deepEqual(await conversations.items(other, id, now), []);
    assert.equal(await conversations.item(other, id, 'a'), null);
    assert.equal(await conversations.removeItem(other, id, 'a'), false);
    assert.equal(await conversations.remove(other, id), false);

    assert.equal(await conversations.change(owner, id, '{}', now), true);
    assert.equal((await conversations.find(owner, id, now))?.metadata, '{}');
    assert.equal(await conversations.removeItem(owner, id, 'b'), true);
    assert.equal(await conversations.removeItem(owner, id, 'b'), false);
    assert.equal(await conversations.add(owner, id, adding(['b'])), 'added');
    assert.deepEqual(idsIn(await conversations.items(owner, id, now)), ['a', 'c', 'b']);
    assert.equal(await conversations.remove(owner, id), true);
    assert.deepEqual(await conversations.items(owner, id, now), []);
  });

  test('it holds no more than a call can go on from', async () => {
    const { conversations } = bench.storage;
    const owner = ownerOf('long');
    const id = await begun(owner, []);
    const large = { items: [{ id: 'x', item: JSON.stringify('x'.repeat(20 * 1024 * 1024)) }] };
    assert.equal(await conversations.add(owner, id, adding([], large)), 'added');
    assert.equal(await conversations.add(owner, id, adding([], large)), 'full');
    assert.equal((await conversations.find(owner, id, bench.world.now()))?.items, 1);
    assert.equal(await conversations.remove(owner, id), true);
  });

  test('what nothing was added to goes: in time, for want of room, or by its operator', async () => {
    const { conversations } = bench.storage;
    const owner = ownerOf('late');
    const now = bench.world.now();
    const short = await begun(owner, ['a'], { expiresAt: now + 10 });
    const long = await begun(owner, ['a'], { expiresAt: now + 500 });
    assert.equal(await conversations.find(owner, short, now + 11), null);
    assert.equal(await conversations.add(owner, short, adding(['b'], { now: now + 11 })), 'none');
    while ((await conversations.sweep(now + 11)) > 0);
    assert.equal(await conversations.find(owner, short, now), null, 'it is gone, and not only late');
    const [{ item } = { item: '' }] = adding(['a']).items;
    const next = await begun(owner, ['b'], { bytesMax: Buffer.byteLength(item) });
    assert.equal(await conversations.find(owner, long, now), null, 'the one that waits longest makes room');
    assert.ok(await conversations.find(owner, next, now));
    assert.equal(await conversations.removeAll({ workspaceId: owner.workspaceId, before: 1_000 }), 0);
    for (let at = 0; at < 20; at++) await begun(owner, ['a']);
    assert.equal(await conversations.removeAll({ workspaceId: owner.workspaceId }), 21, 'in several parts');
    assert.equal(await conversations.find(owner, next, now), null);
  });
}
