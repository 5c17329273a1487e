import { sql } from 'kysely';
import { parseJson } from '../base/json.ts';
import type { Alert, AlertEvent, AlertEventKind, AlertStore, Telling, Watched } from '../telemetry/alerts/alert.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import type { AlertEventRow, AlertRow } from './schema.ts';
import { type Committing, type Compilable, compiled, writing } from './writing.ts';

/** More are not watched by one gateway. */
const ENABLED_MAX = 2_000;
/** Older events of an alert are forgotten with the next one. */
const EVENTS_KEPT = 200;

const actOn = (verb: string, id: string): Committing => ({
  act: { act: `alert.${verb}`, rows: [{ table: 'alert', column: 'id', value: id }] },
});

/** Alerts and their events; none of it waits in a journal, so that looking costs the calls nothing. */
export function openAlertStore(client: StoreClient, database: StoreDatabase): AlertStore {
  const write = writing(client);
  const looking = openKysely({ ...client, query: client.look });
  return {
    list: async (accountId) =>
      (
        await looking
          .selectFrom('alert')
          .selectAll()
          .where('account_id', '=', accountId)
          .orderBy('created_at')
          .orderBy('id')
          .execute()
      ).map(alertOf),
    find: async (accountId, id) => {
      const row = await looking
        .selectFrom('alert')
        .selectAll()
        .where('id', '=', id)
        .where('account_id', '=', accountId)
        .executeTakeFirst();
      return row ? alertOf(row) : null;
    },
    enabled: async () =>
      (
        await looking
          .selectFrom('alert')
          .selectAll()
          .where('enabled', '=', 1n)
          .orderBy('id')
          .limit(ENABLED_MAX)
          .execute()
      ).map(alertOf),
    add: async (alert, most) => {
      const row = rowOf(alert);
      const insert = compiled(
        database,
        sql`insert into alert (id, account_id, name, enabled, watched, mails, url, raised, words, raised_at, last_event,
            created_at, updated_at)
          select ${row.id}, ${row.account_id}, ${row.name}, cast(${row.enabled} as bigint), ${row.watched}, ${row.mails},
            cast(${row.url} as text), '[]', '', null, '', cast(${row.created_at} as bigint),
            cast(${row.updated_at} as bigint)
          where (select count(*) from alert a where a.account_id = ${row.account_id}) < cast(${BigInt(most)} as bigint)`,
      );
      return (await write([insert], [], actOn('create', alert.id))) > 0n;
    },
    change: async (alert) => {
      const { name, enabled, watched, mails, url, updated_at } = rowOf(alert);
      const update = database
        .updateTable('alert')
        .set({ name, enabled, watched, mails, url, updated_at })
        .where('id', '=', alert.id)
        .where('account_id', '=', alert.accountId);
      return (await write([update], [], actOn('change', alert.id))) > 0n;
    },
    remove: async (accountId, id) => {
      const removal = database.deleteFrom('alert').where('id', '=', id).where('account_id', '=', accountId);
      const events = database.deleteFrom('alert_event').where('alert_id', '=', id).where('account_id', '=', accountId);
      return (await write([removal, events], [], actOn('delete', id))) > 0n;
    },
    ...openEvents(client, database),
  };
}

type EventStore = Pick<AlertStore, 'turn' | 'events' | 'claim' | 'told'>;

