import { type NanoUsd, nano } from '../base/money.ts';
import { periodStart, type Reset } from '../base/period.ts';
import type { Grant, GrantRequest, Scope } from '../ledger/store.ts';
import { seen } from './liveness.ts';
import { recallNotice } from './notices.ts';
import { LEASE } from './tables.ts';
import { query, type Work, type WorkContext } from './work.ts';

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
  const limit = yield* limitOf(command.scope, command.now, context);
  if (limit === null) return { kind: 'unlimited' };
  const leased = yield query(
    `select cast(coalesce(sum(case when process = ? then amount else 0 end), 0) as bigint) as own,
      cast(coalesce(sum(case when process <> ? and amount > 0 then amount else 0 end), 0) as bigint) as elsewhere
      from lease where scope = ?`,
    [command.process, command.process, command.scope],
  );
  // A lease below zero is an excess: already among what was spent, so it is nobody else's to spend again. Only the
  // process whose excess it is asks for that much more, and must not be charged for it twice.
  const own = leased.rows[0]?.own as bigint;
  const elsewhere = leased.rows[0]?.elsewhere as bigint;
  const available = limit.amount - limit.spent - own - elsewhere;
  if (available < command.need) {
    if (elsewhere > 0n) context.notify(recallNotice(command.scope));
    return { kind: 'refused', available: nano(available), elsewhere: nano(elsewhere) };
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

/** A quarter of what is left at most, so that one process does not starve the others, but never less than is needed. */
function sliceOf({ need, want }: GrantCommand, available: bigint): NanoUsd {
  const share = available / 4n;
  const slice = want < share ? want : share;
  return nano(slice > need ? slice : need);
}

type Limit = { readonly amount: bigint; readonly spent: bigint };

/** Null = no limit: a post-paid account, or a key without one (the console's, a removed one, whose calls still end). */
function* limitOf(scope: Scope, now: number, context: WorkContext): Work<Limit | null> {
  const lock = context.dialect === 'postgres' ? ' for update' : '';
  const id = scope.slice(scope.indexOf(':') + 1);
  if (scope.startsWith('account:')) {
    const row = (yield query(`select prepaid, credits from account where id = ?${lock}`, [id])).rows[0];
    if (!row || row.prepaid === 0n) return null;
    return { amount: row.credits as bigint, spent: (yield* spentOf(scope, null)).cost };
  }
  const row = (yield query(`select limit_nano, limit_reset, include_byok_in_limit from api_key where hash = ?${lock}`, [
    id,
  ])).rows[0];
  if (!row || row.limit_nano === null) return null;
  const spent = yield* spentOf(scope, periodStart(row.limit_reset as Reset | null, now));
  const isByokIncluded = row.include_byok_in_limit === 1n;
  return { amount: row.limit_nano as bigint, spent: spent.cost + (isByokIncluded ? spent.byokCost : 0n) };
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
