import { LOST_IN_DAYS } from '../insights/tally.ts';
import { columnsOf, TALLY, TALLY_OF_USER, TALLY_SPEED, type Table } from './tables.ts';
import { query, type Value, type Work, type WorkContext } from './work.ts';

const HOUR_MS = 3_600_000;
/** Minutes are told apart so long, and hours; the contract's longest question by minutes is about three hours. */
const KEPT_MS = { m: 6 * HOUR_MS, h: 32 * 24 * HOUR_MS } as const;
/** Hours or days of one account that are folded in one transaction. */
const AT_ONCE = 50;
const HOUR_LENGTH = 13;
const DAY_LENGTH = 10;

/**
 * Makes tallies coarser as they age: minutes become hours and are added to their day; hours go when only their days are
 * asked for. A call is in one minute, or in one hour and one day, or in one day, whoever dies in between. Answers how
 * many hours and days it has worked on; to be run again until it answers 0.
 */
export function* foldTallies({ now }: { readonly now: number }, context: WorkContext): Work<number> {
  const minutesTo = timeText(now - KEPT_MS.m, HOUR_LENGTH);
  const hoursTo = timeText(now - KEPT_MS.h, DAY_LENGTH);
  const oldest = (grain: 'm' | 'h'): string =>
    `(select min(t.at) from tally t where t.account_id = a.id and t.grain = '${grain}')`;
  const { rows } = yield query(`select a.id, ${oldest('m')} as minute, ${oldest('h')} as hour from account a`);
  let folded = 0;
  for (const { id, hour } of rows) {
    if (hour === null || String(hour) >= hoursTo || folded >= AT_ONCE) continue;
    yield* dropHours(String(id), String(hour).slice(0, DAY_LENGTH));
    folded++;
  }
  for (const { id, minute, hour } of rows) {
    if (minute === null || String(minute) >= minutesTo || folded >= AT_ONCE) continue;
    const at = String(minute).slice(0, HOUR_LENGTH);
    const firstByHours = hour !== null && String(hour) < hoursTo ? String(hour).slice(0, DAY_LENGTH) : hoursTo;
    yield* foldMinutes({ accountId: String(id), at, isKeptByHours: at >= firstByHours }, context);
    folded++;
  }
  return folded;
}

const timeText = (ms: number, length: number): string => new Date(ms).toISOString().slice(0, length);

/** Times of a finer grain begin with that of the coarser one; nothing that does sorts behind a tilde. */
const RANGE = 'account_id = ? and grain = ? and at >= ? and at < ?';

/** How fast a day's calls were, and of which end users they were, is not told of days without hours. */
function* dropHours(accountId: string, day: string): Work<void> {
  for (const table of [TALLY, TALLY_OF_USER, TALLY_SPEED]) {
    yield query(`delete from ${table.name} where ${RANGE}`, [accountId, 'h', day, `${day}~`]);
    if (table !== TALLY) yield query(`delete from ${table.name} where ${RANGE}`, [accountId, 'd', day, `${day}~`]);
  }
}

type Minutes = { readonly accountId: string; readonly at: string; readonly isKeptByHours: boolean };

/** An hour's minutes. A day without hours takes in those of calls that ended late. */
function* foldMinutes({ accountId, at, isKeptByHours }: Minutes, context: WorkContext): Work<void> {
  const range: Value[] = [accountId, 'm', at, `${at}~`];
  const day = at.slice(0, DAY_LENGTH);
  for (const table of [TALLY, TALLY_OF_USER, TALLY_SPEED]) {
    const gone = `delete from ${table.name} where ${RANGE}`;
    const into = isKeptByHours
      ? ([
          ['h', at],
          ['d', day],
        ] as const)
      : table === TALLY
        ? ([['d', day]] as const)
        : [];
    if (into.length === 0) yield query(gone, range);
    else if (context.dialect === 'postgres') {
      const added = into.map(([grain]) => addedTo(table, grain, 'moved'));
      const parts = [`moved as (${gone} returning *)`, ...added.slice(1).map((one, n) => `added_${n} as (${one})`)];
      yield query(`with ${parts.join(', ')} ${added[0]}`, [
        ...range,
        ...into.slice(1).map(([, time]) => time),
        into[0]?.[1] ?? '',
      ]);
    } else {
      for (const [grain, time] of into) yield query(addedTo(table, grain, table.name, RANGE), [time, ...range]);
      yield query(gone, range);
    }
  }
}

function addedTo(table: Table, grain: 'h' | 'd', from: string, where = 'true'): string {
  const columns = columnsOf(table);
  const keys = table.key.filter((column) => column !== 'grain' && column !== 'at');
  const kept = keys.filter((column) => grain === 'h' || !LOST_IN_DAYS.includes(column));
  const figures = columns.filter((column) => !table.key.includes(column));
  const told = columns.map((column) => {
    if (column === 'grain') return `'${grain}'`;
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
