import { idAt, timeOfId } from '../base/ids.ts';
import { dayBefore, dayOf, monthOf } from '../base/period.ts';
import { type FoundReceipts, fits, type Place, type RequestFilter } from '../insights/requests.ts';
import type { Records } from '../insights/store.ts';
import type { StoreClient } from './client.ts';
import { receiptFromText } from './receipt-json.ts';
import { generationTable } from './tables.ts';
import { numbered, type Row, type Value } from './work.ts';

/**
 * Receipts are read through backwards in steps of so many, a few steps for each question: none takes long, however many
 * receipts there are and however few of them fit. No index but the ids' is written with each call for it.
 */
const STEP_ROWS = 4_000;
const STEPS_MAX = 6;
/** Once so many steps found less than was asked for, roll-ups tell which days to leave out. */
const STEPS_BLIND = 1;
/** An id is as old as its call, or as the batch that the call is a line of. */
const ID_AHEAD_DAYS = 2;
const DAY_MS = 86_400_000;
const LIMIT_MAX = 1_000;
const ABOVE_ALL = `gen-${'z'.repeat(24)}`;

type Condition = readonly [sql: string, ...parameters: Value[]];

/** Searches the months' receipts. `months`: newest first. */
export function openSearch(client: StoreClient, months: Records['months']): Records['search'] {
  const ask = async (sql: string, parameters: readonly Value[]): Promise<readonly Row[]> =>
    (await client.read(client.dialect === 'postgres' ? numbered(sql) : sql, parameters)).rows;

  /** The newest day of the month up to one on which something happened that could fit; null = none. */
  const dayWith = async (filter: RequestFilter, month: string, last: string): Promise<string | null> => {
    const conditions = rollUpConditions(filter);
    const where = conditions.map(([sql]) => ` and ${sql}`).join('');
    const rows = await ask(`select day from roll_up where day >= ? and day <= ?${where} order by day desc limit 1`, [
      `${month}-01`,
      last,
      ...conditions.flatMap(([, ...parameters]) => parameters),
    ]);
    return rows[0] === undefined ? null : String(rows[0].day);
  };

  /** Below which id of the month those go on that could fit; null = there is none. */
  const skipDays = async (filter: RequestFilter, { month, id }: Place): Promise<string | null> => {
    const time = timeOfId(id.padEnd(ABOVE_ALL.length, '0'));
    if (time === null || rollUpConditions(filter).length < 2) return id;
    const ends = `${month}-31`;
    const latest = time > Date.parse(`${month}-01`) + 40 * DAY_MS ? ends : dayOf(time + ID_AHEAD_DAYS * DAY_MS);
    const day = await dayWith(filter, month, latest < ends ? latest : ends);
    if (day === null) return null;
    const end = idAt('gen', Date.parse(dayBefore(day, -1)));
    return end < id ? end : id;
  };

  return async (filter, { from, limit: asked }) => {
    const limit = Math.min(asked, LIMIT_MAX);
    const found: FoundReceipts['found'][number][] = [];
    if (filter.state === 'refused') return { found, next: null };
    const floor = filter.from === undefined ? '' : idAt('gen', filter.from - ID_AHEAD_DAYS * DAY_MS);
    const conditions = receiptConditions(filter, client.dialect);
    const where = conditions.map(([sql]) => ` and ${sql}`).join('');
    const parameters = conditions.flatMap(([, ...values]) => values);
    let steps = 0;
    for (const month of monthsOf(await months(), filter, from)) {
      const table = generationTable(month).name;
      let below = belowIn(month, filter, from);
      for (;;) {
        if (steps++ === STEPS_MAX) return { found, next: { month, id: below } };
        const edges = await ask(`select id from "${table}" where id < ? order by id desc limit 1 offset ${STEP_ROWS}`, [
          below,
        ]);
        const edge = edges[0] === undefined ? '' : String(edges[0].id);
        const isLast = edge <= floor;
        const missing = limit - found.length;
        const rows = await ask(
          `select id, receipt from "${table}" where id < ? and id >= ?${where} order by id desc limit ${missing}`,
          [below, isLast ? floor : edge, ...parameters],
        );
        for (const row of rows) {
          const receipt = receiptFromText(String(row.receipt));
          if (fits(receipt, filter)) found.push({ place: { month, id: receipt.id }, receipt });
        }
        const last = rows.length === missing ? String(rows.at(-1)?.id) : null;
        if (found.length === limit && last !== null) return { found, next: { month, id: last } };
        if (last === null && isLast) break;
        below = last ?? edge;
        const next = steps > STEPS_BLIND ? await skipDays(filter, { month, id: below }) : below;
        if (next === null) break;
        below = next;
      }
    }
    return { found, next: null };
  };
}

