/** Laws of everything that can run out: all scopes of a call at once or none of them, and never over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../../base/fault.ts';
import { nano } from '../../base/money.ts';
import { type Budget, countScope, keyScope, memberScope, type Scope, workspaceScope } from '../../facts/scope.ts';
import type { Hold } from '../../ledger/hold.ts';
import { type HoldRequest, isHold, type Ledger, openLedger } from '../../ledger/ledger.ts';
import type { Storage } from '../open.ts';
import { type Bench, heldBy, type LawWorld } from './bench.ts';
import { cents, receiptOf } from './sample.ts';

type Held = { readonly hold: Hold; readonly request: HoldRequest };

const budgetOf = (scope: Scope, interval: Budget['interval'], amount: bigint) => ({
  scope,
  source: '',
  interval,
  amount,
  withByok: false,
});

/** A call of a workspace of its own, on these scopes beside its key. */
function callOf(
  bench: Bench,
  key: string,
  workspaceId: string,
  amount: bigint,
  more: readonly Scope[] = [],
): HoldRequest {
  const request = bench.next(key, amount);
  return { ...request, workspaceId, scopes: [keyScope(key), ...more, workspaceScope(workspaceId)] };
}

async function holdAll(requests: readonly HoldRequest[], ledgerOf: (at: number) => Ledger) {
  const answers = await Promise.all(requests.map((request, at) => ledgerOf(at).hold(request)));
  const held: Held[] = [];
  const refused: Fault[] = [];
  for (const [at, answer] of answers.entries()) {
    const request = requests[at];
    if (request && isHold(answer)) held.push({ hold: answer, request });
    else refused.push(answer as Fault);
  }
  return { held, refused };
}

const settleAll = (held: readonly Held[], cost: bigint): Promise<unknown> =>
  Promise.all(held.map(({ hold, request }) => hold.settle(receiptOf(request, nano(cost)))));

let names = 0;
const newName = (): string => `workspace-${names++}`;

export function scopeLaws(bench: Bench): void {
  test('1,000 calls at once on a workspace of a dollar spend at most a dollar, whatever their keys may', async () => {
    const workspace = newName();
    await bench.storage.accessStore.budgets.put(
      [budgetOf(workspaceScope(workspace), 'lifetime', cents(100))],
      bench.world.now(),
    );
    const keys = await Promise.all([bench.keyOf(), bench.keyOf(cents(30)), bench.keyOf(cents(500))]);
    const requests = Array.from({ length: 1_000 }, (_, at) => callOf(bench, keys[at % 3] ?? '', workspace, cents(1.5)));
    const { held, refused } = await holdAll(requests, () => bench.ledger);
    assert.ok(held.length <= 66 && held.length > 55, `${held.length}: as many as fit, or nearly`);
    assert.ok(refused.every(({ code }) => code === 'permission_denied' || code === 'payment_required'));
    await settleAll(held, cents(1));
    const left = cents(100 - held.length);
    const rest = callOf(bench, keys[0] ?? '', workspace, left);
    await (await heldBy(bench.ledger, rest)).settle(receiptOf(rest, left));
    const none = await bench.ledger.hold(callOf(bench, keys[0] ?? '', workspace, cents(1)));
    assert.ok(!isHold(none));
    assert.match(none.message, /^The lifetime budget of this workspace is \$1, of which \$0 is left; .* \$0\.01\.$/);
    assert.deepEqual(none.metadata, {
      scope: 'workspace',
      unit: 'usd',
      interval: 'lifetime',
      limit: 1,
      available: 0,
      needed: 0.01,
      resets_at: null,
    });
    await bench.sound();
  });

  test('a call that one scope refuses has nothing of the others', async () => {
    const workspace = newName();
    await bench.storage.accessStore.budgets.put(
      [budgetOf(workspaceScope(workspace), 'daily', cents(5))],
      bench.world.now(),
    );
    const key = await bench.keyOf(cents(10));
    const rate = countScope('requests', keyScope(key));
    await bench.storage.accessStore.budgets.put([budgetOf(rate, 'minute', 2n)], bench.world.now());
    for (let tries = 0; tries < 5; tries++)
      assert.ok(!isHold(await bench.ledger.hold(callOf(bench, key, workspace, cents(6), [rate]))));
    const fits = callOf(bench, key, newName(), cents(10), [rate]);
    await (await heldBy(bench.ledger, fits)).settle(receiptOf(fits, cents(10)));
    await bench.sound();
  });

  periodLaws(bench);
  countLaws(bench);
}

