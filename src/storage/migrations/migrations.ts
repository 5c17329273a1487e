import { APP, createTable, HOLD, LEASE, ROLL_UP, TRANSFER, USAGE } from '../tables.ts';

/** One step of the schema's history, in SQL that both engines understand. Never edited once released: append. */
export type Migration = { readonly id: string; readonly statements: readonly string[] };

const { about: _, ...HOLD_COLUMNS_1 } = HOLD.columns;

export const MIGRATIONS: readonly Migration[] = [
  {
    id: '0001-ledger',
    statements: [
      'create table process (id text primary key, group_seq bigint not null, seen_at bigint not null)',
      'create table account (id text primary key, name text not null, prepaid bigint not null, credits bigint not null)',
      createTable({ ...HOLD, columns: HOLD_COLUMNS_1 }),
      createTable(TRANSFER),
      createTable(USAGE),
      createTable(LEASE),
      'create table month (month text primary key)',
    ],
  },
  { id: '0002-insights', statements: [createTable(ROLL_UP), createTable(APP)] },
  {
    id: '0003-access',
    statements: [
      `create table api_key (hash text primary key, name text not null, label text not null,
        account_id text not null, workspace_id text not null, is_management bigint not null, disabled bigint not null,
        limit_nano bigint, limit_reset text, include_byok_in_limit bigint not null, expires_at bigint,
        created_at bigint not null, updated_at bigint, creator_user_id text)`,
      'create table sign_in (hash text primary key, account_id text not null, expires_at bigint not null)',
      'create table session (hash text primary key, account_id text not null, expires_at bigint not null)',
    ],
  },
  { id: '0004-hold-about', statements: ['alter table hold add column about text'] },
  {
    // Who was taken for dead is remembered: it may live, and its groups count once all the same.
    id: '0005-liveness',
    statements: [
      'alter table process add column epoch bigint not null default 0',
      'alter table process add column settled_at bigint',
      'alter table process add column slot text',
      'create table pulse (id text primary key, steady_since bigint not null, last_at bigint not null)',
      'create table notice (notice text primary key, version bigint not null, at bigint not null)',
    ],
  },
  // How far the tables contain the journal (`journaled.ts`); SQLite only, PostgreSQL has its own.
  { id: '0006-journal', statements: ['create table journal (store text primary key, applied bigint not null)'] },
];
