import { sql } from 'kysely';
import { parseJson } from '../base/json.ts';
import type { McpServer, McpServerStore } from '../mcp/server.ts';
import type { StoreClient } from './client.ts';
import type { StoreDatabase } from './kysely.ts';
import type { McpServerRow } from './schema.ts';
import { type Committing, type Compilable, writing } from './writing.ts';

/** More of one workspace are not read at once. */
const LISTED_MAX = 100;

const actOn = (verb: string, id: string): Committing => ({
  act: { act: `mcp-server.${verb}`, rows: [{ table: 'mcp_server', column: 'id', value: id }] },
});

export function openMcpServerStore(client: StoreClient, database: StoreDatabase): McpServerStore {
  const write = writing(client);
  return {
    list: async (workspaceId) => {
      const rows = await database
        .selectFrom('mcp_server')
        .selectAll()
        .where('workspace_id', '=', workspaceId)
        .orderBy('name')
        .limit(LISTED_MAX)
        .execute();
      return rows.map(serverOf);
    },
    find: async (accountId, id) => {
      const row = await database
        .selectFrom('mcp_server')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('id', '=', id)
        .executeTakeFirst();
      return row ? serverOf(row) : null;
    },
    add: async (server, most) => {
      const row = rowOf(server);
      const insert: Compilable = {
        compile: () =>
          sql`insert into mcp_server
              (id, account_id, workspace_id, name, url, enabled, settings, config, created_at, updated_at)
            select ${row.id}, ${row.account_id}, ${row.workspace_id}, ${row.name}, ${row.url},
              cast(${row.enabled} as bigint), ${row.settings}, ${row.config}, cast(${row.created_at} as bigint),
              cast(${row.updated_at} as bigint)
            where (select count(*) from mcp_server s where s.workspace_id = ${row.workspace_id}) < cast(${BigInt(most)} as bigint)
            on conflict (workspace_id, name) do nothing`.compile(database),
      };
      return (await write([insert], [], actOn('create', row.id))) > 0n;
    },
    change: async (server) => {
      const { id, account_id, workspace_id, name, url, enabled, settings, config, updated_at } = rowOf(server);
      const update = database
        .updateTable('mcp_server')
        .set({ name, url, enabled, settings, config, updated_at })
        .where('id', '=', id)
        .where('account_id', '=', account_id)
        .where(
          sql<boolean>`not exists (select 1 from mcp_server o where o.workspace_id = ${workspace_id} and o.name = ${name} and o.id <> ${id})`,
        );
      return (await write([update], [], actOn('change', id))) > 0n;
    },
    remove: async (accountId, id) => {
      const removal = database.deleteFrom('mcp_server').where('id', '=', id).where('account_id', '=', accountId);
      return (await write([removal], [], actOn('delete', id))) > 0n;
    },
  };
}

type Settings = Pick<McpServer, 'allowedTools' | 'timeoutMs' | 'usesMax'>;

const rowOf = (server: McpServer): McpServerRow => {
  const { allowedTools, timeoutMs, usesMax } = server;
  const settings: Settings = { allowedTools, timeoutMs, usesMax };
  return {
    id: server.id,
    account_id: server.accountId,
    workspace_id: server.workspaceId,
    name: server.name,
    url: server.url,
    enabled: server.enabled ? 1n : 0n,
    settings: JSON.stringify(settings),
    config: server.sealed,
    created_at: BigInt(server.createdAt),
    updated_at: BigInt(server.updatedAt),
  };
};

const serverOf = (row: McpServerRow): McpServer => ({
  ...(parseJson(row.settings) as Settings),
  id: row.id,
  accountId: row.account_id,
  workspaceId: row.workspace_id,
  name: row.name,
  url: row.url,
  enabled: row.enabled === 1n,
  sealed: row.config,
  createdAt: Number(row.created_at),
  updatedAt: Number(row.updated_at),
});
