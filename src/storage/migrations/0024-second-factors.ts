import { type Migration, table } from './migration.ts';

/** Codes of an authenticator, by a secret that is sealed, and those that help once where it is lost, as digests. */
export const SECOND_FACTORS: Migration = {
  id: '0024-second-factors',
  steps: [
    table(`create table second_factor (person_id text primary key, secret text not null, confirmed bigint not null,
      last_step bigint not null, created_at bigint not null)`),
    table('create table recovery_code (person_id text not null, hash text not null, primary key (person_id, hash))'),
  ],
};
