/** What holds of every store, whichever engine it is. Run by `laws.test.ts` against all of them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openAccess } from '../access/access.ts';
import { prepareAccess } from '../access/prepare.ts';
import { type FaultCode, fault } from '../base/fault.ts';
import { nano } from '../base/money.ts';
import { dayOf } from '../base/period.ts';
import type { Attempt } from '../facts/attempt.ts';
import { accountScope, keyScope, workspaceScope } from '../facts/scope.ts';
import { openInsights } from '../insights/insights.ts';
import { reportAudit } from '../ledger/audit.ts';
import { isHold, type Ledger, openLedger } from '../ledger/ledger.ts';
import { newSecret, type Storage } from './open.ts';
import { accessLaws } from './testing/access-laws.ts';
import { alertLaws } from './testing/alert-laws.ts';
import { auditLogLaws, keptLogLaws } from './testing/audit-log-laws.ts';
import { type Bench, heldBy, type LawWorld, transfersOf } from './testing/bench.ts';
import { clockWorld } from './testing/clock.ts';
import { contentLaws } from './testing/content-laws.ts';
import { conversationLaws } from './testing/conversation-laws.ts';
import { draftLaws } from './testing/draft-laws.ts';
import { fileLaws } from './testing/file-laws.ts';
import { guardrailLaws } from './testing/guardrail-laws.ts';
import { identityLaws, passkeyLaws } from './testing/identity-laws.ts';
import { jobLaws, sharedJobLaws } from './testing/job-laws.ts';
import { lateLaws } from './testing/late-laws.ts';
import { outboxLaws } from './testing/outbox-laws.ts';
import { paymentLaws } from './testing/payment-laws.ts';
import { invitationLaws, ownerLaws, passwordLaws, peopleLaws, secondFactorLaws } from './testing/people-laws.ts';
import { presetLaws } from './testing/preset-laws.ts';
import { requestLaws } from './testing/request-laws.ts';
import { responseLaws } from './testing/response-laws.ts';
import { cents, receiptOf, requestOf } from './testing/sample.ts';
import { scopeLaws, sharedScopeLaws } from './testing/scope-laws.ts';
import { secretLaws } from './testing/secret-laws.ts';
import { tallyLaws } from './testing/tally-laws.ts';

const NOON = Date.UTC(2026, 10, 22, 12);

/** `open` opens a store of the named engine that is empty at first; a second one may share it (`another`). */
export type Engine = {
  readonly open: (world: LawWorld) => Promise<Storage>;
  readonly another: ((world: LawWorld) => Promise<Storage>) | null;
  /** It tells minutes by a clock of its own. */
  readonly hasOwnClock?: boolean;
};

export function storeLaws(name: string, engine: Engine): void {
  describe(`laws of the store: ${name}`, () => {
    const world = clockWorld(NOON);
    let storage: Storage;
    let ledger: Ledger;
    before(async () => {
      storage = await engine.open(world);
      ledger = openLedger(storage.ledgerStore, world);
      await prepareAccess({ store: storage.accessStore, world, newSecret, apiKey: 'sk-test-of-the-laws' });
    });
    after(async () => {
      ledger.close();
      await storage.close();
    });
    const bench: Bench = {
      world,
      get storage() {
        return storage;
      },
      get ledger() {
        return ledger;
      },
      hasOwnClock: engine.hasOwnClock ?? false,
      keyOf: async (limit) => {
        const access = openAccess({ store: storage.accessStore, world, newSecret });
        const { key } = await access.keys.create({ name: 'law', ...(limit !== undefined && { limit: nano(limit) }) });
        return key.hash;
      },
      sound: async () => {
        const report = reportAudit(await storage.audit());
        assert.ok(report.isSound, report.lines.join('\n'));
      },
      next: (keyId, amount) => requestOf(world.newId('gen'), keyId, nano(amount), world.now()),
    };
    holdLaws(bench);
    lateLaws(bench);
    jobLaws(bench);
    outboxLaws(bench);
    presetLaws(bench);
    alertLaws(bench);
    guardrailLaws(bench, engine.another);
    fileLaws(bench, engine.another);
    keptTextLaws(bench);
    limitLaws(bench);
    scopeLaws(bench);
    recordLaws(bench);
    requestLaws(bench);
    serviceLaws(bench);
    auditLogLaws(bench);
    keptLogLaws(bench);
    passwordLaws(bench);
    secondFactorLaws(bench);
    invitationLaws(bench);
    identityLaws(bench);
    passkeyLaws(bench);
    if (engine.another) {
      sharingLaws(bench, engine.another);
      accessLaws(bench, engine.another);
      peopleLaws(bench, engine.another);
      ownerLaws(bench, engine.another);
      secretLaws(bench, engine.another);
      sharedScopeLaws(bench, engine.another);
      sharedJobLaws(bench, engine.another);
    }
    // The last, for it settles calls of months that others list.
    tallyLaws(bench);
    draftLaws(bench);
    paymentLaws(bench);
  });
}

