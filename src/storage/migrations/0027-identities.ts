import { type Migration, table } from './migration.ts';

/** Who people are at other providers; an invitation is found by its address where that is vouched for. */
export const IDENTITIES: Migration = {
  id: '0027-identities',
  steps: [
    table(`create table identity (issuer text not null, subject text not null, person_id text not null,
      means text not null, created_at bigint not null, primary key (issuer, subject))`),
    'create index identity_of_person on identity (person_id, created_at)',
    'create index invitation_for_address on invitation (email, created_at)',
  ],
};
