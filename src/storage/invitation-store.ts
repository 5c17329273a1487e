import { sql } from 'kysely';
import type { PeopleStore } from '../access/people/person.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { invitationOf, invitationRow, time } from './people-rows.ts';
import { type Committing, type Compilable, compiled, writing } from './writing.ts';

const PAGE_MAX = 100;

/** Invitations by link. */
export function openInvitationStore(
  client: StoreClient,
  database: StoreDatabase,
): Pick<PeopleStore, 'invite' | 'invitations' | 'invitation' | 'invitationOf' | 'withdraw' | 'accept'> {
  const write = writing(client);
  const looking = openKysely({ ...client, query: client.look });
  return {
    invite: async (hash, invitation, most) => {
      const { accountId, email, createdAt } = invitation;
      const isTaken = database.selectFrom('person').select('id').where('email', '=', email);
      if ((await isTaken.where('account_id', '=', accountId).execute()).length > 0) return 'taken';
      const inviting = adding(database, invitationRow(hash, invitation), most);
      const tooOld = database.deleteFrom('invitation').where('expires_at', '<=', time(createdAt));
      return (await write([inviting, tooOld], [], actOn('invitation.create', invitation.id))) > 0n ? 'invited' : 'full';
    },
    invitations: async (accountId, now, { offset, limit }) => {
      const asked = database
        .selectFrom('invitation')
        .where('account_id', '=', accountId)
        .where('expires_at', '>', time(now));
      const [{ total }, rows] = await Promise.all([
        asked.select(({ fn }) => fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow(),
        asked.selectAll().orderBy('email').limit(Math.min(limit, PAGE_MAX)).offset(offset).execute(),
      ]);
      return { invitations: rows.map(invitationOf), total: Number(total) };
    },
    invitation: async (hash, now) => {
      const row = await looking.selectFrom('invitation').selectAll().where('hash', '=', hash).executeTakeFirst();
      return row && row.expires_at > time(now) ? invitationOf(row) : null;
    },
    invitationOf: async ({ id, accountId }, now) => {
      const asked = database
        .selectFrom('invitation')
        .selectAll()
        .where('id', '=', id)
        .where('account_id', '=', accountId);
      const row = await asked.executeTakeFirst();
      return row && row.expires_at > time(now) ? invitationOf(row) : null;
    },
    withdraw: async ({ id, accountId }) => {
      const removal = database.deleteFrom('invitation').where('id', '=', id).where('account_id', '=', accountId);
      return (await write([removal], [], actOn('invitation.withdraw', id))) > 0n;
    },
    accept: async (hash, person, now) => {
      const found = await looking.selectFrom('invitation').selectAll().where('hash', '=', hash).executeTakeFirst();
      if (!found) return false;
      const { workspaceIds } = invitationOf(found);
      const rows = [{ table: 'person', column: 'id', value: person.id }] as const;
      const joining = accepting(database, hash, { ...person, workspaceIds }, now);
      return (await write(joining, [], { act: { act: 'person.join', rows } })) > 0n;
    },
  };
}

const actOn = (act: string, id: string): Committing => ({
  act: { act, rows: [{ table: 'invitation', column: 'id', value: id }] },
});

/** A second one to the same address takes the place of the first, whose link works no more. */
const adding = (database: StoreDatabase, row: ReturnType<typeof invitationRow>, most: number): Compilable =>
  compiled(
    database,
    sql`insert into invitation (hash, id, account_id, email, role, workspaces, created_by, created_at, expires_at)
      select cast(${row.hash} as text), cast(${row.id} as text), cast(${row.account_id} as text),
        cast(${row.email} as text), cast(${row.role} as text), cast(${row.workspaces} as text),
        cast(${row.created_by} as text), cast(${row.created_at} as bigint), cast(${row.expires_at} as bigint)
      where (select count(*) from invitation where account_id = ${row.account_id}) < ${BigInt(most)}
      on conflict (account_id, email) do update set hash = excluded.hash, id = excluded.id, role = excluded.role,
        workspaces = excluded.workspaces, created_by = excluded.created_by, created_at = excluded.created_at,
        expires_at = excluded.expires_at`,
  );

type Accepted = Parameters<PeopleStore['accept']>[1] & { readonly workspaceIds: readonly string[] };

/** The invitation is used up by whoever it made a person of: another who comes at once finds the address taken. */
function accepting(
  database: StoreDatabase,
  hash: string,
  { id, name, password, workspaceIds }: Accepted,
  now: number,
): readonly Compilable[] {
  const at = time(now);
  const isMade = sql`exists (select 1 from person where id = ${id})`;
  return [
    sql`insert into person (id, account_id, email, name, role, password, created_at)
      select cast(${id} as text), i.account_id, i.email, cast(${name} as text), i.role, cast(${password} as text),
        cast(${at} as bigint)
      from invitation i where i.hash = ${hash} and i.expires_at > ${at}
      on conflict do nothing`,
    ...workspaceIds.map(
      (workspaceId) => sql`insert into workspace_member (workspace_id, person_id, created_at)
        select w.id, p.id, p.created_at from workspace w join person p on p.account_id = w.account_id
        where w.id = ${workspaceId} and p.id = ${id} on conflict do nothing`,
    ),
    sql`delete from invitation where hash = ${hash} and ${isMade}`,
  ].map((statement) => compiled(database, statement));
}
