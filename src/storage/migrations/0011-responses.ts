import { type Migration, table } from './migration.ts';

export const RESPONSES: Migration = {
  id: '0011-responses',
  steps: [
    // Its rows are long: SQLite finds them faster beside the primary key than in it.
    `create table response (id text primary key, account_id text not null, workspace_id text not null,
      previous_id text, created_at bigint not null, expires_at bigint not null, bytes bigint not null,
      chain_bytes bigint not null, chain_items bigint not null, chain_responses bigint not null,
      input text not null, output text not null, response text not null)`,
    'create index response_listed on response (account_id, workspace_id, created_at, id)',
    'create index response_ending on response (expires_at)',
    table(`create table stored_space (account_id text not null, workspace_id text not null,
      responses bigint not null, bytes bigint not null, primary key (account_id, workspace_id))`),
  ],
};
