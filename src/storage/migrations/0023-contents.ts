import { type Migration, table } from './migration.ts';

/**
 * What calls say, where their workspace wishes it logged; `content_gone` are keys and workspaces whose contents are on
 * their way out. And what is kept beside calls: opinions on them, users that callers register, groups of a directory.
 */
export const CONTENTS: Migration = {
  id: '0023-contents',
  steps: [
    `create table generation_content (id text primary key, account_id text not null, workspace_id text not null,
      key_id text not null, created_at bigint not null, expires_at bigint not null, bytes bigint not null,
      content text not null)`,
    'create index generation_content_ending on generation_content (expires_at)',
    'create index generation_content_of_key on generation_content (key_id, created_at)',
    'create index generation_content_of_workspace on generation_content (workspace_id, created_at)',
    table(`create table content_logging (workspace_id text primary key, account_id text not null, enabled bigint not null,
      rate_ppm bigint not null, keys text)`),
    'create index content_logging_on on content_logging (enabled)',
    table('create table content_gone (scope text primary key, at bigint not null)'),
    table(`create table generation_feedback (account_id text not null, generation_id text not null,
      member_id text not null, category text not null, workspace_id text not null, comment text,
      created_at bigint not null, primary key (account_id, generation_id, member_id, category))`),
    'create index generation_feedback_of_workspace on generation_feedback (workspace_id)',
    table(`create table external_user (account_id text not null, name text not null, is_active bigint not null,
      created_at bigint not null, updated_at bigint not null, primary key (account_id, name))`),
    table(`create table scim_group (id text primary key, account_id text not null, external_id text,
      display_name text not null, created_at bigint not null, updated_at bigint not null)`),
    'create index scim_group_of_account on scim_group (account_id, display_name, id)',
    table(`create table scim_group_mapping (id text primary key, account_id text not null, group_id text not null,
      workspace_id text not null, role text not null, created_at bigint not null, updated_at bigint not null,
      unique (account_id, group_id, workspace_id))`),
    'create index scim_group_mapping_of_workspace on scim_group_mapping (workspace_id)',
    'create index scim_group_mapping_listed on scim_group_mapping (account_id, created_at, id)',
    table(`create table scim_sync_job (id text primary key, account_id text not null, status text not null,
      error_message text, created_at bigint not null, finished_at bigint)`),
    'create index scim_sync_job_of_account on scim_sync_job (account_id, created_at)',
  ],
};
