import type { Receipt } from '../../facts/receipt.ts';
import { type AuditFigures, reportAudit } from '../../ledger/audit.ts';
import { receiptFromText } from '../../storage/receipt-json.ts';
import type { SeenCall } from './call-laws.ts';
import type { Store } from './store.ts';

/** What each scope may spend at most, in nano-dollars; it only ever rises. */
export type Budgets = Map<string, bigint>;

const figure = (store: Store, sql: string, parameters: readonly string[]): bigint =>
  (store.rows(sql, parameters)[0]?.figure as bigint | null) ?? 0n;

const SUM = 'select cast(sum(amount) as bigint) as figure from';

/** By which columns of transfers and holds a scope is told. */
function columnsOf(scope: string): { readonly id: string; readonly spender: string; readonly holder: string } {
  const [kind, id = ''] = scope.split(':');
  return kind === 'key'
    ? { id, spender: 'key_id', holder: 'key_id' }
    : { id, spender: 'from_account', holder: 'account_id' };
}

/** Charges, excesses and corrections. */
const spentOf = (store: Store, scope: string): bigint => {
  const { id, spender } = columnsOf(scope);
  return figure(store, `${SUM} transfer where kind <> 'credit' and ${spender} = ?`, [id]);
};

/**
 * Nobody spends and holds more than the budget: only what a host that lied took beyond a hold comes on top, and it is
 * visible as such.
 */
export function checkBudgets(store: Store, budgets: Budgets, lied: Lied): string | null {
  for (const [scope, budget] of budgets) {
    const { id, spender, holder } = columnsOf(scope);
    const excesses = store.rows(`select id, amount from transfer where kind = 'excess' and ${spender} = ?`, [id]);
    let excess = 0n;
    for (const row of excesses) {
      const [call = ''] = String(row.id).split('/');
      if (!lied(call)) return `${call} took ${row.amount} of ${scope} beyond its hold, and no host had lied`;
      excess += row.amount as bigint;
    }
    const spent = spentOf(store, scope);
    const held = figure(store, `${SUM} hold where ${holder} = ?`, [id]);
    if (spent + held > budget + excess) return `${scope} has ${spent} spent and ${held} held of ${budget} + ${excess}`;
  }
  return null;
}

/** Whoever is granted a lease finds it in the budget: what was taken beyond holds is missing there like anything spent. */
export function checkGrant(store: Store, scope: string, budget: bigint): string | null {
  const spent = spentOf(store, scope);
  const leased = figure(store, `${SUM} lease where amount > 0 and scope = ?`, [scope]);
  return spent + leased > budget ? `${scope} was leased ${leased} beside ${spent} spent of ${budget}` : null;
}

/** Did the host whose answer the call got count more than it was permitted? */
export type Lied = (call: string) => boolean;

export function checkAudit(store: Store): string | null {
  const report = reportAudit(store.work('audit', null) as AuditFigures);
  return report.isSound ? null : report.lines.join('\n');
}

/** What is remembered of a call that is over. */
export type Finished = Pick<SeenCall, 'id' | 'receipt' | 'lost' | 'shaken' | 'result' | 'batches'>;

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

const monthsIn = (store: Store): readonly string[] =>
  store.rows('select month from month').map(({ month }) => String(month).replace('-', '_'));

/** The receipt of a call as it is kept; null = it has none. */
export function receiptIn(store: Store, id: string): Receipt | null {
  for (const month of monthsIn(store)) {
    const row = store.rows(`select receipt from generation_${month} where id = ?`, [id])[0];
    if (row) return receiptFromText(String(row.receipt));
  }
  return null;
}

function receiptsIn(store: Store): Map<string, Booked> {
  const rows = monthsIn(store).flatMap((month) => store.rows(`select id, state, cost from generation_${month}`));
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
