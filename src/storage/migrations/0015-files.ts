import { type Migration, table } from './migration.ts';

export const FILES: Migration = {
  id: '0015-files',
  steps: [
    table(`create table stored_file (id text primary key, account_id text not null, workspace_id text not null,
      key_id text not null, filename text not null, media_type text not null, bytes bigint not null, purpose text,
      state text not null, created_at bigint not null, expires_at bigint)`),
    'create index stored_file_of_workspace on stored_file (workspace_id, id)',
    'create index stored_file_ending on stored_file (expires_at)',
    'create index stored_file_passing on stored_file (state, created_at)',
  ],
};
