import { columnsOf, TALLY, TALLY_OF_USER, TALLY_SPEED, type Table } from './tables.ts';
import { query, type Value, type Work, type WorkContext } from './work.ts';

const HOUR_MS = 3_600_000;
/** Minutes are told apart so long, and hours; the contract's longest question by minutes is about three hours. */
const KEPT_MS = { m: 6 * HOUR_MS, h: 32 * 24 * HOUR_MS } as const;
/** Hours or days of one account that are folded in one transaction. */
const AT_ONCE = 50;

/** What a day's tally no longer tells apart: the contract asks for it within 31 days. */
const LOST_IN_DAYS: readonly string[] = ['dialect', 'finish', 'streamed', 'context'];

type Folding = {
  readonly grain: 'm' | 'h';
  readonly into: 'h' | 'd';
  /** Characters of a time in the coarser grain. */
  readonly length: number;
};
const FOLDINGS: readonly Folding[] = [
  { grain: 'm', into: 'h', length: 13 },
  { grain: 'h', into: 'd', length: 10 },
];

/**
 * Makes tallies coarser as they age: minutes become hours, hours days. A call is counted in one of them at any time,
 * whoever dies in between. Answers how many hours and days it has made; to be run again until it answers 0.
 */
export function* foldTallies({ now }: { readonly now: number }, context: WorkContext): Work<number> {
  let folded = 0;
  for (const folding of FOLDINGS) {
    const before = timeText(now - KEPT_MS[folding.grain], folding.length);
    const { rows } = yield query(
      `select a.id, (select min(t.at) from tally t where t.account_id = a.id and t.grain = '${folding.grain}') as at
        from account a`,
    );
    for (const { id, at } of rows) {
      if (at === null || String(at) >= before || folded >= AT_ONCE) continue;
      yield* fold(folding, String(id), String(at).slice(0, folding.length), context);
      folded++;
    }
  }
  return folded;
}

const timeText = (ms: number, length: number): string => new Date(ms).toISOString().slice(0, length);

function* fold(folding: Folding, accountId: string, at: string, context: WorkContext): Work<void> {
  const { grain, into } = folding;
  // Times of the finer grain begin with that of the coarser one; nothing that does sorts behind a tilde.
  const range = `account_id = ? and grain = '${grain}' and at >= ? and at < ?`;
  const values: Value[] = [accountId, at, `${at}~`];
  for (const table of [TALLY, TALLY_OF_USER, TALLY_SPEED]) {
    if (into === 'd' && table !== TALLY) yield query(`delete from ${table.name} where ${range}`, values);
    else if (context.dialect === 'postgres')
      yield query(
        `with moved as (delete from ${table.name} where ${range} returning *) ${movedInto(table, folding, 'moved')}`,
        [...values, at],
      );
    else {
      yield query(`${movedInto(table, folding, table.name, range)}`, [at, ...values]);
      yield query(`delete from ${table.name} where ${range}`, values);
    }
  }
}

function movedInto(table: Table, { into }: Folding, from: string, where = 'true'): string {
  const columns = columnsOf(table);
  const keys = table.key.filter((column) => column !== 'grain' && column !== 'at');
  const kept = keys.filter((column) => into === 'h' || !LOST_IN_DAYS.includes(column));
  const figures = columns.filter((column) => !table.key.includes(column));
  const told = columns.map((column) => {
    if (column === 'grain') return `'${into}'`;
    if (column === 'at') return 'cast(? as text)';
    if (figures.includes(column)) return `cast(sum(${column}) as bigint)`;
    return kept.includes(column) ? column : "''";
  });
  const adding = figures.map((figure) => `${figure} = ${table.name}.${figure} + excluded.${figure}`).join(', ');
  return (
    `insert into ${table.name} (${columns.join(', ')}) select ${told.join(', ')} from ${from} where ${where} ` +
    `group by ${kept.join(', ')} on conflict (${table.key.join(', ')}) do update set ${adding}`
  );
}
