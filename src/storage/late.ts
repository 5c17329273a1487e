import type { Books } from './books.ts';
import { entryOf } from './entry.ts';
import type { Closing } from './group.ts';
import { receiptFromText } from './receipt-json.ts';
import { generationTable } from './tables.ts';
import { query, type Work, type WorkContext } from './work.ts';

/**
 * Books ends that come late, as corrections: of calls that others settled, because their process slept, was cut off or
 * took too long, and of calls whose hold a failover lost. What was settled by its own process is settled: it stays as
 * it is. Answers the ids of those that were booked.
 */
export function* bookLate(ends: readonly Closing[], books: Books, context: WorkContext): Work<ReadonlySet<string>> {
  const ids = ends.map(({ entry }) => entry.id);
  const settled = yield* receiptsOf(ids, context);
  const marks = ids.map(() => '?').join(', ');
  const { rows } = yield query(
    `select id, amount from transfer where id in (${marks})`,
    ids.map((id) => `${id}/correction`),
  );
  const corrected = new Map(rows.map((row) => [row.id, row.amount as bigint]));
  const booked = new Set<string>();
  for (const closing of ends) {
    const { entry } = closing;
    const earlier = settled.get(entry.id) ?? null;
    if (earlier && (earlier.state !== 'interrupted' || earlier.text === entry.text)) continue;
    const before = earlier && entryOf(receiptFromText(earlier.text), earlier.text);
    books.correct(closing, before, corrected.get(`${entry.id}/correction`) ?? 0n);
    booked.add(entry.id);
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
