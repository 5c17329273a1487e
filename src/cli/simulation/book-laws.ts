import { type AuditFigures, reportAudit } from '../../ledger/audit.ts';
import type { Seen } from './call-laws.ts';
import type { Store } from './store.ts';

/** What each scope may spend at most, in nano-dollars; it only ever rises. */
export type Budgets = Map<string, bigint>;

const figure = (store: Store, sql: string, parameters: readonly string[]): bigint =>
  (store.rows(sql, parameters)[0]?.figure as bigint | null) ?? 0n;

/** Nobody's charges and holds exceed the limit: what a host took beyond a hold is an excess, and visible as such. */
export function checkBudgets(store: Store, budgets: Budgets): string | null {
  for (const [scope, budget] of budgets) {
    const [kind, id = ''] = scope.split(':');
    const transfers = kind === 'key' ? 'key_id' : 'from_account';
    const holds = kind === 'key' ? 'key_id' : 'account_id';
    const sum = 'select cast(sum(amount) as bigint) as figure from';
    const charged = figure(store, `${sum} transfer where kind = 'charge' and ${transfers} = ?`, [id]);
    const held = figure(store, `${sum} hold where ${holds} = ?`, [id]);
    if (charged + held > budget) return `${scope} has ${charged} charged and ${held} held of ${budget}`;
  }
  return null;
}

export function checkAudit(store: Store): string | null {
  const report = reportAudit(store.work('audit', null) as AuditFigures);
  return report.isSound ? null : report.lines.join('\n');
}

/** When nothing is under way any more: no hold, no lease, and for every call that was sent exactly one receipt. */
export function checkBooks(
  store: Store,
  calls: readonly Pick<Seen, 'id' | 'receipt' | 'lost' | 'result' | 'batches'>[],
): string | null {
  const holds = store.rows('select id, process from hold');
  if (holds[0]) return `${holds.length} holds are open, the first of ${holds[0].id}`;
  const lease = store.rows('select * from lease where amount <> 0')[0];
  if (lease) return `${lease.amount} of ${lease.scope} is still leased to ${lease.process}`;
  const months = store.rows('select month from month').map(({ month }) => String(month).replace('-', '_'));
  const booked = new Map(
    months.flatMap((month) =>
      store.rows(`select id, state, cost from generation_${month}`).map((row) => [String(row.id), row] as const),
    ),
  );
  for (const { id, receipt, lost, result, batches } of calls) {
    const row = booked.get(id);
    booked.delete(id);
    if (receipt && !row) return `${id} was settled and has no receipt`;
    if (receipt && (row?.cost !== receipt.bill.cost || row?.state !== receipt.state))
      return `${id} was settled as ${receipt.state} at ${receipt.bill.cost} and is booked as ${row?.state} at ${row?.cost}`;
    if (batches > 0 && !row) return `${id} was shown to its client and has no receipt`;
    const isRefused = !receipt && result?.kind === 'failed' && result.fault.code !== 'server';
    if (isRefused && row) return `${id} was refused and has a receipt`;
    if (!receipt && !lost && !row && result && !isRefused && result.kind !== 'failed') return `${id} has no receipt`;
  }
  const stranger = booked.keys().next();
  return stranger.done ? null : `${stranger.value} has a receipt that nobody asked for`;
}
