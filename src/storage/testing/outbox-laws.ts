/** Laws of receipts on their way to destinations. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Receipt } from '../../facts/receipt.ts';
import { type Bench, heldBy } from './bench.ts';
import { cents, receiptOf } from './sample.ts';

const EVERYWHERE = { id: 'everywhere', workspaceId: null };

const idsOf = (receipts: readonly Receipt[]): string[] => receipts.map(({ id }) => id);

/** So many calls that are settled, in the order of their ids. */
async function settled(bench: Bench, count: number): Promise<string[]> {
  const key = await bench.keyOf();
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    const request = bench.next(key, cents(2));
    await (await heldBy(bench.ledger, request)).settle(receiptOf(request, cents(1)));
    ids.push(request.generationId);
  }
  return ids.sort();
}

export function outboxLaws(bench: Bench): void {
  test('a receipt waits for every destination that its workspace has, and for each until it is done', async () => {
    const { outbox } = bench.storage;
    const other = { id: 'other', workspaceId: 'another workspace' };
    const own = { id: 'own', workspaceId: 'workspace' };
    await settled(bench, 1);
    await outbox.register([EVERYWHERE, own, other]);
    const ids = await settled(bench, 3);
    assert.deepEqual(idsOf(await outbox.claim('everywhere', 2, 60_000)), ids.slice(0, 2), 'none of before');
    assert.deepEqual(idsOf(await outbox.claim('everywhere', 9, 60_000)), ids.slice(2), 'none twice');
    await outbox.release('everywhere', ids.slice(1));
    assert.deepEqual(idsOf(await outbox.claim('everywhere', 9, 60_000)), ids.slice(1));
    await outbox.done('everywhere', ids);
    assert.deepEqual(await outbox.claim('everywhere', 9, 60_000), []);
    const [first] = await outbox.claim('own', 1, 60_000);
    assert.deepEqual(first, await bench.storage.records.find(ids[0] ?? ''), 'the whole receipt');
    assert.deepEqual(await outbox.claim('other', 9, 60_000), []);
    await outbox.register([]);
  });

  test('what waits for a destination that is gone is forgotten, and of too much the oldest', async () => {
    const { outbox } = bench.storage;
    await outbox.register([EVERYWHERE]);
    const ids = await settled(bench, 5);
    assert.equal(await outbox.shorten('everywhere', 2), 3);
    assert.equal(await outbox.shorten('everywhere', 2), 0);
    assert.deepEqual(idsOf(await outbox.claim('everywhere', 9, 0)), ids.slice(3));
    await outbox.register([]);
    await outbox.register([EVERYWHERE]);
    assert.deepEqual(await outbox.claim('everywhere', 9, 0), []);
    await outbox.register([]);
    await settled(bench, 1);
    assert.deepEqual(await outbox.claim('everywhere', 9, 0), [], 'nobody is sent to');
  });

  test('a claim ends, and others may send what its claimant did not', async () => {
    const { outbox } = bench.storage;
    await outbox.register([EVERYWHERE]);
    const ids = await settled(bench, 1);
    assert.deepEqual(idsOf(await outbox.claim('everywhere', 9, 0)), ids);
    assert.deepEqual(idsOf(await outbox.claim('everywhere', 9, 60_000)), ids, 'its time was over at once');
    assert.deepEqual(await outbox.claim('everywhere', 9, 0), []);
    await outbox.register([]);
  });
}
