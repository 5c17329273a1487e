/** Laws of tallies: what analytics answer is what receipts say, at every age. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_MONEY } from '../../base/money.ts';
import { usageOf } from '../../call/usage.ts';
import type { Receipt } from '../../facts/receipt.ts';
import type { AnalyticsQuestion } from '../../insights/analytics.ts';
import { DIMENSION_BY_NAME } from '../../insights/dimensions.ts';
import { openInsights } from '../../insights/insights.ts';
import { METRIC_BY_NAME } from '../../insights/metrics.ts';
import { isHold, openLedger } from '../../ledger/ledger.ts';
import type { Bench } from './bench.ts';
import { cents, receiptOf, requestOf } from './sample.ts';

const NEVER = requestOf('gen-never', 'tallied', NO_MONEY, 0);
const HOUR_MS = 3_600_000;

/** Questions to an account's tallies, and calls of it. */
function partsOf(bench: Bench) {
  const known = <T>(found: T | undefined): T => {
    assert.ok(found);
    return found;
  };
  const questionOf = (
    accountId: string,
    metrics: readonly string[],
    dimensions: readonly string[],
    more: Partial<AnalyticsQuestion> = {},
  ): AnalyticsQuestion => ({
    accountId,
    metrics: metrics.map((name) => known(METRIC_BY_NAME.get(name))),
    dimensions: dimensions.map((name) => known(DIMENSION_BY_NAME.get(name))),
    filters: [],
    granularity: null,
    from: bench.world.now() - 300 * 24 * HOUR_MS,
    to: bench.world.now() + HOUR_MS,
    order: null,
    limit: 1000,
    groupLimit: null,
    ...more,
  });
  const ask = async (question: AnalyticsQuestion) =>
    (await openInsights(bench.storage.insightsStore, bench.world).analytics(question, (slug) => slug)).rows;

  /** One call of an account of its own, as it is said to have ended. */
  async function settle(accountId: string, more: Partial<Receipt>): Promise<void> {
    const ledger = openLedger(bench.storage.ledgerStore, bench.world);
    const request = {
      ...requestOf(bench.world.newId('gen'), 'tallied', cents(5), bench.world.now()),
      accountId,
      scopes: [],
    };
    const hold = await ledger.hold(request);
    assert.ok(isHold(hold));
    const receipt = { ...receiptOf(request, cents(2)), accountId, createdAt: bench.world.now(), ...more };
    await (receipt.state === 'failed' ? hold.release(receipt) : hold.settle(receipt));
  }
  return { questionOf, ask, settle };
}

const USAGE = usageOf({ input: 900, output: 100 });

export function tallyLaws(bench: Bench): void {
  presentLaws(bench);
  keptByDaysLaws(bench);
  agingLaws(bench);
}

function presentLaws(bench: Bench): void {
  const { questionOf, ask, settle } = partsOf(bench);
  test('tallies say what receipts say, in total, by what they have in common and by time', async () => {
    const accountId = bench.world.newId('account');
    await bench.storage.accessStore.addAccount({ id: accountId, name: 'Tallied' }, bench.world.now());
    const fast = { usage: USAGE, streamed: true, firstContentMs: 200, totalMs: 1200 };
    await settle(accountId, { ...fast, user: 'ann' });
    await settle(accountId, { ...fast, user: 'ann', model: 'a/b:free' });
    await settle(accountId, { ...fast, firstContentMs: 400, totalMs: 2400, user: null });
    await settle(accountId, { state: 'failed', user: 'bob', usage: USAGE, bill: receiptOf(NEVER, NO_MONEY).bill });
    const [total] = await ask(
      questionOf(
        accountId,
        ['request_count', 'error_rate', 'tokens_total', 'total_usage', 'avg_latency', 'p99_latency'],
        [],
      ),
    );
    const { p99_latency, ...exact } = total ?? {};
    assert.deepEqual(exact, {
      request_count: 4,
      error_rate: 0.25,
      tokens_total: 3000,
      total_usage: 0.06,
      avg_latency: 800 / 3,
    });
    assert.ok(Math.abs(Number(p99_latency) / 400 - 1) < 0.08, `${p99_latency}`);
    const users = await ask(questionOf(accountId, ['request_count', 'tokens_total'], ['external_user']));
    assert.deepEqual(
      users.map(({ external_user, request_count, tokens_total }) => [external_user, request_count, tokens_total]),
      [
        ['ann', 2, 2000],
        [null, 1, 1000],
        ['bob', 1, 0],
      ],
    );
    const variants = await ask(questionOf(accountId, ['request_count'], ['variant']));
    assert.deepEqual(
      variants.map(({ variant, request_count }) => [variant, request_count]),
      [
        ['standard', 3],
        ['free', 1],
      ],
    );
    const others = bench.world.newId('account');
    assert.deepEqual(await ask(questionOf(others, ['request_count'], [])), []);
  });
}

