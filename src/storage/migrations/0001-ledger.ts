import { type Migration, table } from './migration.ts';

export const LEDGER: Migration = {
  id: '0001-ledger',
  steps: [
    table('create table process (id text primary key, group_seq bigint not null, seen_at bigint not null)'),
    table(
      'create table account (id text primary key, name text not null, prepaid bigint not null, credits bigint not null)',
    ),
    table(`create table hold (id text not null, process text, created_at bigint, account_id text, key_id text,
      workspace_id text, model text, endpoint text, amount bigint, prompt_cost bigint, dispatched bigint,
      checkpoint bigint, primary key (id))`),
    table(`create table transfer (id text not null, created_at bigint, kind text, from_account text, to_account text,
      amount bigint, key_id text, reason text, primary key (id))`),
    table(`create table usage (scope text not null, day text not null, cost bigint, byok_cost bigint,
      primary key (scope, day))`),
    table(`create table lease (scope text not null, process text not null, amount bigint,
      primary key (scope, process))`),
    table('create table month (month text primary key)'),
  ],
};
