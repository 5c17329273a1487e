/** Laws of what is looked for among the calls of an account: receipts and refusals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idAt } from '../../base/ids.ts';
import { LIMITS } from '../../base/limits.ts';
import { nano } from '../../base/money.ts';
import type { Receipt } from '../../facts/receipt.ts';
import type { Place, Refusal, RequestFilter } from '../../insights/requests.ts';
import { type Bench, heldBy } from './bench.ts';
import { receiptOf } from './sample.ts';

const HOUR_MS = 3_600_000;

export function requestLaws(bench: Bench): void {
  let made = 0;
  const idNow = (): string => `${idAt('gen', bench.world.now())}${String(made++).padStart(14, '0')}`;
  searchLaws(bench, idNow);
  refusalLaws(bench, idNow);
}

function searchLaws(bench: Bench, idNow: () => string): void {
  const book = async (more: Partial<Receipt>, keyId: string): Promise<string> => {
    const request = { ...bench.next(keyId, 1_000_000n), generationId: idNow() };
    const isFailed = more.state === 'failed';
    const receipt = receiptOf(request, nano(isFailed ? 0n : 1_000n), more);
    const hold = await heldBy(bench.ledger, request);
    await (isFailed ? hold.release(receipt) : hold.settle(receipt));
    bench.world.advance(1_000);
    return receipt.id;
  };
  /** All that fits, however many questions it takes. */
  const all = async (filter: RequestFilter, limit = 3): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (let from: Place | null = null, rounds = 0; ; rounds++) {
      assert.ok(rounds < 100, 'a search comes to its end');
      const { found, next } = await bench.storage.records.search(filter, { from, limit });
      assert.ok(found.length <= limit);
      ids.push(...found.map(({ receipt }) => receipt.id));
      if (next === null) return ids;
      from = next;
    }
  };

  test('receipts are found by everything that is known of them, newest first, page after page', async () => {
    const key = await bench.keyOf();
    const mine = { accountId: 'owner', keyId: key };
    const began = bench.world.now();
    const first = await book({ provider: 'slow', totalMs: 9_000.5, sessionId: 'se"ss\\ion-ü' }, key);
    const second = await book({ model: null, requestedModel: 'no/body', state: 'failed' }, key);
    bench.world.advance(3 * 24 * HOUR_MS);
    const third = await book({ app: { origin: 'http://localhost:1', title: 'Mine', categories: [] } }, key);
    const fourth = await book({ state: 'cancelled', user: 'NUL \0 and 𝄞' }, key);
    const later = bench.world.now();
    bench.world.advance(40 * 24 * HOUR_MS);
    const fifth = await book({ bill: { ...receiptOf(bench.next(key, 1n), nano(5n)).bill, cost: nano(900_000n) } }, key);
    await book({}, await bench.keyOf());
    assert.deepEqual(await all(mine), [fifth, fourth, third, second, first]);
    assert.deepEqual(await all(mine, 1), [fifth, fourth, third, second, first]);
    for (const [more, ids] of [
      [{ provider: 'slow' }, [first]],
      [{ provider: 'host' }, [fifth, fourth, third, second]],
      [{ provider: 'hos' }, []],
      [{ totalMsMin: 9_000 }, [first]],
      [{ totalMsMin: 9_001 }, []],
      [{ sessionId: 'se"ss\\ion-ü' }, [first]],
      [{ sessionId: 'session-1' }, [fifth, fourth, third, second]],
      [{ model: 'no/body' }, [second]],
      [{ model: 'author/model' }, [fifth, fourth, third, first]],
      [{ model: '%' }, []],
      [{ state: 'failed' }, [second]],
      [{ state: 'trouble' }, [fourth, second]],
      [{ state: 'refused' }, []],
      [{ app: 'http://localhost:1 Mine' }, [third]],
      [{ app: 'http://localhost:1 Other' }, []],
      [{ user: 'NUL \0 and 𝄞' }, [fourth]],
      [{ costMin: nano(900_000n) }, [fifth]],
      [{ costMin: nano(900_001n) }, []],
      [{ from: began, to: later }, [fourth, third, second, first]],
      [{ from: later }, [fifth]],
      [{ to: began }, []],
      [{ workspaceId: 'workspace', state: 'completed' }, [fifth, third, first]],
      [{ workspaceId: 'another' }, []],
    ] as const)
      assert.deepEqual(await all({ ...mine, ...more }), ids, JSON.stringify(Object.entries(more).map(String)));
    assert.deepEqual(await all({ ...mine, accountId: 'somebody else' }), []);
  });
}

function refusalLaws(bench: Bench, idNow: () => string): void {
  test('a refusal is kept without what it said, found by its account alone, and the oldest make room', async () => {
    const { refusals } = bench.storage;
    const accountId = `account-${bench.world.newId('a')}`;
    const refusalOf = (more: Partial<Refusal> = {}): Refusal => ({
      id: idNow(),
      createdAt: bench.world.now(),
      accountId,
      keyId: 'key',
      keyLabel: null,
      workspaceId: 'workspace',
      operation: 'chat',
      clientDialect: 'openai-chat',
      model: 'no/model',
      code: 'unknown_model',
      message: 'no/model is not a valid model ID',
      others: 0,
      ...more,
    });
    const [one, two] = [refusalOf(), refusalOf({ keyId: null, workspaceId: null, model: null, others: 7 })];
    await refusals.add([two, one]);
    await refusals.add([two]);
    const page = { before: null, limit: 10 };
    assert.deepEqual(await refusals.search({ accountId }, page), [two, one]);
    assert.deepEqual(await refusals.search({ accountId }, { before: two.id, limit: 10 }), [one]);
    assert.deepEqual(await refusals.search({ accountId, keyId: 'key', model: 'no/model' }, page), [one]);
    assert.deepEqual(await refusals.search({ accountId, state: 'trouble' }, page), [two, one]);
    for (const more of [{ state: 'failed' }, { provider: 'x' }, { costMin: nano(1n) }, { to: one.createdAt }] as const)
      assert.deepEqual(await refusals.search({ accountId, ...more }, page), []);
    assert.deepEqual(await refusals.find(accountId, one.id), one);
    assert.equal(await refusals.find('owner', one.id), null);
    assert.deepEqual(await refusals.search({ accountId: 'owner', model: 'no/model' }, page), []);
    const many = Array.from({ length: LIMITS.refusals_max }, () => refusalOf({ message: 'later' }));
    await refusals.add(many);
    assert.equal(await refusals.find(accountId, one.id), null);
    assert.deepEqual(await refusals.find(accountId, many[0]?.id ?? ''), many[0]);
  });
}
