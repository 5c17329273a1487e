import { type Migration, table } from './migration.ts';

export const ACCESS: Migration = {
  id: '0003-access',
  steps: [
    table(`create table api_key (hash text primary key, name text not null, label text not null,
      account_id text not null, workspace_id text not null, is_management bigint not null, disabled bigint not null,
      limit_nano bigint, limit_reset text, include_byok_in_limit bigint not null, expires_at bigint,
      created_at bigint not null, updated_at bigint, creator_user_id text)`),
    table('create table sign_in (hash text primary key, account_id text not null, expires_at bigint not null)'),
    table('create table session (hash text primary key, account_id text not null, expires_at bigint not null)'),
  ],
};
