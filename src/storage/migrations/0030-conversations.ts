import { type Migration, table } from './migration.ts';

/** Conversations, and what they hold in order. */
export const CONVERSATIONS: Migration = {
  id: '0030-conversations',
  steps: [
    table(`create table conversation (id text primary key, account_id text not null, workspace_id text not null,
      created_at bigint not null, expires_at bigint not null, metadata text not null, items bigint not null,
      bytes bigint not null, next_position bigint not null)`),
    'create index conversation_listed on conversation (account_id, workspace_id, expires_at, id)',
    'create index conversation_ending on conversation (expires_at)',
    // Its rows are long: SQLite finds them faster beside the primary key than in it.
    `create table conversation_item (conversation_id text not null, position bigint not null, id text not null,
      item text not null, bytes bigint not null, primary key (conversation_id, position))`,
    'create index conversation_item_named on conversation_item (conversation_id, id)',
  ],
};
