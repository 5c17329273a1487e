import { nano } from '../base/money.ts';
import { periodStart, type Reset } from '../base/period.ts';
import type { Interval, Owner } from '../facts/scope.ts';
import type { Left } from '../ledger/store.ts';
import type { StoreClient } from './client.ts';
import type { Value } from './work.ts';

type Row = { readonly [column: string]: Value };

/** What is left of that limit of these owners of which the smallest share is left; null = none of them has one. */
export async function leftOf(client: StoreClient, owners: readonly Owner[], now: number): Promise<Left | null> {
  if (owners.length === 0) return null;
  const mark = (place: number): string => (client.dialect === 'sqlite' ? '?' : `$${place + 1}`);
  const marks = owners.map((_, place) => mark(place)).join(', ');
  const accounts = owners.flatMap((owner) => (owner.startsWith('account:') ? [owner.slice('account:'.length)] : []));
  const starts = (['daily', 'weekly', 'monthly'] as const).map((reset) => periodStart(reset, now) ?? '');
  // The Monday may lie before the first of the month.
  const earliest = starts.sort()[0] ?? '';
  const [budgets, usage, prepaid] = await Promise.all([
    client.query(
      `select scope, amount, "interval", with_byok from budget where amount is not null and scope in (${marks})`,
      owners,
    ),
    client.query(
      `select scope, day, cost, byok_cost from usage where scope in (${marks}) and (day = 'all' or day >= ${mark(owners.length)})`,
      [...owners, earliest],
    ),
    accounts.length === 0
      ? { rows: [] }
      : client.query(
          `select id, credits from account where prepaid <> 0 and id in (${accounts.map((_, place) => mark(place)).join(', ')})`,
          accounts,
        ),
  ]);
  const spentOf = (scope: Value, reset: Reset | null, withByok: boolean): bigint => {
    const since = periodStart(reset, now);
    let spent = 0n;
    for (const row of usage.rows as readonly Row[]) {
      const isCounted = since === null ? row.day === 'all' : row.day !== 'all' && (row.day as string) >= since;
      if (row.scope !== scope || !isCounted) continue;
      spent += (row.cost as bigint) + (withByok ? (row.byok_cost as bigint) : 0n);
    }
    return spent;
  };
  let least: Left | null = null;
  const consider = (limit: bigint, spent: bigint): void => {
    const amount = limit > spent ? limit - spent : 0n;
    const share = limit > 0n ? Number((amount * 1_000_000n) / limit) / 1_000_000 : 0;
    if (least === null || share < least.share) least = { amount: nano(amount), share };
  };
  for (const { id, credits } of prepaid.rows as readonly Row[])
    consider(credits as bigint, spentOf(`account:${id}`, null, false));
  for (const row of budgets.rows as readonly Row[]) {
    const interval = row.interval as Interval;
    consider(
      row.amount as bigint,
      spentOf(row.scope ?? null, interval === 'lifetime' ? null : interval, row.with_byok === 1n),
    );
  }
  return least;
}
