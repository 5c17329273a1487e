import type { KeyUsage, Spent } from '../access/store.ts';
import { NO_MONEY, nano } from '../base/money.ts';
import { periodStart, type Reset } from '../base/period.ts';
import type { Owner } from '../facts/scope.ts';
import type { StoreDatabase } from './kysely.ts';

/** Scopes looked up in one query; more are asked for in turns. */
const SCOPES_MAX = 200;
const PERIODS = { total: null, daily: 'daily', weekly: 'weekly', monthly: 'monthly' } as const;
const NOTHING: Spent = { cost: NO_MONEY, byokCost: NO_MONEY };
export const NO_USAGE: KeyUsage = { total: NOTHING, daily: NOTHING, weekly: NOTHING, monthly: NOTHING, lastDay: null };

/** What scopes have spent, in total and in the present day, week and month. */
export async function usageOf(
  database: StoreDatabase,
  scopes: readonly Owner[],
  now: number,
): Promise<ReadonlyMap<Owner, KeyUsage>> {
  const starts = Object.values(PERIODS).map((reset) => periodStart(reset, now) ?? '');
  // The Monday may lie before the first of the month.
  const earliest = starts.filter((day) => day !== '').sort()[0] ?? '';
  const byScope = new Map<string, { readonly day: string; readonly cost: bigint; readonly byok_cost: bigint }[]>();
  for (let at = 0; at < scopes.length; at += SCOPES_MAX) {
    const rows = await database
      .selectFrom('usage')
      .selectAll()
      .where('scope', 'in', scopes.slice(at, at + SCOPES_MAX))
      .where((where) => where.or([where('day', '=', 'all'), where('day', '>=', earliest)]))
      .execute();
    for (const row of rows) byScope.set(row.scope, [...(byScope.get(row.scope) ?? []), row]);
  }
  const lastDays = await lastDaysOf(database, scopes);
  const spent = (scope: Owner, reset: Reset | null): Spent => {
    const since = periodStart(reset, now);
    const rows = (byScope.get(scope) ?? []).filter(({ day }) =>
      since === null ? day === 'all' : day !== 'all' && day >= since,
    );
    return {
      cost: nano(rows.reduce((sum, row) => sum + row.cost, 0n)),
      byokCost: nano(rows.reduce((sum, row) => sum + row.byok_cost, 0n)),
    };
  };
  const usage = (scope: Owner): KeyUsage => ({
    total: spent(scope, PERIODS.total),
    daily: spent(scope, PERIODS.daily),
    weekly: spent(scope, PERIODS.weekly),
    monthly: spent(scope, PERIODS.monthly),
    lastDay: lastDays.get(scope) ?? null,
  });
  return new Map(scopes.map((scope) => [scope, usage(scope)]));
}

async function lastDaysOf(database: StoreDatabase, scopes: readonly Owner[]): Promise<ReadonlyMap<string, string>> {
  const days = new Map<string, string>();
  for (let at = 0; at < scopes.length; at += SCOPES_MAX) {
    const rows = await database
      .selectFrom('usage')
      .select(({ fn }) => ['scope', fn.max('day').as('day')])
      .where('scope', 'in', scopes.slice(at, at + SCOPES_MAX))
      .where('day', '<>', 'all')
      .groupBy('scope')
      .execute();
    for (const { scope, day } of rows) days.set(scope, day);
  }
  return days;
}
