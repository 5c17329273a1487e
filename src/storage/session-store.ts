import { sql } from 'kysely';
import { whoActs } from '../access/acting.ts';
import type { PeopleStore } from '../access/people/person.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { personNotice, sessionNotice } from './notices.ts';
import { sessionOf, sessionRow, signInOf, signInRow, time } from './people-rows.ts';
import { type Committing, writing } from './writing.ts';

const LISTED_MAX = 100;

const actOn = (act: string, column: 'hash' | 'person_id', value: string, object: string): Committing => ({
  act: { act, object, rows: [{ table: 'session', column, value }] },
});

/** Links that let people in, and the sessions that come of them. */
export function openSessionStore(
  client: StoreClient,
  database: StoreDatabase,
): Pick<
  PeopleStore,
  'addSignIn' | 'signIn' | 'takeSignIn' | 'addSession' | 'findSessions' | 'sessionsOf' | 'removeSession' | 'endSessions'
> {
  const write = writing(client);
  const looking = openKysely({ ...client, query: client.look });
  const tooOld = (table: 'sign_in' | 'session', now: number) =>
    database.deleteFrom(table).where('expires_at', '<=', time(now));
  const signIn: PeopleStore['signIn'] = async (hash, now) => {
    const row = await looking.selectFrom('sign_in').selectAll().where('hash', '=', hash).executeTakeFirst();
    return row && row.expires_at > time(now) ? signInOf(row) : null;
  };
  return {
    addSignIn: async (added, now) => {
      const rows = [{ table: 'sign_in', column: 'hash', value: added.hash }] as const;
      const act = { act: added.kind === 'reset' ? 'password-link.make' : 'sign-in-link.make', rows };
      const insert = database.insertInto('sign_in').values(signInRow(added));
      await write([insert, tooOld('sign_in', now)], [], { act: { ...act, object: added.personId ?? added.accountId } });
    },
    signIn,
    takeSignIn: async (hash, now) => {
      // Anybody may ask: who guesses makes nobody write.
      if (!(await signIn(hash, now))) return null;
      const rows = await database.deleteFrom('sign_in').where('hash', '=', hash).returningAll().execute();
      const taken = rows[0] && signInOf(rows[0]);
      return taken && taken.expiresAt > now ? taken : null;
    },
    addSession: async (session, now, most) => {
      const insert = database.insertInto('session').values(sessionRow(session));
      const tooMany = {
        compile: () =>
          sql`delete from session where hash in (select s.hash from session s where s.person_id = ${session.personId}
            order by s.created_at desc nulls last, s.hash limit 1000 offset ${most})`.compile(database),
      };
      const act = actOn('session.begin', 'hash', session.hash, session.personId);
      await write([insert, tooMany, tooOld('session', now)], [sessionNotice(session.hash)], act);
    },
    findSessions: async (hashes) => {
      const rows = await looking.selectFrom('session').selectAll().where('hash', 'in', hashes).execute();
      return new Map(rows.map((row) => [row.hash, sessionOf(row)]));
    },
    sessionsOf: async (personId, now) => {
      const rows = await database
        .selectFrom('session')
        .selectAll()
        .where('person_id', '=', personId)
        .where('expires_at', '>', time(now))
        .orderBy('created_at', 'desc')
        .orderBy('hash')
        .limit(LISTED_MAX)
        .execute();
      return rows.map(sessionOf);
    },
    removeSession: async (hash) => {
      const removal = database.deleteFrom('session').where('hash', '=', hash);
      const act = actOn('session.end', 'hash', hash, whoActs()?.actor.id ?? '');
      await write([removal], [sessionNotice(hash)], act);
    },
    endSessions: async (personId, which) => {
      const all = database.deleteFrom('session').where('person_id', '=', personId);
      const ending = 'hash' in which ? all.where('hash', '=', which.hash) : all.where('hash', '<>', which.but ?? '');
      const act = actOn('session.end', 'person_id', personId, personId);
      return Number(await write([ending], [personNotice(personId)], act));
    },
  };
}
