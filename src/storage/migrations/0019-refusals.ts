import { type Migration, table } from './migration.ts';

export const REFUSALS: Migration = {
  id: '0019-refusals',
  steps: [
    table(`create table refusal (account_id text not null, id text not null, created_at bigint not null, key_id text,
      key_label text, workspace_id text, operation text, dialect text, model text, code text not null,
      message text not null, others bigint not null, primary key (account_id, id))`),
  ],
};
