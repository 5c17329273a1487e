import { type Migration, table } from './migration.ts';

/** Until now an account had its owner alone, whose id is the account's. */
export const PEOPLE: Migration = {
  id: '0020-people',
  steps: [
    table(`create table person (id text primary key, account_id text not null, email text, name text,
      role text not null, password text, created_at bigint not null, updated_at bigint, unique (email))`),
    `insert into person (id, account_id, role, created_at)
      select a.id, a.id, 'owner', coalesce((select min(w.created_at) from workspace w where w.account_id = a.id), 0)
      from account a`,
    'create index person_of_account on person (account_id, created_at, id)',
    table(`create table invitation (hash text primary key, id text not null, account_id text not null,
      email text not null, role text not null, workspaces text not null, created_by text,
      created_at bigint not null, expires_at bigint not null, unique (id), unique (account_id, email))`),
    'create index invitation_ending on invitation (expires_at)',
    table(`create table workspace_member (workspace_id text not null, person_id text not null,
      created_at bigint not null, primary key (workspace_id, person_id))`),
    'create index workspace_member_of_person on workspace_member (person_id)',
    'alter table session add column person_id text',
    'alter table session add column created_at bigint',
    'alter table session add column address text',
    'alter table session add column agent text',
    'alter table session add column means text',
    'update session set person_id = account_id',
    'create index session_of_person on session (person_id, created_at)',
    'alter table sign_in add column kind text',
    'alter table sign_in add column person_id text',
    'create index sign_in_of_person on sign_in (person_id)',
    'alter table auth_code add column creator_id text',
    'create index api_key_of_creator on api_key (creator_user_id, created_at)',
  ],
};
