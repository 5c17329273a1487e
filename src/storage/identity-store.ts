import { sql } from 'kysely';
import type { IdentityMeans, PeopleStore } from '../access/people/person.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { invitationOf, time } from './people-rows.ts';
import { type Committing, type Compilable, compiled, writing } from './writing.ts';

type Of = Parameters<PeopleStore['addIdentity']>;
const LISTED_MAX = 100;

/** Who people are at other providers. */
export function openIdentityStore(
  client: StoreClient,
  database: StoreDatabase,
): Pick<PeopleStore, 'identity' | 'addIdentity' | 'identitiesOf' | 'join' | 'invitationFor'> {
  const write = writing(client);
  const looking = openKysely({ ...client, query: client.look });
  return {
    identity: async ({ issuer, subject }) => {
      const asked = looking
        .selectFrom('identity')
        .selectAll()
        .where('issuer', '=', issuer)
        .where('subject', '=', subject);
      const row = await asked.executeTakeFirst();
      return row ? { personId: row.person_id, means: row.means as IdentityMeans } : null;
    },
    addIdentity: async (identity, added) => {
      const adding = compiled(database, addingOf(identity, added));
      return (await write([adding], [], actOn('identity.add', added.personId))) > 0n;
    },
    identitiesOf: async (personId) => {
      const asked = database.selectFrom('identity').selectAll().where('person_id', '=', personId);
      const rows = await asked.orderBy('created_at').limit(LISTED_MAX).execute();
      return rows.map(({ issuer, subject, created_at }) => ({ issuer, subject, createdAt: Number(created_at) }));
    },
    join: async (person, identity, { means, now }) => {
      const { id, accountId, email, name, role } = person;
      const joining = sql`insert into person (id, account_id, email, name, role, created_at)
        select cast(${id} as text), a.id, cast(${email} as text), cast(${name} as text), cast(${role} as text),
          cast(${time(now)} as bigint)
        from account a where a.id = ${accountId} on conflict do nothing`;
      const adding = addingOf(identity, { personId: id, means, now });
      const statements: readonly Compilable[] = [joining, adding].map((each) => compiled(database, each));
      return (await write(statements, [], actOn('person.join', id))) > 0n;
    },
    invitationFor: async (email, now) => {
      const asked = looking.selectFrom('invitation').selectAll().where('email', '=', email);
      const open = asked.where('expires_at', '>', time(now));
      const row = await open.orderBy('created_at', 'desc').limit(1).executeTakeFirst();
      return row ? { hash: row.hash, invitation: invitationOf(row) } : null;
    },
  };
}

/** Only of somebody who is there, and of nobody who was there before. */
const addingOf = ({ issuer, subject }: Of[0], { personId, means, now }: Of[1]) =>
  sql`insert into identity (issuer, subject, person_id, means, created_at)
    select cast(${issuer} as text), cast(${subject} as text), p.id, cast(${means} as text), cast(${time(now)} as bigint)
    from person p where p.id = ${personId}
    on conflict (issuer, subject) do update set person_id = excluded.person_id, means = excluded.means,
      created_at = excluded.created_at
    where not exists (select 1 from person o where o.id = identity.person_id)`;

const actOn = (act: string, id: string): Committing => ({
  act: {
    act,
    rows: [
      { table: 'person', column: 'id', value: id },
      { table: 'identity', column: 'person_id', value: id },
    ],
  },
});
