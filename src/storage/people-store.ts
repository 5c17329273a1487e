import { sql } from 'kysely';
import type { Changed, PeopleStore, Person } from '../access/people/person.ts';
import type { StoreClient } from './client.ts';
import { openIdentityStore } from './identity-store.ts';
import { openInvitationStore } from './invitation-store.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { ACCESS, personNotice } from './notices.ts';
import { openPasskeyStore } from './passkey-store.ts';
import { personOf, time } from './people-rows.ts';
import { openSecondFactorStore } from './second-factor-store.ts';
import { openSessionStore } from './session-store.ts';
import { type Committing, type Compilable, compiled, writing } from './writing.ts';

const PAGE_MAX = 100;

export function openPeopleStore(client: StoreClient, database: StoreDatabase): PeopleStore {
  const write = writing(client);
  const looking = openKysely({ ...client, query: client.look });
  const people = () => looking.selectFrom('person').selectAll();
  const find = async (id: string) => people().where('id', '=', id).executeTakeFirst();
  return {
    ...openSessionStore(client, database),
    ...openInvitationStore(client, database),
    ...openSecondFactorStore(client, database),
    ...openIdentityStore(client, database),
    ...openPasskeyStore(client, database),
    ...membersIn(client, database),
    ...addingTo(client, database),
    find: async (ids) => {
      const rows = ids.length === 0 ? [] : await people().where('id', 'in', ids).execute();
      return new Map(rows.map((row) => [row.id, personOf(row)]));
    },
    byEmail: async (email) => {
      const row = await people().where('email', '=', email).executeTakeFirst();
      return row ? { person: personOf(row), password: row.password } : null;
    },
    passwordOf: async (id) => (await find(id))?.password ?? null,
    firstOwner: async (accountId) => {
      const owners = people().where('account_id', '=', accountId).where('role', '=', 'owner');
      const row = await owners.orderBy('created_at').orderBy('id').limit(1).executeTakeFirst();
      return row ? personOf(row) : null;
    },
    change: async ({ id, accountId }, { updatedAt, email, name, role }) => {
      const change = {
        updated_at: time(updatedAt),
        ...(email !== undefined && { email }),
        ...(name !== undefined && { name }),
        ...(role !== undefined && { role }),
      };
      let update = database.updateTable('person').set(change).where('id', '=', id).where('account_id', '=', accountId);
      if (role !== undefined && role !== 'owner') update = update.where(isNoLastOwner(accountId));
      if (email) update = update.where(isUnused(email, id));
      if (
        (await write([update], [personNotice(id)], { lock: owning(database, accountId), ...actOn('change', id) })) > 0n
      )
        return 'changed';
      return unchanged(await find(id), { accountId, email });
    },
    remove: async ({ id, accountId }, now) => {
      const removal = database
        .deleteFrom('person')
        .where('id', '=', id)
        .where('account_id', '=', accountId)
        .where(isNoLastOwner(accountId));
      const leaving = takenAlong(database, id, now);
      // Which keys are switched off is known to the store alone.
      const committing = { lock: owning(database, accountId), ...actOn('remove', id) };
      if ((await write([removal, ...leaving], [ACCESS], committing)) > 0n) return 'removed';
      return (await find(id))?.account_id === accountId ? 'last-owner' : 'missing';
    },
    setPassword: async (id, password, { session, now }) => {
      const update = database
        .updateTable('person')
        .set({ password, updated_at: time(now) })
        .where('id', '=', id);
      const sessions = database
        .deleteFrom('session')
        .where('person_id', '=', id)
        .where('hash', '<>', session ?? '');
      const links = database.deleteFrom('sign_in').where('person_id', '=', id);
      return (await write([update, sessions, links], [personNotice(id)], actOn('password', id))) > 0n;
    },
  };
}

/** Somebody of another gateway, or of a file: nobody has proved yet to be them. */
function addingTo(client: StoreClient, database: StoreDatabase): Pick<PeopleStore, 'add'> {
  const write = writing(client);
  return {
    add: async ({ id, accountId, email, name, role, createdAt }) => {
      const added = database
        .insertInto('person')
        .values({
          id,
          account_id: accountId,
          email,
          name,
          role,
          password: null,
          created_at: time(createdAt),
          updated_at: null,
        })
        .onConflict((conflict) => conflict.doNothing());
      return (await write([added], [personNotice(id)], actOn('create', id))) > 0n;
    },
  };
}

