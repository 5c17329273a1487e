import { sql } from 'kysely';
import { parseJson } from '../base/json.ts';
import type { DestinationStore, ObservabilityDestination } from '../telemetry/destinations/destination.ts';
import type { KindName } from '../telemetry/destinations/kinds.ts';
import type { StoreClient } from './client.ts';
import type { StoreDatabase } from './kysely.ts';
import { ACCESS, RECEIVERS } from './notices.ts';
import type { ObservabilityDestinationRow } from './schema.ts';
import { type Committing, type Compilable, writing } from './writing.ts';

const PAGE_MAX = 100;
/** More are not sent to by one gateway: each has a loop of its own. */
const ENABLED_MAX = 1_000;

const actOn = (verb: string, id: string): Committing => ({
  act: { act: `destination.${verb}`, rows: [{ table: 'observability_destination', column: 'id', value: id }] },
});

export function openDestinationStore(client: StoreClient, database: StoreDatabase): DestinationStore {
  const write = writing(client);
  return {
    list: async (workspaceId, { offset, limit }) => {
      const asked = database.selectFrom('observability_destination').where('workspace_id', '=', workspaceId);
      const [{ total }, rows] = await Promise.all([
        asked.select(({ fn }) => fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow(),
        asked.selectAll().orderBy('created_at').orderBy('id').limit(Math.min(limit, PAGE_MAX)).offset(offset).execute(),
      ]);
      return { destinations: rows.map(destinationOf), total: Number(total) };
    },
    find: async (accountId, id) => {
      const row = await database
        .selectFrom('observability_destination')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('id', '=', id)
        .executeTakeFirst();
      return row ? destinationOf(row) : null;
    },
    enabled: async () => {
      const rows = await database
        .selectFrom('observability_destination')
        .selectAll()
        .where('enabled', '=', 1n)
        .orderBy('id')
        .limit(ENABLED_MAX)
        .execute();
      return rows.map(destinationOf);
    },
    add: async (destination, most) => {
      const row = rowOf(destination);
      const insert: Compilable = {
        compile: () =>
          sql`insert into observability_destination
              (id, account_id, workspace_id, name, kind, enabled, settings, config, created_at, updated_at)
            select ${row.id}, ${row.account_id}, ${row.workspace_id}, ${row.name}, ${row.kind},
              cast(${row.enabled} as bigint), ${row.settings}, ${row.config}, cast(${row.created_at} as bigint),
              cast(${row.updated_at} as bigint)
            where (select count(*) from observability_destination d
              where d.workspace_id = ${row.workspace_id} and d.kind = ${row.kind}) < cast(${BigInt(most)} as bigint)`.compile(
            database,
          ),
      };
      return (await write([insert], [RECEIVERS], actOn('create', row.id))) > 0n;
    },
    change: async (destination) => {
      const { id, account_id, name, enabled, settings, config, updated_at } = rowOf(destination);
      const update = database
        .updateTable('observability_destination')
        .set({ name, enabled, settings, config, updated_at })
        .where('id', '=', id)
        .where('account_id', '=', account_id);
      return (await write([update], [RECEIVERS], actOn('change', id))) > 0n;
    },
    remove: async (accountId, id) => {
      const removal = database
        .deleteFrom('observability_destination')
        .where('id', '=', id)
        .where('account_id', '=', accountId);
      return (await write([removal], [RECEIVERS], actOn('delete', id))) > 0n;
    },
    onChange: (listener) =>
      client.onNotice((notice) => {
        if (notice === RECEIVERS || notice === ACCESS) listener();
      }),
  };
}

type Settings = Pick<
  ObservabilityDestination,
  'privacyMode' | 'visible' | 'samplingRate' | 'keyHashes' | 'filterRules'
>;

const rowOf = (destination: ObservabilityDestination): ObservabilityDestinationRow => {
  const { privacyMode, visible, samplingRate, keyHashes, filterRules } = destination;
  const settings: Settings = { privacyMode, visible, samplingRate, keyHashes, filterRules };
  return {
    id: destination.id,
    account_id: destination.accountId,
    workspace_id: destination.workspaceId,
    name: destination.name,
    kind: destination.kind,
    enabled: destination.enabled ? 1n : 0n,
    settings: JSON.stringify(settings),
    config: destination.sealed,
    created_at: BigInt(destination.createdAt),
    updated_at: BigInt(destination.updatedAt),
  };
};

const destinationOf = (row: ObservabilityDestinationRow): ObservabilityDestination => ({
  ...(parseJson(row.settings) as Settings),
  id: row.id,
  accountId: row.account_id,
  workspaceId: row.workspace_id,
  name: row.name,
  kind: row.kind as KindName,
  enabled: row.enabled === 1n,
  sealed: row.config,
  createdAt: Number(row.created_at),
  updatedAt: Number(row.updated_at),
});
