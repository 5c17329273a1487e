import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFrom } from '../../access/keys.ts';
import { openInsights } from '../../insights/insights.ts';
import { METRIC_BY_NAME } from '../../insights/metrics.ts';
import type { Bench } from './bench.ts';

let made = 0;

/** Acts that are committed together, and what comes from elsewhere. */
export function draftLaws(bench: Bench): void {
  togetherLaws(bench);
  historyLaws(bench);
}

async function account({ storage, world }: Bench): Promise<string> {
  const id = `drafter-${process.pid}-${++made}`;
  await storage.accessStore.addAccount({ id, name: id }, world.now());
  return id;
}

function togetherLaws(bench: Bench): void {
  test('acts of a draft are committed together, or none of them where one finds nothing to change', async () => {
    const { storage, world } = bench;
    const { accessStore } = storage;
    const accountId = await account(bench);
    const [one, other] = ['one', 'other'].map((name) =>
      keyFrom({ name, accountId }, `${accountId} ${name}`, world.now()),
    );
    assert.ok(one && other);
    const broken = storage.draft();
    await broken.accessStore.addKey(one);
    await broken.accessStore.changeKey('gone', { name: 'nobody', updatedAt: world.now() });
    await assert.rejects(broken.commit(), /Nothing was done/);
    assert.equal((await accessStore.findKeys([one.hash])).size, 0);
    const whole = storage.draft();
    await whole.accessStore.addKey(one);
    await whole.accessStore.changeKey(one.hash, { disabled: true, updatedAt: world.now() });
    await whole.accessStore.addKey(other);
    assert.equal((await accessStore.findKeys([one.hash])).size, 0, 'nothing is done before it is committed');
    await whole.commit();
    assert.deepEqual((await accessStore.findKeys([one.hash])).get(one.hash)?.disabled, true);
    const twice = storage.draft();
    await twice.accessStore.removeKey(other.hash);
    await twice.accessStore.addKey(one);
    await assert.rejects(twice.commit(), /Nothing was done/);
    assert.equal((await accessStore.findKeys([other.hash])).size, 1);
  });
}

function historyLaws(bench: Bench): void {
  test('history of elsewhere that is imported twice is there once', async () => {
    const { storage, world } = bench;
    const accountId = await account(bench);
    const none = { reasoningTokens: 0n, cachedTokens: 0n, byokCost: 0n };
    const day = {
      day: '2026-11-20',
      model: 'm/m',
      provider: 'p',
      requests: 2n,
      promptTokens: 3n,
      completionTokens: 4n,
      cost: 5n,
      ...none,
    };
    const history = { accountId, workspaceId: 'w', app: { id: 'import:law', title: 'Imported' }, days: [day] };
    await storage.importHistory(history);
    await storage.importHistory({ ...history, days: [{ ...day, requests: 7n }] });
    const known = (await openInsights(storage.insightsStore, world).analytics(
      {
        accountId,
        metrics: ['request_count'].map((name) => METRIC_BY_NAME.get(name) ?? assert.fail(name)),
        dimensions: [],
        filters: [],
        granularity: null,
        from: Date.UTC(2026, 10, 20),
        to: Date.UTC(2026, 10, 21),
        order: null,
        limit: 10,
        groupLimit: null,
      },
      (slug) => slug,
    )) as { readonly rows: readonly unknown[] };
    assert.match(JSON.stringify(known.rows), /"request_count":7\b/);
  });
}