/** By days, by what only hours tell, and by end users: whichever rows are read, they come to the same. */
async function askEveryWay(bench: Bench, accountId: string): Promise<readonly (readonly number[])[]> {
  const { questionOf, ask } = partsOf(bench);
  const month = { from: bench.world.now() - 31 * 24 * HOUR_MS };
  const ways: Parameters<typeof questionOf>[] = [
    [accountId, ['request_count', 'tokens_total'], ['model'], month],
    [accountId, ['request_count', 'tokens_total'], ['finish_reason'], month],
    [accountId, ['request_count', 'tokens_total'], ['external_user'], month],
    [accountId, ['request_count', 'tokens_total'], [], { ...month, granularity: 'day' }],
    [accountId, ['request_count', 'tokens_total'], [], { ...month, granularity: 'hour' }],
  ];
  const answers = await Promise.all(ways.map(async (way) => await ask(questionOf(...way))));
  return answers.map((rows) =>
    ['request_count', 'tokens_total'].map((name) => rows.reduce((sum, row) => sum + Number(row[name]), 0)),
  );
}

/** Hours in the order of time, from either end. */
async function proveOrder(bench: Bench, accountId: string): Promise<void> {
  const { questionOf, ask } = partsOf(bench);
  const newest = await ask(questionOf(accountId, ['request_count'], [], { granularity: 'hour', limit: 2 }));
  assert.deepEqual(
    newest.map(({ date__hour }) => date__hour),
    [0, 1].map((ago) => `${new Date(bench.world.now() - ago * HOUR_MS).toISOString().slice(0, 13)}:00:00.000Z`),
  );
  const oldest = await ask(
    questionOf(accountId, ['request_count'], [], {
      granularity: 'hour',
      limit: 1,
      order: { field: 'date', descending: false },
      from: bench.world.now() - 31 * 24 * HOUR_MS,
    }),
  );
  assert.deepEqual(
    oldest.map(({ request_count }) => request_count),
    [2],
    'the call of a hundred hours ago and the one that ended late',
  );
}

