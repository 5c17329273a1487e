import { type Migration, table } from './migration.ts';

/** MCP servers whose tools calls of a workspace can use; their headers are sealed in `config`. */
export const MCP_SERVERS: Migration = {
  id: '0028-mcp-servers',
  steps: [
    table(`create table mcp_server (id text primary key, account_id text not null, workspace_id text not null,
      name text not null, url text not null, enabled bigint not null, settings text not null, config text not null,
      created_at bigint not null, updated_at bigint not null)`),
    'create unique index mcp_server_by_name on mcp_server (workspace_id, name)',
  ],
};