function openEvents(client: StoreClient, database: StoreDatabase): EventStore {
  const write = writing(client);
  const looking = openKysely({ ...client, query: client.look });
  return {
    turn: async ({ alert, raised, event }) => {
      const update = database
        .updateTable('alert')
        .set({
          raised: JSON.stringify(raised),
          ...(event && { last_event: event.id }),
          ...(event?.kind === 'raised' && { words: event.words, raised_at: BigInt(Math.floor(event.at)) }),
        })
        .where('id', '=', alert.id)
        .where('raised', '=', JSON.stringify(alert.raised))
        .where('updated_at', '=', BigInt(alert.updatedAt));
      const more = event === null ? [] : [inserted(database, event), pruned(database, alert.id)];
      return (await write([update, ...more], [], { untold: true })) > 0n;
    },
    events: async (accountId, alertId, limit) =>
      (
        await looking
          .selectFrom('alert_event')
          .selectAll()
          .where('alert_id', '=', alertId)
          .where('account_id', '=', accountId)
          .orderBy('id', 'desc')
          .limit(limit)
          .execute()
      ).map(eventOf),
    claim: async (now, forMs, limit) => {
      const due = await looking
        .selectFrom('alert_event')
        .selectAll()
        .where('due_at', '<=', BigInt(Math.floor(now)))
        .orderBy('due_at')
        .limit(limit)
        .execute();
      const claimed: AlertEvent[] = [];
      for (const row of due) {
        const claim = database
          .updateTable('alert_event')
          .set({ due_at: BigInt(Math.floor(now + forMs)), tries: row.tries + 1n })
          .where('alert_id', '=', row.alert_id)
          .where('id', '=', row.id)
          .where('due_at', '=', row.due_at);
        if ((await write([claim], [], { untold: true })) > 0n) claimed.push(eventOf({ ...row, tries: row.tries + 1n }));
      }
      return claimed;
    },
    told: async ({ alertId, id, tellings }, againAt) => {
      const update = database
        .updateTable('alert_event')
        .set({ tellings: JSON.stringify(tellings), due_at: againAt === null ? null : BigInt(Math.floor(againAt)) })
        .where('alert_id', '=', alertId)
        .where('id', '=', id);
      await write([update], [], { untold: true });
    },
  };
}

/** Only by whoever has turned the alert. */
const inserted = (database: StoreDatabase, event: AlertEvent): Compilable => {
  const at = BigInt(Math.floor(event.at));
  const due = event.tellings.some(({ state }) => state === 'waiting') ? at : null;
  return compiled(
    database,
    sql`insert into alert_event (alert_id, id, account_id, at, kind, words, tellings, tries, due_at)
      select a.id, ${event.id}, a.account_id, cast(${at} as bigint), ${event.kind}, ${event.words},
        ${JSON.stringify(event.tellings)}, 0, cast(${due} as bigint)
      from alert a where a.id = ${event.alertId} and a.last_event = ${event.id}`,
  );
};

const pruned = (database: StoreDatabase, alertId: string): Compilable =>
  compiled(
    database,
    sql`delete from alert_event where alert_id = ${alertId} and id <= (select e.id from alert_event e
      where e.alert_id = ${alertId} order by e.id desc limit 1 offset ${sql.lit(EVENTS_KEPT)})`,
  );

const rowOf = (alert: Alert): Omit<AlertRow, 'raised' | 'words' | 'raised_at' | 'last_event'> => ({
  id: alert.id,
  account_id: alert.accountId,
  name: alert.name,
  enabled: alert.enabled ? 1n : 0n,
  watched: JSON.stringify(alert.watched),
  mails: JSON.stringify(alert.mails),
  url: alert.sealedUrl,
  created_at: BigInt(alert.createdAt),
  updated_at: BigInt(alert.updatedAt),
});

const alertOf = (row: AlertRow): Alert => ({
  id: row.id,
  accountId: row.account_id,
  name: row.name,
  enabled: row.enabled === 1n,
  watched: parseJson(row.watched) as Watched,
  mails: parseJson(row.mails) as readonly string[],
  sealedUrl: row.url,
  raised: parseJson(row.raised) as readonly string[],
  words: row.words,
  raisedAt: row.raised_at === null ? null : Number(row.raised_at),
  createdAt: Number(row.created_at),
  updatedAt: Number(row.updated_at),
});

const eventOf = (row: AlertEventRow): AlertEvent => ({
  id: row.id,
  accountId: row.account_id,
  alertId: row.alert_id,
  at: Number(row.at),
  kind: row.kind as AlertEventKind,
  words: row.words,
  tellings: parseJson(row.tellings) as readonly Telling[],
  tries: Number(row.tries),
});