const actOn = (verb: string, id: string): Committing => ({
  act: {
    act: `person.${verb}`,
    rows: [
      { table: 'person', column: 'id', value: id },
      { table: 'workspace_member', column: 'person_id', value: id },
    ],
  },
});
const membersOf = (verb: string, id: string): Committing => ({
  act: { act: `members.${verb}`, rows: [{ table: 'workspace_member', column: 'workspace_id', value: id }] },
});

/** Who owns an account is changed by one at a time: two owners who leave at once would leave nobody. */
const owning = (database: StoreDatabase, accountId: string): Compilable =>
  compiled(database, sql`update account set name = name where id = ${accountId}`);

const isNoLastOwner = (accountId: string) =>
  sql<boolean>`(role <> 'owner' or exists (select 1 from person o where o.account_id = ${accountId}
    and o.role = 'owner' and o.id <> person.id))`;
const isUnused = (email: string, id: string) =>
  sql<boolean>`not exists (select 1 from person o where o.email = ${email} and o.id <> ${id})`;

async function unchanged(
  row: { readonly account_id: string } | undefined,
  { accountId, email }: { readonly accountId: string; readonly email: string | null | undefined },
): Promise<Changed> {
  if (row?.account_id !== accountId) return 'missing';
  return email ? 'taken' : 'last-owner';
}

/** What goes with somebody: only of one who is gone by now. The keys stay, for the records that name them. */
function takenAlong(database: StoreDatabase, id: string, now: number): readonly Compilable[] {
  const isGone = sql`not exists (select 1 from person where id = ${id})`;
  return [
    sql`update api_key set disabled = 1, updated_at = ${time(now)} where creator_user_id = ${id} and disabled = 0 and ${isGone}`,
    sql`delete from session where person_id = ${id} and ${isGone}`,
    sql`delete from sign_in where person_id = ${id} and ${isGone}`,
    sql`delete from workspace_member where person_id = ${id} and ${isGone}`,
    sql`delete from second_factor where person_id = ${id} and ${isGone}`,
    sql`delete from passkey where person_id = ${id} and ${isGone}`,
    sql`delete from identity where person_id = ${id} and ${isGone}`,
    sql`delete from recovery_code where person_id = ${id} and ${isGone}`,
  ].map((statement) => compiled(database, statement));
}

/** Lists of people, of an account and of its workspaces. */
function membersIn(
  client: StoreClient,
  database: StoreDatabase,
): Pick<PeopleStore, 'list' | 'inWorkspace' | 'workspacesOf' | 'addTo' | 'removeFrom'> {
  const write = writing(client);
  const page = async (
    asked: ReturnType<typeof ofAccount>,
    { offset, limit }: { readonly offset: number; readonly limit: number },
  ): Promise<{ people: readonly Person[]; total: number }> => {
    const [{ total }, rows] = await Promise.all([
      asked.select(({ fn }) => fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow(),
      asked.selectAll().orderBy('created_at').orderBy('id').limit(Math.min(limit, PAGE_MAX)).offset(offset).execute(),
    ]);
    return { people: rows.map(personOf), total: Number(total) };
  };
  const ofAccount = (accountId: string) => database.selectFrom('person').where('account_id', '=', accountId);
  return {
    list: (accountId, range) => page(ofAccount(accountId), range),
    inWorkspace: ({ accountId, workspaceId, isDefault }, range) =>
      page(isDefault ? ofAccount(accountId) : ofAccount(accountId).where(isIn(workspaceId)), range),
    workspacesOf: async (personId) => {
      const asked = database.selectFrom('workspace_member').select('workspace_id').where('person_id', '=', personId);
      return (await asked.execute()).map((row) => row.workspace_id);
    },
    addTo: async ({ accountId, workspaceId }, ids, now) => {
      const added = sql`insert into workspace_member (workspace_id, person_id, created_at)
        select cast(${workspaceId} as text), p.id, cast(${time(now)} as bigint) from person p
        where p.account_id = ${accountId} and p.id in (${sql.join(ids)})
        on conflict do nothing`;
      return Number(await write([compiled(database, added)], [], membersOf('add', workspaceId)));
    },
    removeFrom: async ({ workspaceId }, ids) => {
      const removal = database
        .deleteFrom('workspace_member')
        .where('workspace_id', '=', workspaceId)
        .where('person_id', 'in', ids);
      return Number(await write([removal], [], membersOf('remove', workspaceId)));
    },
  };
}

const isIn = (workspaceId: string) =>
  sql<boolean>`(role in ('owner', 'admin') or exists (select 1 from workspace_member m
    where m.workspace_id = ${workspaceId} and m.person_id = person.id))`;
