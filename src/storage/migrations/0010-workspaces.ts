import { type Migration, table } from './migration.ts';

export const WORKSPACES: Migration = {
  id: '0010-workspaces',
  steps: [
    table(`create table workspace (id text primary key, account_id text not null, slug text not null,
      name text not null, description text, byok_in_budgets bigint not null, created_by text,
      created_at bigint not null, updated_at bigint, unique (account_id, slug))`),
    'alter table api_key add column external_user text',
    'create index api_key_of_workspace on api_key (account_id, workspace_id)',
    'create index api_key_of_managers on api_key (account_id, is_management, disabled)',
    table(`create table auth_code (hash text primary key, account_id text not null, workspace_id text not null,
      key_name text not null, limit_nano bigint, limit_reset text, key_expires_at bigint, challenge text,
      challenge_method text, expires_at bigint not null)`),
    'create index auth_code_ending on auth_code (expires_at)',
  ],
};