/** How one call is held and ended. */
function keptTextLaws(bench: Bench): void {
  responseLaws(bench);
  conversationLaws(bench);
  contentLaws(bench);
}

function holdLaws(bench: Bench): void {
  test('an unlimited key is held, settled once, and its receipt is there when settling resolves', async () => {
    const key = await bench.keyOf();
    const request = bench.next(key, cents(10));
    const hold = await heldBy(bench.ledger, request);
    hold.dispatched('author/model@host');
    await hold.durable;
    assert.equal((await bench.ledger.balance('owner')).held, cents(10));
    const receipt = receiptOf(request, cents(4), { user: 'NUL \0 and 𝄞', app: null });
    await hold.settle(receipt);
    assert.deepEqual(await bench.storage.records.find(request.generationId), receipt);
    assert.throws(() => hold.settle(receipt), /once/);
    const balance = await bench.ledger.balance('owner');
    assert.equal(balance.held, 0n);
    assert.equal(balance.settled, cents(4));
    const usage = (await bench.storage.accessStore.usage([key], bench.world.now())).get(key);
    assert.equal(usage?.total.cost, cents(4));
    assert.equal(usage?.daily.cost, cents(4));
    assert.equal(usage?.monthly.cost, cents(4));
    await bench.sound();
  });

  test('what is left is told of the limit of which the smallest share is left', async () => {
    const key = await bench.keyOf(cents(100));
    const owners = [keyScope(key), workspaceScope('nobody’s'), accountScope('owner')];
    const { ledgerStore, accessStore } = bench.storage;
    assert.deepEqual(await ledgerStore.left(owners), { amount: cents(100), share: 1 });
    const request = bench.next(key, cents(40));
    await (await heldBy(bench.ledger, request)).settle(receiptOf(request, cents(25)));
    assert.deepEqual(await ledgerStore.left(owners), { amount: cents(75), share: 0.75 });
    const daily = { scope: keyScope(key), source: 'x', interval: 'daily', withByok: false } as const;
    await accessStore.budgets.put([{ ...daily, amount: cents(50) }], bench.world.now());
    assert.deepEqual(await ledgerStore.left(owners), { amount: cents(25), share: 0.5 });
    await accessStore.budgets.put([{ ...daily, amount: cents(20) }], bench.world.now());
    assert.deepEqual(await ledgerStore.left(owners), { amount: cents(0), share: 0 });
    assert.equal(await ledgerStore.left([keyScope('unheard-of')]), null);
    assert.equal(await ledgerStore.left([]), null);
  });

  test('a released hold costs nothing and leaves a receipt', async () => {
    const request = bench.next(await bench.keyOf(), cents(10));
    const before = await bench.ledger.balance('owner');
    const hold = await heldBy(bench.ledger, request);
    await hold.release(receiptOf(request, nano(0n)));
    assert.deepEqual(await bench.ledger.balance('owner'), before);
    assert.equal((await bench.storage.records.find(request.generationId))?.state, 'failed');
    await bench.sound();
  });

  test('what a call costs beyond its hold is a transfer of its own, and counts against the limit', async () => {
    const key = await bench.keyOf(cents(10));
    const request = bench.next(key, cents(5));
    await (await heldBy(bench.ledger, request)).settle(receiptOf(request, cents(8)));
    const { rows } = await transfersOf(bench.storage, request.generationId);
    assert.deepEqual(rows, [
      { kind: 'charge', amount: cents(5) },
      { kind: 'excess', amount: cents(3) },
    ]);
    assert.ok(!isHold(await bench.ledger.hold(bench.next(key, cents(2.1)))));
    const rest = bench.next(key, cents(2));
    await (await heldBy(bench.ledger, rest)).settle(receiptOf(rest, cents(2)));
    await bench.sound();
  });

  test('credit is booked once for each id', async () => {
    const credit = { id: 'payment-1', accountId: 'owner', amount: cents(500), reason: 'a payment' };
    const before = (await bench.ledger.balance('owner')).credits;
    await bench.ledger.credit(credit);
    await bench.ledger.credit(credit);
    assert.equal((await bench.ledger.balance('owner')).credits - before, cents(500));
    await bench.sound();
  });
}

