import { type Migration, table } from './migration.ts';

export const OBSERVABILITY: Migration = {
  id: '0016-observability',
  steps: [
    table(`create table observability_destination (id text primary key, account_id text not null,
      workspace_id text not null, name text not null, kind text not null, enabled bigint not null,
      settings text not null, config text not null, created_at bigint not null, updated_at bigint not null)`),
    'create index observability_destination_of_workspace on observability_destination (workspace_id, kind)',
  ],
};
