import { sql } from 'kysely';
import type { Passkey, PeopleStore } from '../access/people/person.ts';
import { parseJson } from '../base/json.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { time } from './people-rows.ts';
import type { PasskeyRow } from './schema.ts';
import { type Committing, compiled, writing } from './writing.ts';

const LISTED_MAX = 100;

/** Keys of authenticators: only what can be told to everybody. */
export function openPasskeyStore(
  client: StoreClient,
  database: StoreDatabase,
): Pick<PeopleStore, 'addPasskey' | 'passkeysOf' | 'passkey' | 'usePasskey' | 'removePasskey' | 'removePasskeys'> {
  const write = writing(client);
  const looking = openKysely({ ...client, query: client.look });
  return {
    addPasskey: async (personId, { id, publicKey, counter, transports, name }, { now, most }) => {
      const adding = sql`insert into passkey (id, person_id, public_key, counter, transports, name, asked_at, created_at)
        select cast(${id} as text), p.id, cast(${publicKey} as text), cast(${BigInt(counter)} as bigint),
          cast(${JSON.stringify(transports)} as text), cast(${name} as text), cast(0 as bigint), cast(${time(now)} as bigint)
        from person p where p.id = ${personId}
          and (select count(*) from passkey k where k.person_id = ${personId}) < ${BigInt(most)}
        on conflict do nothing`;
      return (await write([compiled(database, adding)], [], actOn('add', personId))) > 0n;
    },
    passkeysOf: async (personId) => {
      const asked = database.selectFrom('passkey').selectAll().where('person_id', '=', personId);
      return (await asked.orderBy('created_at').orderBy('id').limit(LISTED_MAX).execute()).map(passkeyOf);
    },
    passkey: async (id) => {
      const row = await looking.selectFrom('passkey').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? passkeyOf(row) : null;
    },
    usePasskey: async (id, { counter, askedAt, now }) => {
      const use = database
        .updateTable('passkey')
        .set({ counter: BigInt(counter), asked_at: time(askedAt), used_at: time(now) })
        .where('id', '=', id)
        .where('asked_at', '<', time(askedAt));
      return (await write([use], [], { untold: true })) > 0n;
    },
    removePasskey: async (personId, id) => {
      const removal = database.deleteFrom('passkey').where('person_id', '=', personId).where('id', '=', id);
      return (await write([removal], [], actOn('remove', personId))) > 0n;
    },
    removePasskeys: async (personId) => {
      const removal = database.deleteFrom('passkey').where('person_id', '=', personId);
      return Number(await write([removal], [], actOn('remove', personId)));
    },
  };
}

const actOn = (act: string, personId: string): Committing => ({
  act: { act: `passkey.${act}`, object: personId, rows: [{ table: 'passkey', column: 'person_id', value: personId }] },
});

function passkeyOf(row: PasskeyRow): Passkey {
  const transports = parseJson(row.transports);
  return {
    id: row.id,
    personId: row.person_id,
    publicKey: row.public_key,
    counter: Number(row.counter),
    transports: Array.isArray(transports) ? transports.map(String) : [],
    name: row.name,
    createdAt: Number(row.created_at),
    usedAt: row.used_at === null ? null : Number(row.used_at),
  };
}