/** What a limit allows, whatever comes at once. */
function limitLaws(bench: Bench): void {
  test('1,000 calls at once on one dollar spend at most one dollar', async () => {
    const key = await bench.keyOf(cents(100));
    const requests = Array.from({ length: 1000 }, () => bench.next(key, cents(1.5)));
    const answers = await Promise.all(requests.map((request) => bench.ledger.hold(request)));
    const holds = answers.filter(isHold);
    assert.equal(holds.length, 66, 'as many as fit, no more and no fewer');
    const refused = answers.find((answer) => !isHold(answer));
    assert.equal(refused && 'code' in refused && refused.code, 'payment_required');
    await Promise.all(
      holds.map((hold) => {
        const request = requests.find(({ generationId }) => generationId === hold.generationId);
        assert.ok(request);
        return hold.settle(receiptOf(request, cents(1)));
      }),
    );
    assert.equal((await bench.storage.accessStore.usage([key], bench.world.now())).get(key)?.total.cost, cents(66));
    const last = bench.next(key, cents(34));
    await (await heldBy(bench.ledger, last)).settle(receiptOf(last, cents(34)));
    const none = await bench.ledger.hold(bench.next(key, cents(0.1)));
    assert.ok(!isHold(none));
    await bench.sound();
  });

  test('a refusal says how many tokens are affordable', async () => {
    const key = await bench.keyOf(cents(50));
    const answer = await bench.ledger.hold(bench.next(key, cents(100)));
    assert.ok(!isHold(answer));
    assert.match(answer.message, /You requested up to 1000 tokens, but can only afford 444\./);
  });

  test('a top-up beyond the limit is refused and the hold stays as it was', async () => {
    const key = await bench.keyOf(cents(10));
    const request = bench.next(key, cents(6));
    const hold = await heldBy(bench.ledger, request);
    assert.equal(await hold.topUp(cents(4)), true);
    assert.equal(await hold.topUp(cents(1)), false);
    await hold.settle(receiptOf(request, cents(9)));
    const last = bench.next(key, cents(1));
    await (await heldBy(bench.ledger, last)).settle(receiptOf(last, cents(1)));
    await bench.sound();
  });

  test('a raised limit holds at once, a daily one starts afresh at midnight', async () => {
    const access = openAccess({ store: bench.storage.accessStore, world: bench.world, newSecret });
    const { key } = await access.keys.create({ name: 'daily', limit: cents(1), limitReset: 'daily' });
    const first = bench.next(key.hash, cents(1));
    await (await heldBy(bench.ledger, first)).settle(receiptOf(first, cents(1)));
    assert.ok(!isHold(await bench.ledger.hold(bench.next(key.hash, cents(1)))));
    await access.keys.change(key.hash, { limit: cents(2) });
    const second = bench.next(key.hash, cents(1));
    await (await heldBy(bench.ledger, second)).settle(receiptOf(second, cents(1)));
    assert.ok(!isHold(await bench.ledger.hold(bench.next(key.hash, cents(1)))));
    bench.world.advance(12 * 3_600_000);
    const third = bench.next(key.hash, cents(2));
    await (await heldBy(bench.ledger, third)).settle(receiptOf(third, cents(2)));
    const usage = (await bench.storage.accessStore.usage([key.hash], bench.world.now())).get(key.hash);
    assert.equal(usage?.daily.cost, cents(2));
    assert.equal(usage?.total.cost, cents(4));
  });
}

/** What is left of calls: receipts and sums. */
function recordLaws(bench: Bench): void {
  test('roll-ups rank models and apps; receipts are listed newest first, month after month', async () => {
    const insights = openInsights(bench.storage.insightsStore, bench.world);
    const app = { origin: 'https://app.example', title: 'An app', categories: ['cli-agent'] };
    const key = await bench.keyOf();
    const settle = async (model: string): Promise<string> => {
      const request = { ...bench.next(key, cents(1)), model };
      await (await heldBy(bench.ledger, request)).settle(receiptOf(request, cents(1), { app }));
      return request.generationId;
    };
    const old = await settle('author/old');
    bench.world.advance(20 * 86_400_000);
    const young = await settle('author/young');
    await settle('author/young');
    const [first] = await insights.models({ days: 7, app: 'https://app.example' });
    assert.equal(first?.model, 'author/young');
    assert.equal(first?.requests, 2n);
    assert.equal(first?.tokens, 340n);
    assert.equal(first?.growth, null);
    assert.equal((await insights.apps({ days: 30, model: 'author/old' }))[0]?.app.title, 'An app');
    assert.equal((await insights.days({ days: 7, model: 'author/young' })).length, 1);
    const listed = (await bench.storage.records.newest(3)).map(({ id }) => id);
    assert.equal(listed.length, 3);
    assert.equal(listed[2], old);
    assert.deepEqual(await bench.storage.records.months(), ['2026-12', '2026-11']);
    await bench.sound();
    await bench.storage.records.dropMonth('2026-11');
    assert.equal(await bench.storage.records.find(old), null);
    assert.ok(await bench.storage.records.find(young));
    await bench.sound();
  });
}

