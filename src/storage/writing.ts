import type { StoreClient } from './client.ts';
import type { Value } from './work.ts';

export type Compilable = { readonly compile: () => { readonly sql: string; readonly parameters: readonly unknown[] } };

/** Commits the queries together and tells every process what changed. Answers how many rows the first one changed. */
export const writing =
  (client: StoreClient) =>
  (queries: readonly Compilable[], notices: readonly string[]): Promise<bigint> => {
    const statements = queries.map((query) => {
      const { sql, parameters } = query.compile();
      return { sql, parameters: parameters as readonly Value[] };
    });
    return client.work('write', { statements, notices });
  };
