import { type Migration, table } from './migration.ts';

/** Who was taken for dead is remembered: it may live, and its groups count once all the same. */
export const LIVENESS: Migration = {
  id: '0005-liveness',
  steps: [
    'alter table process add column epoch bigint not null default 0',
    'alter table process add column settled_at bigint',
    'alter table process add column slot text',
    table('create table pulse (id text primary key, steady_since bigint not null, last_at bigint not null)'),
    table('create table notice (notice text primary key, version bigint not null, at bigint not null)'),
  ],
};
