import type { Receipt } from '../facts/receipt.ts';
import type { Scope } from '../ledger/store.ts';
import type { Books } from './books.ts';
import { receiptFromText } from './receipt-json.ts';
import { generationTable } from './tables.ts';
import { query, type Work, type WorkContext } from './work.ts';

/** An end whose hold is gone. */
export type LateEnd = { readonly receipt: Receipt; readonly text: string; readonly leases: readonly Scope[] };

/**
 * Books ends that come late, as corrections: of calls that others settled, because their process slept, was cut off or
 * took too long, and of calls whose hold a failover lost. What was settled by its own process is settled: it stays as
 * it is. Answers those that were booked.
 */
export function* bookLate(ends: readonly LateEnd[], books: Books, context: WorkContext): Work<readonly LateEnd[]> {
  const ids = ends.map(({ receipt }) => receipt.id);
  const settled = yield* receiptsOf(ids, context);
  const marks = ids.map(() => '?').join(', ');
  const { rows } = yield query(
    `select id, amount from transfer where id in (${marks})`,
    ids.map((id) => `${id}/correction`),
  );
  const corrected = new Map(rows.map((row) => [row.id, row.amount as bigint]));
  const booked: LateEnd[] = [];
  for (const end of ends) {
    const { receipt, text } = end;
    const earlier = settled.get(receipt.id) ?? null;
    if (earlier && (earlier.state !== 'interrupted' || earlier.text === text)) continue;
    books.correct(
      receipt,
      text,
      earlier && receiptFromText(earlier.text),
      corrected.get(`${receipt.id}/correction`) ?? 0n,
    );
    booked.push(end);
  }
  return booked;
}

type Settled = { readonly state: string; readonly text: string };

function* receiptsOf(ids: readonly string[], context: WorkContext): Work<ReadonlyMap<string, Settled>> {
  const lock = context.dialect === 'postgres' ? ' for update' : '';
  const marks = ids.map(() => '?').join(', ');
  const found = new Map<string, Settled>();
  const months = yield query('select month from month');
  for (const { month } of months.rows) {
    const { name } = generationTable(String(month));
    const { rows } = yield query(`select id, state, receipt from "${name}" where id in (${marks})${lock}`, ids);
    for (const row of rows) found.set(String(row.id), { state: String(row.state), text: String(row.receipt) });
  }
  return found;
}
