import { type Migration, table } from './migration.ts';

/** Keys of authenticators: the public halves. */
export const PASSKEYS: Migration = {
  id: '0029-passkeys',
  steps: [
    table(`create table passkey (id text primary key, person_id text not null, public_key text not null,
      counter bigint not null, transports text not null, name text not null, asked_at bigint not null,
      created_at bigint not null, used_at bigint)`),
    'create index passkey_of_person on passkey (person_id, created_at)',
  ],
};
