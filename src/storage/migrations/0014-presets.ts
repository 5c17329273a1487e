import { type Migration, table } from './migration.ts';

export const PRESETS: Migration = {
  id: '0014-presets',
  steps: [
    table(`create table preset (id text primary key, account_id text not null, workspace_id text not null,
      slug text not null, name text not null, description text, status text not null,
      designated_version_id text not null, creator_id text not null, created_at bigint not null,
      updated_at bigint not null, status_updated_at bigint, unique (workspace_id, slug))`),
    table(`create table preset_version (preset_id text not null, version bigint not null, id text not null,
      dialect text not null, config text not null, system_prompt text, creator_id text not null,
      created_at bigint not null, primary key (preset_id, version), unique (id))`),
  ],
};