/** Budgets by their period and their owner. */
function periodLaws(bench: Bench): void {
  test('of several intervals the one that leaves least counts, and starts afresh at midnight', async () => {
    const workspace = newName();
    const scope = workspaceScope(workspace);
    await bench.storage.accessStore.budgets.put([budgetOf(scope, 'daily', cents(2))], bench.world.now());
    await bench.storage.accessStore.budgets.put([budgetOf(scope, 'monthly', cents(3))], bench.world.now());
    const key = await bench.keyOf();
    const spend = async (amount: number): Promise<string> => {
      const request = callOf(bench, key, workspace, cents(amount));
      const answer = await bench.ledger.hold(request);
      if (!isHold(answer)) return String(answer.metadata?.interval);
      await answer.settle(receiptOf(request, cents(amount)));
      return 'settled';
    };
    assert.equal(await spend(2), 'settled');
    assert.equal(await spend(1), 'daily');
    bench.world.advance(86_400_000 - (bench.world.now() % 86_400_000));
    assert.equal(await spend(2), new Date(bench.world.now()).getUTCDate() === 1 ? 'settled' : 'monthly');
    await bench.storage.accessStore.budgets.remove(budgetOf(scope, 'monthly', 0n));
    await bench.storage.accessStore.budgets.put([budgetOf(scope, 'daily', cents(9))], bench.world.now());
    assert.equal(await spend(2), 'settled', 'a raised budget counts from the next call on');
    await bench.sound();
  });

  test('what a member spends is counted over all their keys, also of a call that was abandoned', async () => {
    const member = memberScope('owner', newName());
    await bench.storage.accessStore.budgets.put([budgetOf(member, 'lifetime', cents(10))], bench.world.now());
    const keys = [await bench.keyOf(), await bench.keyOf()];
    for (const key of keys) {
      const request = callOf(bench, key, newName(), cents(4), [member]);
      await (await heldBy(bench.ledger, request)).settle(receiptOf(request, cents(4)));
    }
    const abandoned = callOf(bench, keys[0] ?? '', newName(), cents(2), [member]);
    const hold = await heldBy(bench.ledger, abandoned);
    hold.dispatched('author/model@host');
    hold.checkpoint(cents(1.8));
    await hold.durable;
    bench.world.advance(31 * 60_000);
    await bench.storage.ledgerStore.touch({
      id: 'none',
      amount: nano(0n),
      dispatched: false,
      checkpoint: nano(0n),
      endpoint: null,
    });
    const refused = await bench.ledger.hold(callOf(bench, keys[1] ?? '', newName(), cents(1), [member]));
    assert.ok(!isHold(refused));
    assert.match(refused.message, /budget of this member/);
    await bench.sound();
  });
}

/** Counts beside money. */
function countLaws(bench: Bench): void {
  test('1,000 calls at once on 60 requests a minute are 60; the next minute has as many again', async () => {
    const key = await bench.keyOf();
    const scope = countScope('requests', keyScope(key));
    await bench.storage.accessStore.budgets.put([budgetOf(scope, 'minute', 60n)], bench.world.now());
    const many = () => Array.from({ length: 1_000 }, () => callOf(bench, key, 'workspace', cents(1), [scope]));
    const first = await minuteOf(bench, () => holdAll(many(), () => bench.ledger));
    assert.equal(first.held.length, 60);
    const [told] = first.refused;
    assert.equal(told?.code, 'rate_limit_exceeded');
    assert.match(told?.message ?? '', /^Rate limit exceeded: this key has 60 requests a minute\.$/);
    assert.ok(told?.retryAfterMs && told.retryAfterMs <= 60_000);
    await settleAll(first.held, cents(1));
    if (bench.hasOwnClock) return;
    const again = bench.next(key, cents(1));
    assert.ok(!isHold(await bench.ledger.hold({ ...again, scopes: [scope] })), 'a request that ended is one still');
    bench.world.advance(60_000);
    const second = await holdAll(many(), () => bench.ledger);
    assert.equal(second.held.length, 60);
    await settleAll(second.held, cents(1));
    await bench.sound();
  });

  test('tokens a minute: held by their estimate, counted as they were', async () => {
    const key = await bench.keyOf();
    const scope = countScope('tokens', keyScope(key));
    await bench.storage.accessStore.budgets.put([budgetOf(scope, 'minute', 5_000n)], bench.world.now());
    // Each asks for 1,100 tokens and takes 170 in the end.
    const call = () => callOf(bench, key, 'workspace', cents(1), [scope]);
    const { first, second } = await minuteOf(bench, async () => {
      const first = await holdAll([call(), call(), call(), call(), call()], () => bench.ledger);
      await settleAll(first.held, cents(1));
      const second = await holdAll([call(), call(), call(), call(), call()], () => bench.ledger);
      // What was not taken comes back with the settlements, which a database may book a moment later.
      while (second.held.length < 3) {
        await new Promise((next) => setTimeout(next, 20));
        second.held.push(...(await holdAll([call()], () => bench.ledger)).held);
      }
      return { first, second };
    });
    assert.deepEqual([first.held.length, second.held.length], [4, 3], '5,000 − 4 × 170 hold three more');
    await settleAll(second.held, cents(1));
    const large = await bench.ledger.hold({ ...call(), promptTokens: 6_000 });
    assert.ok(!isHold(large));
    assert.equal(large.retryAfterMs, undefined, 'no minute ever has so much');
  });

  test('calls at once: as many as may run, and one more as soon as one has ended', async () => {
    const key = await bench.keyOf();
    const scope = countScope('calls', keyScope(key));
    await bench.storage.accessStore.budgets.put([budgetOf(scope, 'at once', 5n)], bench.world.now());
    const call = () => callOf(bench, key, 'workspace', cents(1), [scope]);
    const { held, refused } = await holdAll(Array.from({ length: 100 }, call), () => bench.ledger);
    assert.equal(held.length, 5);
    assert.match(refused[0]?.message ?? '', /^Rate limit exceeded: this key has 5 calls at once\.$/);
    await settleAll(held.splice(0, 1), cents(1));
    const more = await holdAll([call(), call()], () => bench.ledger);
    assert.equal(more.held.length, 1);
    await settleAll([...held, ...more.held], cents(1));
    await bench.sound();
  });
}