/** Those that can hold what is asked for, newest first, from where the search goes on. */
const monthsOf = (all: readonly string[], { from, to }: RequestFilter, place: Place | null): readonly string[] =>
  all.filter(
    (month) =>
      (place === null || month <= place.month) &&
      (from === undefined || month >= monthOf(from)) &&
      (to === undefined || month <= monthOf(to)),
  );

function belowIn(month: string, { to }: RequestFilter, place: Place | null): string {
  const start = place?.month === month ? place.id : ABOVE_ALL;
  const end = to === undefined ? ABOVE_ALL : idAt('gen', to);
  return end < start ? end : start;
}

/** Its JSON functions refuse a text that says NUL anywhere. The attempts' times stand before the call's. */
const TOTAL_MS_IN_POSTGRES =
  'cast(substring(receipt from \'.*"totalMs":([0-9.]+)\') as double precision) >= cast(? as double precision)';

/** What of a filter the columns and the text of receipts tell; the text may tell it of more than those that fit. */
function receiptConditions(filter: RequestFilter, dialect: StoreClient['dialect']): readonly Condition[] {
  const isPostgres = dialect === 'postgres';
  const contains = isPostgres ? 'strpos(receipt, ?) > 0' : 'instr(receipt, ?) > 0';
  const says = (member: string, value: string): string => `"${member}":${JSON.stringify(value)}`;
  const { keyId, workspaceId, model, provider, app, user, sessionId, state, costMin, totalMsMin, from, to } = filter;
  return [
    ['account_id = ?', filter.accountId],
    ...some(keyId, (value) => ['key_id = ?', value]),
    ...some(workspaceId, (value) => ['workspace_id = ?', value]),
    ...some(model, (value) => [`(model = ? or (model = '' and ${contains}))`, value, says('requestedModel', value)]),
    ...some(state, (value) => (value === 'trouble' ? ["state <> 'completed'"] : ['state = ?', value])),
    ...some(costMin, (value) => ['cost >= ?', value]),
    ...some(from, (value) => ['created_at >= ?', BigInt(Math.floor(value))]),
    ...some(to, (value) => ['created_at < ?', BigInt(Math.ceil(value))]),
    ...some(provider, (value) => [contains, says('provider', value)]),
    // Of a program on localhost the id is more than its origin.
    ...some(app, (value) => [contains, says('origin', value.split(' ', 1)[0] ?? '')]),
    ...some(user, (value) => [contains, says('user', value)]),
    ...some(sessionId, (value) => [contains, says('sessionId', value)]),
    ...some(totalMsMin, (value) => [
      isPostgres ? TOTAL_MS_IN_POSTGRES : "json_extract(receipt, '$.totalMs') >= ?",
      value,
    ]),
  ];
}

/** The same of roll-ups: on a day without such a row there is no receipt that fits. */
function rollUpConditions({
  accountId,
  keyId,
  workspaceId,
  model,
  provider,
  app,
  state,
}: RequestFilter): readonly Condition[] {
  return [
    ['account_id = ?', accountId],
    ...some(keyId, (value) => ['key_id = ?', value]),
    ...some(workspaceId, (value) => ['workspace_id = ?', value]),
    ...some(model, (value) => ['model = ?', value.slice(0, 200)]),
    ...some(provider, (value) => ["provider in (?, '')", value]),
    ...some(app, (value) => ['app = ?', value]),
    ...some(state === 'failed' ? state : undefined, () => ['errors > 0']),
  ];
}

const some = <T>(value: T | undefined, condition: (value: T) => Condition): readonly Condition[] =>
  value === undefined ? [] : [condition(value)];
