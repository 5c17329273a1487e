/** Laws of stored responses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_CHAIN, type StoredOwner, type StoredResponse } from '../../gateway/stored-responses.ts';
import type { Bench } from './bench.ts';

const DAY_MS = 86_400_000;
const PLENTY = 1024 ** 3;

/** What the laws make, and how they see it. */
function means(bench: Bench) {
  const ownerOf = (name: string): StoredOwner => ({
    accountId: 'owner',
    workspaceId: `${name} ${bench.world.newId('w')}`,
  });
  /** One that goes on from the other. */
  const next = (previous: StoredResponse | null, more: Partial<StoredResponse> = {}): StoredResponse => {
    const chain = previous?.chain ?? NO_CHAIN;
    const now = bench.world.now();
    return {
      id: bench.world.newId('gen'),
      previousId: previous?.id ?? null,
      createdAt: now,
      expiresAt: now + DAY_MS,
      input: `["NUL \\u0000, 𝄞 and ${chain.responses}"]`,
      output: '["said"]',
      response: '{"object":"response"}',
      chain: { bytes: chain.bytes + 40, items: chain.items + 2, responses: chain.responses + 1 },
      ...more,
    };
  };
  const sumOf = async ({ workspaceId }: StoredOwner) => {
    const sums = await bench.storage.responses.sums();
    return sums.find((sum) => sum.workspaceId === workspaceId);
  };
  return { ownerOf, next, sumOf };
}

const bytesOf = ({ input, output, response }: StoredResponse): number => Buffer.byteLength(input + output + response);

export function responseLaws(bench: Bench): void {
  chainLaws(bench);
  endLaws(bench);
}

function chainLaws(bench: Bench): void {
  const { ownerOf, next, sumOf } = means(bench);

  test('a chain of responses is there in its order, for its workspace alone', async () => {
    const { responses } = bench.storage;
    const [owner, other] = [ownerOf('own'), ownerOf('other')];
    const made: StoredResponse[] = [];
    for (let at = 0; at < 12; at++) {
      const one = next(made.at(-1) ?? null);
      made.push(one);
      await responses.add(owner, one, PLENTY);
    }
    const [first, last] = [made[0], made.at(-1)];
    assert.ok(first && last);
    const now = bench.world.now();
    assert.deepEqual(await responses.find(owner, last.id, now), last);
    assert.deepEqual(await responses.sizeOf(owner, last.id, now), { bytes: 480, items: 24, responses: 12 });
    const links = made.map(({ id, input, output }) => ({ id, input, output }));
    assert.deepEqual(await responses.chain(owner, last.id, now), links);
    assert.deepEqual(await responses.chain(owner, first.id, now), links.slice(0, 1));

    assert.equal(await responses.sizeOf(other, last.id, now), null);
    assert.equal(await responses.chain(other, last.id, now), null);
    assert.equal(await responses.find(other, last.id, now), null);
    assert.equal(await responses.remove(other, last.id), false);

    assert.equal(await responses.remove(owner, made[5]?.id ?? ''), true);
    assert.equal(await responses.remove(owner, made[5]?.id ?? ''), false);
    assert.equal(await responses.chain(owner, last.id, now), null, 'a part of it is gone');
    assert.deepEqual(await responses.chain(owner, made[4]?.id ?? '', now), links.slice(0, 5));
    const left = made.filter((_, at) => at !== 5).reduce((sum, one) => sum + bytesOf(one), 0);
    assert.deepEqual(await sumOf(owner), { ...owner, responses: 11, bytes: left });
  });
}

function endLaws(bench: Bench): void {
  const { ownerOf, next, sumOf } = means(bench);

  test('what has expired is not there, and is swept away', async () => {
    const { responses } = bench.storage;
    const owner = ownerOf('late');
    const short = next(null, { expiresAt: bench.world.now() + 10 });
    const long = next(short);
    await responses.add(owner, short, PLENTY);
    await responses.add(owner, long, PLENTY);
    const later = bench.world.now() + 11;
    assert.equal(await responses.find(owner, short.id, later), null);
    assert.equal(await responses.chain(owner, long.id, later), null);
    while ((await responses.sweep(later)) > 0);
    assert.deepEqual(await sumOf(owner), { ...owner, responses: 1, bytes: bytesOf(long) });
    assert.ok(await responses.find(owner, long.id, later));
  });

  test('of more than a workspace may have the oldest make room, never the newest', async () => {
    const { responses } = bench.storage;
    const owner = ownerOf('full');
    const made = [0, 1, 2, 3].map((at) => next(null, { createdAt: bench.world.now() + at }));
    const room = 3 * bytesOf(made[0] as StoredResponse);
    for (const one of made) await responses.add(owner, one, room);
    const now = bench.world.now();
    assert.equal(await responses.find(owner, made[0]?.id ?? '', now), null);
    assert.equal((await sumOf(owner))?.responses, 3);
    const large = next(null, { createdAt: now + 9, output: JSON.stringify(['x'.repeat(room)]) });
    await responses.add(owner, large, room);
    assert.deepEqual(await sumOf(owner), { ...owner, responses: 1, bytes: bytesOf(large) });
  });

  test('an operator deletes those of a workspace, of before a day, or all', async () => {
    const { responses } = bench.storage;
    const owner = ownerOf('deleted');
    const early = next(null, { createdAt: 1_000 });
    for (const one of [early, next(null), next(null)]) await responses.add(owner, one, PLENTY);
    assert.equal(await responses.removeAll({ workspaceId: owner.workspaceId, before: 2_000 }), 1);
    assert.equal(await responses.removeAll({ workspaceId: owner.workspaceId }), 2);
    assert.equal(await sumOf(owner), undefined);
    await responses.add(owner, early, PLENTY);
    assert.equal(await responses.removeAll({ id: early.id }), 1);
    for (let at = 0; at < 600; at++) await responses.add(owner, next(null), PLENTY);
    assert.ok((await responses.removeAll({})) >= 600, 'in several parts');
    assert.deepEqual(await responses.sums(), []);
  });
}