/** A process that dies gives nobody a second helping of a minute, and lets go of the calls that it ran. */
function deathLaws(bench: Bench, another: (world: LawWorld) => Promise<Storage>): void {
  test('what a process that died had of a minute stays used, what it ran at once is free', async () => {
    const key = await bench.keyOf();
    const rate = countScope('requests', keyScope(key));
    const calls = countScope('calls', keyScope(key));
    const { budgets } = bench.storage.accessStore;
    await budgets.put([budgetOf(rate, 'minute', 10n), budgetOf(calls, 'at once', 10n)], bench.world.now());
    const call = () => callOf(bench, key, 'workspace', cents(1), [rate, calls]);
    const dying = await another(bench.world);
    const theirs = openLedger(dying.ledgerStore, bench.world);
    const ten = Array.from({ length: 10 }, call);
    const passing = setInterval(() => bench.world.advance(1), 1);
    const { died, after, free } = await minuteOf(bench, async () => {
      const died = await holdAll(ten, () => theirs);
      await Promise.all(died.held.map(({ hold }) => hold.durable));
      await dying.close(); // without a word to its calls: whoever serves the store settles what is open
      const after = await holdAll([call(), call()], () => bench.ledger);
      const free = await holdAll([{ ...call(), scopes: [calls] }], () => bench.ledger);
      return { died, after, free };
    }).finally(() => clearInterval(passing));
    assert.equal(died.held.length, 10);
    assert.deepEqual(
      after.refused.map(({ message }) => message),
      Array(2).fill('Rate limit exceeded: this key has 10 requests a minute.'),
    );
    assert.equal(free.held.length, 1);
    await settleAll(free.held, cents(1));
    await bench.sound();
  });
}

/** Within one minute: where the store has a clock of its own, what met the end of one is tried again. */
async function minuteOf<T>(bench: Bench, act: () => Promise<T>): Promise<T> {
  if (bench.hasOwnClock && Date.now() % 60_000 > 45_000)
    await new Promise((resolve) => setTimeout(resolve, 60_200 - (Date.now() % 60_000)));
  return act();
}

/** Two processes, whatever each of them has leased. */
export function sharedScopeLaws(bench: Bench, another: (world: LawWorld) => Promise<Storage>): void {
  deathLaws(bench, another);
  test('two processes together: never over a workspace, a rate or a number of calls, and little under', async () => {
    const workspace = newName();
    const key = await bench.keyOf();
    const now = bench.world.now();
    const rate = countScope('requests', keyScope(key));
    const calls = countScope('calls', workspaceScope(workspace));
    await bench.storage.accessStore.budgets.put([budgetOf(rate, 'minute', 100n)], now);
    await bench.storage.accessStore.budgets.put([budgetOf(calls, 'at once', 50n)], now);
    await bench.storage.accessStore.budgets.put([budgetOf(workspaceScope(workspace), 'daily', cents(80))], now);
    const otherStorage = await another(bench.world);
    const other = openLedger(otherStorage.ledgerStore, bench.world);
    const passing = setInterval(() => bench.world.advance(1), 1);
    const ledgerOf = (at: number): Ledger => (at % 2 ? bench.ledger : other);
    const many = (count: number) =>
      Array.from({ length: count }, () => callOf(bench, key, workspace, cents(1), [rate, calls]));
    await minuteOf(bench, async () => {
      const first = await holdAll(many(200), ledgerOf);
      assert.equal(first.held.length, 50, 'calls at once');
      await settleAll(first.held, cents(1));
      let second = await holdAll(many(30), ledgerOf);
      // What those that were refused together had taken meanwhile comes back a moment later.
      while (second.held.length === 0) {
        await new Promise((next) => setTimeout(next, 5));
        second = await holdAll(many(30), ledgerOf);
      }
      assert.ok(second.held.length <= 30, `${second.held.length} of what is left, 30 cents`);
      await settleAll(second.held, cents(1));
      const third = await holdAll(many(200), ledgerOf);
      assert.ok(third.held.length + second.held.length <= 30, 'never over, however often it is tried');
      await settleAll(third.held, cents(1));
    }).finally(async () => {
      clearInterval(passing);
      other.close();
      await otherStorage.close();
    });
    await bench.sound();
  });
}
