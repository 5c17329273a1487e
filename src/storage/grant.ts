import { type NanoUsd, nano } from '../base/money.ts';
import { periodEnd, periodStart } from '../base/period.ts';
import { countOf, type Interval, isOwner } from '../facts/scope.ts';
import type { Bound, Grant, GrantRequest, Scope } from '../ledger/store.ts';
import { guardrailIn } from './guardrail-store.ts';
import { JOBS, seen } from './liveness.ts';
import { recallNotice } from './notices.ts';
import { LEASE, RATE } from './tables.ts';
import { clockOf, query, type Work, type WorkContext } from './work.ts';

export type GrantCommand = GrantRequest & { readonly process: string; readonly now: number };
/** `epoch`: how often the process was taken for dead before this. */
export type Granted = { readonly grant: Grant; readonly epoch: number };

/**
 * Leases money of a scope to a process. What was spent and what all processes have leased never exceed the limit, so
 * no concurrency can overspend it; the scope's row is locked meanwhile, which SQLite's one writer need not be told.
 */
export function* grant(command: GrantCommand, context: WorkContext): Work<Granted> {
  // A lease of a process that counts as dead would outlive it. The owner of a file knows who lives.
  const epoch = context.dialect === 'postgres' ? yield* seen(command.process, context) : 0;
  return { grant: yield* decide(command, context), epoch };
}

function* decide(command: GrantCommand, context: WorkContext): Work<Grant> {
  const count = countOf(command.scope);
  if (count === 'requests' || count === 'tokens') return yield* decideMinute(command, context);
  const limit = yield* limitOf(command.scope, command.now, context);
  if (limit === null) return { kind: 'unlimited' };
  const leased = yield query(
    `select cast(coalesce(sum(case when process = ? and amount > 0 then amount else 0 end), 0) as bigint) as own,
      cast(coalesce(sum(case when process <> ? and amount > 0 then amount else 0 end), 0) as bigint) as elsewhere,
      cast(coalesce(sum(case when process = '${JOBS}' then amount else 0 end), 0) as bigint) as jobs
      from lease where scope = ?`,
    [command.process, command.process, command.scope],
  );
  // A lease below zero is an excess: already among what was spent, so it is nobody's to spend again. Its process may not
  // know of it yet.
  const own = leased.rows[0]?.own as bigint;
  const elsewhere = leased.rows[0]?.elsewhere as bigint;
  const available = limit.left - own - elsewhere;
  if (available < command.need) {
    // What jobs hold comes back when they end, not when it is asked for.
    const recallable = elsewhere - (leased.rows[0]?.jobs as bigint);
    if (recallable > 0n) context.notify(recallNotice(command.scope));
    const bound = yield* named(limit);
    return { kind: 'refused', available: nano(available), elsewhere: nano(recallable), bound };
  }
  const amount = sliceOf(command, available);
  yield {
    kind: 'add',
    table: LEASE,
    columns: ['scope', 'process', 'amount'],
    rows: [[command.scope, command.process, amount]],
  };
  return { kind: 'granted', amount };
}

const MINUTE_MS = 60_000;

/**
 * Of what is counted by the minute a lease is spent: what all processes have leased of a minute never exceeds the limit,
 * whoever of them dies, and is forgotten with the minute. The minute is the server's, where several machines share one.
 */
