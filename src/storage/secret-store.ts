import { sql } from 'kysely';
import type { Place } from '../vault/envelope.ts';
import { beginningOf } from '../vault/envelope.ts';
import type { Sealed, SecretStore } from '../vault/store.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { isSecretNotice, SECRETS } from './notices.ts';
import { type Compilable, writing } from './writing.ts';

/** Every column that holds envelopes, with the column that names its rows. What is not listed is not rotated. */
export const SEALED_COLUMNS: readonly { readonly table: string; readonly key: string; readonly column: string }[] = [
  { table: 'provider_key', key: 'id', column: 'secret' },
  { table: 'second_factor', key: 'person_id', column: 'secret' },
  { table: 'observability_destination', key: 'id', column: 'config' },
  { table: 'mcp_server', key: 'id', column: 'config' },
  { table: 'alert', key: 'id', column: 'url' },
  { table: 'generation_content', key: 'id', column: 'content' },
];

type Column = (typeof SEALED_COLUMNS)[number];
const isOf = ({ table, column }: Column, place: Place): boolean => table === place.table && column === place.column;

export function openSecretStore(client: StoreClient, database: StoreDatabase): SecretStore {
  const write = writing(client);
  const looking = openKysely({ ...client, query: client.look });
  const master = async (): Promise<string | null> => {
    const row = await looking.selectFrom('vault').select('master').executeTakeFirst();
    return row?.master ?? null;
  };
  return {
    master,
    name: async (id, held) => {
      const first = database
        .insertInto('vault')
        .values({ name: THE_ONE, master: id })
        .onConflict((conflict) => conflict.doNothing());
      const next = database
        .updateTable('vault')
        .set({ master: id })
        .where('master', 'in', [id, ...held]);
      await write([first, next], [], { untold: true });
      return (await master()) ?? id;
    },
    sealedByOthers: async (id, after, limit) => {
      const found: Sealed[] = [];
      const at = after === null ? 0 : SEALED_COLUMNS.findIndex((column) => isOf(column, after));
      for (const column of SEALED_COLUMNS.slice(at)) {
        const since = after !== null && isOf(column, after) ? after.row : '';
        const rows = await rowsOf(database, column, { id, since, limit: limit - found.length });
        found.push(...rows);
        if (found.length >= limit) break;
      }
      return found;
    },
    replace: async ({ place, envelope }, anew) => {
      const column = SEALED_COLUMNS.find((each) => isOf(each, place));
      if (!column) return false;
      const { table, key, column: name } = column;
      const update: Compilable = {
        compile: () =>
          sql`update ${sql.table(table)} set ${sql.ref(name)} = ${anew}
            where ${sql.ref(key)} = ${place.row} and ${sql.ref(name)} = ${envelope}`.compile(database),
      };
      return (await write([update], [], { untold: true })) > 0n;
    },
    announce: async () => {
      await write([], [SECRETS], { act: { act: 'secrets.rotate', rows: [] } });
    },
    onChange: (listener) =>
      client.onNotice((notice) => {
        if (isSecretNotice(notice)) listener();
      }),
  };
}

const THE_ONE = 'store';

async function rowsOf(
  database: StoreDatabase,
  { table, key, column }: Column,
  { id, since, limit }: { readonly id: string; readonly since: string; readonly limit: number },
): Promise<readonly Sealed[]> {
  const { rows } = await sql<{ row: string; envelope: string }>`
    select ${sql.ref(key)} as "row", ${sql.ref(column)} as envelope from ${sql.table(table)}
    where ${sql.ref(key)} > ${since} and ${sql.ref(column)} not like ${`${beginningOf({ id })}%`}
    order by ${sql.ref(key)} limit ${limit}`.execute(database);
  return rows.map(({ row, envelope }) => ({ place: { table, column, row }, envelope }));
}