function serviceLaws(bench: Bench): void {
  test('an attempt that failed is an error of its endpoint, whoever answered; a failed call moves no tokens', async () => {
    const insights = openInsights(bench.storage.insightsStore, bench.world);
    const key = await bench.keyOf();
    const book = async (cost: bigint, attempts: readonly (readonly [host: string, code: FaultCode | null])[]) => {
      const request = { ...bench.next(key, cents(1)), model: 'served/model' };
      const [host = '', code] = attempts.at(-1) ?? [];
      const answered = {
        endpoint: `served/model@${host}`,
        provider: host,
        state: code ? 'failed' : 'completed',
      } as const;
      const more = { ...answered, attempts: attempts.map(([name, broken]) => attemptOf(name, broken)) };
      await (await heldBy(bench.ledger, request)).settle(receiptOf(request, nano(cost), more));
    };
    await book(10n, [['steady', null]]);
    await book(10n, [
      ['shaky', 'upstream_server_error'],
      ['steady', null],
    ]);
    await book(10n, [['shaky', null]]);
    await book(0n, [
      ['shaky', 'upstream_rate_limit'],
      ['shaky', 'upstream_truncated'],
    ]);
    const day = dayOf(bench.world.now());
    const sums = await insights.sums({ from: day, to: day, by: ['endpoint'], where: { model: 'served/model' } });
    const told = sums.map(({ endpoint, requests, errors }) => [endpoint, Number(requests), Number(errors)]);
    assert.deepEqual(told.sort(), [
      ['', 1, 1],
      ['served/model@shaky', 1, 2],
      ['served/model@steady', 2, 0],
    ]);
    const ranked = (await insights.models({ days: 1 })).find(({ model }) => model === 'served/model');
    assert.deepEqual([ranked?.requests, ranked?.tokens], [4n, 3n * 170n], 'the tokens of three answers');
    await bench.sound();
  });
}

const attemptOf = (host: string, code: FaultCode | null): Attempt => ({
  endpoint: `served/model@${host}`,
  provider: host,
  model: 'served/model',
  startedAt: 0,
  status: code ? 500 : 200,
  upstreamId: null,
  headersMs: 1,
  firstContentMs: 1,
  totalMs: 1,
  outcome: code ? 'failed' : 'answered',
  fault: code ? fault(code, 'It failed.') : null,
  losses: [],
});

/** Two processes on one store. */
function sharingLaws(bench: Bench, another: NonNullable<Engine['another']>): void {
  test('two processes share a limit, and one gives back what the other needs', async () => {
    const key = await bench.keyOf(cents(100));
    const otherStorage = await another(bench.world);
    const other = openLedger(otherStorage.ledgerStore, bench.world);
    // No faster than the real clock: a store that seems silent for seconds has new calls refused.
    const passing = setInterval(() => bench.world.advance(1), 1);
    const both = Array.from({ length: 200 }, (_, at) => ({ at, request: bench.next(key, cents(1)) }));
    const answers = await Promise.all(both.map(({ at, request }) => (at % 2 ? bench.ledger : other).hold(request)));
    const held = both.flatMap(({ request }, at) => {
      const answer = answers[at];
      return answer && isHold(answer) ? [{ hold: answer, request }] : [];
    });
    assert.equal(held.length, 100);
    await Promise.all(held.map(({ hold, request }) => hold.settle(receiptOf(request, cents(0.5)))));
    const rest = bench.next(key, cents(50));
    await (await heldBy(other, rest)).settle(receiptOf(rest, cents(50)));
    clearInterval(passing);
    assert.equal((await bench.storage.accessStore.usage([key], bench.world.now())).get(key)?.total.cost, cents(100));
    other.close();
    await otherStorage.close();
    await bench.sound();
  });

  test('what one process spent beyond its lease, another cannot spend again', async () => {
    const key = await bench.keyOf(cents(10));
    const otherStorage = await another(bench.world);
    const other = openLedger(otherStorage.ledgerStore, bench.world);
    const first = bench.next(key, cents(5));
    await (await heldBy(bench.ledger, first)).settle(receiptOf(first, cents(12)));
    assert.ok(!isHold(await other.hold(bench.next(key, cents(1)))), 'the limit is spent');
    other.close();
    await otherStorage.close();
    await bench.sound();
  });
}