function* decideMinute({ scope, process, need, want, now }: GrantCommand, context: WorkContext): Work<Grant> {
  const clock = context.dialect === 'postgres' ? clockOf(context) : String(Math.floor(now));
  const { rows } = yield query(
    `select amount, ${clock} as now from budget where scope = ? and amount is not null order by amount ${lockOf(context)}`,
    [scope],
  );
  const [least] = rows;
  if (!least) return { kind: 'unlimited' };
  const limit = least.amount as bigint;
  const at = Number(least.now);
  const minute = Math.floor(at / MINUTE_MS);
  const leftMs = (minute + 1) * MINUTE_MS - at;
  const taken = (yield query(
    `select cast(coalesce(sum(case when process = ? then taken else 0 end), 0) as bigint) as own,
      cast(coalesce(sum(case when process <> ? then taken else 0 end), 0) as bigint) as elsewhere
      from rate where scope = ? and minute = ?`,
    [process, process, scope, BigInt(minute)],
  )).rows[0];
  const elsewhere = taken?.elsewhere as bigint;
  const available = limit - (taken?.own as bigint) - elsewhere;
  if (available < need) {
    if (elsewhere > 0n && need <= limit) context.notify(recallNotice(scope));
    const bound: Bound = { limit, interval: 'minute', resetMs: leftMs };
    return { kind: 'refused', available: nano(available), elsewhere: nano(need <= limit ? elsewhere : 0n), bound };
  }
  const amount = sliceOf({ need, want }, available);
  yield query('delete from rate where scope = ? and minute < ?', [scope, BigInt(minute)]);
  yield {
    kind: 'add',
    table: RATE,
    columns: ['scope', 'minute', 'process', 'taken'],
    rows: [[scope, BigInt(minute), process, amount]],
  };
  return { kind: 'granted', amount, minute: { number: minute, leftMs } };
}

const lockOf = ({ dialect }: WorkContext): string => (dialect === 'postgres' ? 'for update' : '');

/** A quarter of what is left at most, so that one process does not starve the others, but never less than is needed. */
function sliceOf({ need, want }: Pick<GrantCommand, 'need' | 'want'>, available: bigint): NanoUsd {
  const share = available / 4n;
  const slice = want < share ? want : share;
  return nano(slice > need ? slice : need);
}

/** What is left of the bound that leaves least, leases apart. */
type Limit = { readonly left: bigint; readonly bound: Bound; readonly source: string };

/** Null = no limit: a post-paid account, an owner without a budget (the console's key, a removed one, whose calls still end). */
function* limitOf(scope: Scope, now: number, context: WorkContext): Work<Limit | null> {
  let least: Limit | null = null;
  const consider = (left: bigint, bound: Bound, source = ''): void => {
    if (least === null || left < least.left) least = { left, bound, source };
  };
  if (scope.startsWith('account:')) {
    const id = scope.slice('account:'.length);
    const row = (yield query(`select prepaid, credits from account where id = ? ${lockOf(context)}`, [id])).rows[0];
    if (row && row.prepaid !== 0n) {
      const limit = row.credits as bigint;
      consider(limit - (yield* spentOf(scope, null)).cost, { limit, interval: 'credit', resetMs: null });
    }
  }
  const budgets = yield query(
    `select amount, "interval", with_byok, source from budget where scope = ? and amount is not null
      order by source, "interval" ${lockOf(context)}`,
    [scope],
  );
  for (const row of budgets.rows) {
    const limit = row.amount as bigint;
    if (!isOwner(scope)) consider(limit, { limit, interval: 'at once', resetMs: null });
    else {
      const interval = row.interval as Interval;
      const reset = interval === 'lifetime' ? null : interval;
      const spent = yield* spentOf(scope, periodStart(reset, now));
      const counted = spent.cost + (row.with_byok === 1n ? spent.byokCost : 0n);
      const end = periodEnd(reset, now);
      const bound = { limit, interval, resetMs: end === null ? null : end - now };
      consider(limit - counted, bound, row.source as string);
    }
  }
  return least;
}

/** The bound with whose rule it is, for whoever is refused. */
function* named({ bound, source }: Limit): Work<Bound> {
  const id = guardrailIn(source);
  if (id === null) return bound;
  const name = (yield query('select name from guardrail where id = ?', [id])).rows[0]?.name as string | undefined;
  return { ...bound, guardrail: { id, name: name ?? id } };
}

type Spent = { readonly cost: bigint; readonly byokCost: bigint };

/** Since a day, that day included; null = ever. */
function* spentOf(scope: Scope, since: string | null): Work<Spent> {
  const { rows } = yield query(
    `select cast(coalesce(sum(cost), 0) as bigint) as cost, cast(coalesce(sum(byok_cost), 0) as bigint) as byok_cost
      from usage where scope = ? and ${since === null ? "day = 'all'" : "day >= ? and day <> 'all'"}`,
    since === null ? [scope] : [scope, since],
  );
  return { cost: rows[0]?.cost as bigint, byokCost: rows[0]?.byok_cost as bigint };
}