function keptByDaysLaws(bench: Bench): void {
  const { questionOf, ask, settle } = partsOf(bench);
  test('hours that grow old leave their days, which were true all along', async () => {
    const accountId = bench.world.newId('account');
    await bench.storage.accessStore.addAccount({ id: accountId, name: 'Kept by days' }, bench.world.now());
    const began = bench.world.now();
    const fast = { usage: USAGE, streamed: true, firstContentMs: 200, totalMs: 1200 };
    for (const hours of [7, 8, 30, 60])
      await settle(accountId, { ...fast, createdAt: began - hours * HOUR_MS, user: `u${hours}` });
    const fold = async (now: number): Promise<void> => {
      while ((await bench.storage.foldTallies(now)) > 0);
    };
    const told = async (dimensions: readonly string[], more: Partial<AnalyticsQuestion> = {}) =>
      (await ask(questionOf(accountId, ['request_count', 'p50_latency'], dimensions, more))).reduce(
        (sum, row) => [Number(sum[0]) + Number(row.request_count), row.p50_latency ?? null],
        [0, null] as readonly (string | number | null)[],
      );
    await fold(began);
    const speed = (await told([]))[1];
    assert.ok(Math.abs(Number(speed) / 200 - 1) < 0.08, `${speed}`);
    assert.deepEqual(await told(['model']), [4, speed]);
    assert.deepEqual(await told(['streamed']), [4, speed]);
    // The two older ones are told by days alone, one of which a call of it that ends late joins; then all are.
    for (const [days, late] of [
      [31, 30],
      [60, 7],
    ] as const) {
      await fold(began + days * 24 * HOUR_MS);
      await settle(accountId, { ...fast, createdAt: began - late * HOUR_MS });
      await fold(began + days * 24 * HOUR_MS);
      const calls = days === 31 ? 5 : 6;
      assert.equal((await told([]))[0], calls);
      assert.equal((await told(['model'], { granularity: 'day' }))[0], calls);
      assert.equal((await told(['streamed']))[0], calls, 'also beside hours that are still there');
      assert.equal((await told(['external_user']))[0], calls);
    }
    assert.equal((await told([]))[1], null, 'speeds go with the hours');
  });
}

function agingLaws(bench: Bench): void {
  const { questionOf, ask, settle } = partsOf(bench);
  test('what ages is told by hours and days, and is never counted twice or lost', async () => {
    const accountId = bench.world.newId('account');
    await bench.storage.accessStore.addAccount({ id: accountId, name: 'Aged' }, bench.world.now());
    const ages = [0, 1, 7, 8, 100, 33 * 24, 34 * 24, 60 * 24];
    for (const hours of ages)
      await settle(accountId, { createdAt: bench.world.now() - hours * HOUR_MS, usage: USAGE, user: `u${hours}` });
    const total = async () =>
      (await ask(questionOf(accountId, ['request_count', 'tokens_total'], []))).map((row) => ({ ...row }));
    const all = [{ request_count: ages.length, tokens_total: ages.length * 1000 }];
    const everyWay = () => askEveryWay(bench, accountId);
    const recentOnes = ages.filter((hours) => hours < 31 * 24).length;
    const asMany = (calls: number) => Array.from({ length: 5 }, () => [calls, calls * 1000]);
    assert.deepEqual(await total(), all);
    assert.deepEqual(await everyWay(), asMany(recentOnes));
    let rounds = 0;
    for (;;) {
      const done = await bench.storage.foldTallies(bench.world.now());
      assert.deepEqual(await total(), all);
      assert.deepEqual(await everyWay(), asMany(recentOnes));
      if (done === 0) break;
      assert.ok(++rounds < 50, 'it comes to an end');
    }
    assert.ok(rounds > 0);
    // A call that ends late is counted where its time is by now.
    await settle(accountId, { createdAt: bench.world.now() - 100 * HOUR_MS, usage: USAGE });
    while ((await bench.storage.foldTallies(bench.world.now())) > 0);
    assert.deepEqual(await total(), [{ request_count: ages.length + 1, tokens_total: (ages.length + 1) * 1000 }]);
    assert.deepEqual(await everyWay(), asMany(recentOnes + 1));
    await proveOrder(bench, accountId);
    const days = await ask(questionOf(accountId, ['request_count'], [], { granularity: 'day' }));
    assert.equal(
      days.reduce((sum, { request_count }) => sum + Number(request_count), 0),
      ages.length + 1,
    );
    const recent = { from: bench.world.now() - 3 * HOUR_MS, to: bench.world.now() + 60_000 };
    const fresh = await ask(questionOf(accountId, ['request_count'], [], { granularity: 'minute', ...recent }));
    assert.deepEqual(
      fresh.map(({ request_count }) => request_count),
      [1, 1],
    );
    const users = await ask(
      questionOf(accountId, ['request_count'], ['external_user'], { from: bench.world.now() - 31 * 24 * HOUR_MS }),
    );
    assert.equal(users.length, 6, 'users are told apart for a month');
  });
}
