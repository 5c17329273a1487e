import {
  APP,
  BUDGET,
  columnsOf,
  createTable,
  DESTINATION,
  HOLD,
  LEASE,
  OUTBOX,
  RATE,
  ROLL_UP,
  TRANSFER,
  USAGE,
} from '../tables.ts';

/** One step of the schema's history, in SQL that both engines understand. Never edited once released: append. */
export type Migration = { readonly id: string; readonly statements: readonly string[] };

const { about: _, ...HOLD_COLUMNS_1 } = HOLD.columns;
const { account_id: __, ...ROLL_UP_COLUMNS_1 } = ROLL_UP.columns;
const ROLL_UP_1 = {
  name: ROLL_UP.name,
  key: ROLL_UP.key.filter((column) => column !== 'account_id'),
  columns: ROLL_UP_COLUMNS_1,
};
const ROLL_UP_FIGURES = Object.keys(ROLL_UP_COLUMNS_1).slice(ROLL_UP_1.key.length);

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
  { id: '0002-insights', statements: [createTable(ROLL_UP_1), createTable(APP)] },
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
  {
    // Lists come in pages, and roll-ups say whose they are: nothing is filtered after it was read. What a deleted key has
    // used is its only account's.
    id: '0007-found-not-held',
    statements: [
      'create index api_key_listed on api_key (account_id, created_at, hash, disabled, workspace_id)',
      'create index session_ending on session (expires_at)',
      'create index sign_in_ending on sign_in (expires_at)',
      'alter table roll_up rename to roll_up_1',
      createTable(ROLL_UP),
      `insert into roll_up (${columnsOf(ROLL_UP).join(', ')})
        select day, model, endpoint, provider, app,
          coalesce((select k.account_id from api_key k where k.hash = r.key_id), 'owner'), key_id, workspace_id,
          ${ROLL_UP_FIGURES.join(', ')}
        from roll_up_1 r`,
      'drop table roll_up_1',
      'create index roll_up_of_account on roll_up (account_id, day)',
    ],
  },
  { id: '0008-outbox', statements: [createTable(DESTINATION), createTable(OUTBOX)] },
  {
    // Every limit is a budget of its scope; what workspaces have spent is summed up as it is for accounts and keys.
    id: '0009-budgets',
    statements: [
      createTable(BUDGET),
      createTable(RATE),
      `insert into budget (scope, source, "interval", amount, with_byok, created_at, updated_at)
        select 'key:' || hash, '', coalesce(limit_reset, 'lifetime'), limit_nano, include_byok_in_limit, created_at, updated_at
        from api_key where limit_nano is not null or limit_reset is not null or include_byok_in_limit <> 0`,
      ...['limit_nano', 'limit_reset', 'include_byok_in_limit'].map(
        (column) => `alter table api_key drop column ${column}`,
      ),
      ...['day', "'all'"].map(
        (day) => `insert into usage (scope, day, cost, byok_cost)
          select 'workspace:' || workspace_id, ${day}, cast(sum(cost) as bigint), cast(sum(byok_cost) as bigint)
          from roll_up group by 1, 2 having sum(cost) <> 0 or sum(byok_cost) <> 0`,
      ),
    ],
  },
  {
    id: '0010-workspaces',
    statements: [
      `create table workspace (id text primary key, account_id text not null, slug text not null, name text not null,
        description text, byok_in_budgets bigint not null, created_by text, created_at bigint not null, updated_at bigint,
        unique (account_id, slug))`,
      'alter table api_key add column external_user text',
      'create index api_key_of_workspace on api_key (account_id, workspace_id)',
      'create index api_key_of_managers on api_key (account_id, is_management, disabled)',
      `create table auth_code (hash text primary key, account_id text not null, workspace_id text not null,
        key_name text not null, limit_nano bigint, limit_reset text, key_expires_at bigint, challenge text,
        challenge_method text, expires_at bigint not null)`,
      'create index auth_code_ending on auth_code (expires_at)',
    ],
  },
];
