import { sql } from 'kysely';
import type { PeopleStore } from '../access/people/person.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { time } from './people-rows.ts';
import { type Committing, compiled, writing } from './writing.ts';

const actOn = (act: string, object: string): Committing => ({ act: { act: `second-factor.${act}`, object, rows: [] } });

/** Secrets of authenticators, sealed, and codes for emergencies. */
export function openSecondFactorStore(
  client: StoreClient,
  database: StoreDatabase,
): Pick<
  PeopleStore,
  'secondFactor' | 'beginSecondFactor' | 'confirmSecondFactor' | 'useStep' | 'useRecovery' | 'removeSecondFactor'
> {
  const write = writing(client);
  const looking = openKysely({ ...client, query: client.look });
  return {
    secondFactor: async (personId) => {
      const asked = looking.selectFrom('second_factor').selectAll().where('person_id', '=', personId);
      const row = await asked.executeTakeFirst();
      return row ? { envelope: row.secret, isConfirmed: row.confirmed === 1n } : null;
    },
    beginSecondFactor: async (personId, envelope, now) => {
      const at = time(now);
      const begin = sql`insert into second_factor (person_id, secret, confirmed, last_step, created_at)
        values (${personId}, ${envelope}, 0, 0, ${at})
        on conflict (person_id) do update set secret = excluded.secret, created_at = excluded.created_at
          where second_factor.confirmed = 0`;
      return (await write([compiled(database, begin)], [], { untold: true })) > 0n;
    },
    confirmSecondFactor: async (personId, step, hashes) => {
      const confirm = database
        .updateTable('second_factor')
        .set({ confirmed: 1n, last_step: BigInt(step) })
        .where('person_id', '=', personId)
        .where('confirmed', '=', 0n);
      const codes = hashes.map((hash) =>
        database
          .insertInto('recovery_code')
          .values({ person_id: personId, hash })
          .onConflict((conflict) => conflict.doNothing()),
      );
      return (await write([confirm, ...codes], [], actOn('on', personId))) > 0n;
    },
    useStep: async (personId, step) => {
      const use = database
        .updateTable('second_factor')
        .set({ last_step: BigInt(step) })
        .where('person_id', '=', personId)
        .where('confirmed', '=', 1n)
        .where('last_step', '<', BigInt(step));
      return (await write([use], [], { untold: true })) > 0n;
    },
    useRecovery: async (personId, hash) => {
      const use = database.deleteFrom('recovery_code').where('person_id', '=', personId).where('hash', '=', hash);
      return (await write([use], [], actOn('recovery', personId))) > 0n;
    },
    removeSecondFactor: async (personId) => {
      const removal = database.deleteFrom('second_factor').where('person_id', '=', personId);
      const codes = database.deleteFrom('recovery_code').where('person_id', '=', personId);
      return (await write([removal, codes], [], actOn('off', personId))) > 0n;
    },
  };
}
