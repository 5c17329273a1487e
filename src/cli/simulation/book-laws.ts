import { type AuditFigures, reportAudit } from '../../ledger/audit.ts';
import type { Seen } from './call-laws.ts';
import type { Store } from './store.ts';

/** What each scope may spend at most, in nano-dollars; it only ever rises. */
export type Budgets = Map<string, bigint>;

const figure = (store: Store, sql: string, parameters: readonly string[]): bigint =>
  (store.rows(sql, parameters)[0]?.figure as bigint | null) ?? 0n;

/** Nobody's charges and holds exceed the limit. */
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

/** What was taken beyond a hold is an excess, and visible as such: of a limited scope only a host that lies takes one. */
export function checkExcesses(store: Store, budgets: Budgets, calls: readonly Finished[]): string | null {
  const liars = new Set(calls.filter(({ lied, lost }) => lied || lost).map(({ id }) => id));
  for (const row of store.rows("select id, key_id, from_account, amount from transfer where kind = 'excess'")) {
    const isLimited = budgets.has(`key:${row.key_id}`) || budgets.has(`account:${row.from_account}`);
    const [call = ''] = String(row.id).split('/');
    if (isLimited && !liars.has(call)) return `${call} took ${row.amount} beyond its hold, and no host had lied`;
  }
  return null;
}

export function checkAudit(store: Store): string | null {
  const report = reportAudit(store.work('audit', null) as AuditFigures);
  return report.isSound ? null : report.lines.join('\n');
}

/** What is remembered of a call that is over. */
export type Finished = Pick<Seen, 'id' | 'receipt' | 'lost' | 'shaken' | 'result' | 'batches'> & {
  /** The host whose answer it got counted more than it was permitted. */
  readonly lied: boolean;
};

export function checkHolds(store: Store): string | null {
  const hold = store.rows('select id from hold')[0];
  return hold ? `the hold of ${hold.id} is open` : null;
}

/** When nothing is under way any more: no hold, no lease, and for every call that was sent exactly one receipt. */
export function checkBooks(store: Store, calls: readonly Finished[]): string | null {
  const held = checkHolds(store);
  if (held) return held;
  const lease = store.rows('select * from lease where amount <> 0')[0];
  if (lease) return `${lease.amount} of ${lease.scope} is still leased to ${lease.process}`;
  const booked = receiptsIn(store);
  for (const call of calls) {
    const wrong = checkBooked(call, booked.get(call.id));
    if (wrong) return `${call.id} ${wrong}`;
    booked.delete(call.id);
  }
  const stranger = booked.keys().next();
  return stranger.done ? null : `${stranger.value} has a receipt that nobody asked for`;
}

type Booked = { readonly [column: string]: unknown };

function receiptsIn(store: Store): Map<string, Booked> {
  const months = store.rows('select month from month').map(({ month }) => String(month).replace('-', '_'));
  const rows = months.flatMap((month) => store.rows(`select id, state, cost from generation_${month}`));
  return new Map(rows.map((row) => [String(row.id), row]));
}

function checkBooked({ receipt, lost, shaken, result, batches }: Finished, row: Booked | undefined): string | null {
  if (batches > 0 && !row) return 'was shown to its client and has no receipt';
  if (receipt) {
    if (!row) return 'was settled and has no receipt';
    if (row.cost === receipt.bill.cost && row.state === receipt.state) return null;
    return `was settled as ${receipt.state} at ${receipt.bill.cost} and is booked as ${row.state} at ${row.cost}`;
  }
  if (lost || shaken || result?.kind !== 'failed') return null;
  return row ? 'was refused and has a receipt' : null;
}
