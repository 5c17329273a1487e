import type { RawBuilder } from 'kysely';
import { whoActs } from '../access/acting.ts';
import { type Act, entryOf } from './audited.ts';
import type { StoreClient } from './client.ts';
import type { StoreDatabase } from './kysely.ts';
import type { Value } from './work.ts';
import type { Statement } from './works.ts';

export type Compilable = { readonly compile: () => { readonly sql: string; readonly parameters: readonly unknown[] } };

/** Plain SQL as one of several statements. */
export const compiled = (database: StoreDatabase, statement: RawBuilder<unknown>): Compilable => ({
  compile: () => statement.compile(database),
});

export type Committing = {
  /** Done before all: it holds up whoever does the same at the same time. */
  readonly lock?: Compilable;
  /** What the audit log is told, if somebody acts. Without one it tells which route was asked. */
  readonly act?: Act;
  /** It is no act: housekeeping, or a part of one that is told elsewhere. */
  readonly untold?: true;
};

/**
 * Commits the queries together and tells every process what changed. Answers how many rows the first one changed. If that
 * are any and somebody acts (`access/acting.ts`), the act is in the audit log by the same transaction.
 */
export const writing =
  (client: StoreClient) =>
  (
    queries: readonly Compilable[],
    notices: readonly string[],
    { lock, act, untold }: Committing = {},
  ): Promise<bigint> => {
    const entry = untold ? null : entryOf(whoActs(), act);
    return client.work('write', {
      statements: queries.map(statementOf),
      notices,
      ...(lock && { lock: statementOf(lock) }),
      ...(entry && { entry }),
    });
  };

function statementOf(query: Compilable): Statement {
  const { sql, parameters } = query.compile();
  return { sql, parameters: parameters as readonly Value[] };
}
