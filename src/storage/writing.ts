import type { RawBuilder } from 'kysely';
import type { StoreClient } from './client.ts';
import type { StoreDatabase } from './kysely.ts';
import type { Value } from './work.ts';
import type { Statement } from './works.ts';

export type Compilable = { readonly compile: () => { readonly sql: string; readonly parameters: readonly unknown[] } };

/** Plain SQL as one of several statements. */
export const compiled = (database: StoreDatabase, statement: RawBuilder<unknown>): Compilable => ({
  compile: () => statement.compile(database),
});

/**
 * Commits the queries together and tells every process what changed. Answers how many rows the first one changed. `lock`
 * is done before: it holds up whoever does the same at the same time.
 */
export const writing =
  (client: StoreClient) =>
  (queries: readonly Compilable[], notices: readonly string[], lock?: Compilable): Promise<bigint> =>
    client.work('write', { statements: queries.map(statementOf), notices, ...(lock && { lock: statementOf(lock) }) });

function statementOf(query: Compilable): Statement {
  const { sql, parameters } = query.compile();
  return { sql, parameters: parameters as readonly Value[] };
}
