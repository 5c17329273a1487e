import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { StoreClient } from './client.ts';
import type { StoreTables } from './schema.ts';
import type { Value } from './work.ts';

/** Typed, portable queries over a store, whichever engine it is and wherever it runs. Integers are bigints. */
export type StoreDatabase = Kysely<StoreTables>;

export function openKysely(client: StoreClient): StoreDatabase {
  const isSqlite = client.dialect === 'sqlite';
  const dialect: Dialect = {
    createAdapter: () => (isSqlite ? new SqliteAdapter() : new PostgresAdapter()),
    createDriver: () => driverOf(client),
    createIntrospector: (database) =>
      isSqlite ? new SqliteIntrospector(database) : new PostgresIntrospector(database),
    createQueryCompiler: () => (isSqlite ? new SqliteQueryCompiler() : new PostgresQueryCompiler()),
  };
  return new Kysely<StoreTables>({ dialect });
}

/**
 * Each query is a transaction of its own. Several statements in one are a `write` work: a transaction held open across
 * messages would let one process stop all others.
 */
function driverOf(client: StoreClient): Driver {
  const connection: DatabaseConnection = {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
      const { rows, changes } = await client.query(sql, parameters as readonly Value[]);
      return { rows: rows as unknown as R[], numAffectedRows: changes };
    },
    streamQuery: () => {
      throw new Error('queries are not streamed');
    },
  };
  const refuse = async (): Promise<never> => {
    throw new Error('several statements in one transaction are a work of the store');
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: async () => {},
    destroy: async () => {},
  };
}
