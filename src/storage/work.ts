import type { Destination } from '../telemetry/outbox.ts';
import type { Table } from './tables.ts';

export type Value = string | bigint | number | null;
export type Row = { readonly [column: string]: Value };
export type QueryResult = { readonly rows: readonly Row[]; readonly changes: bigint };

/**
 * One statement of a transaction. The bulk kinds take any number of rows: SQLite runs a prepared statement for each,
 * PostgreSQL one statement for all, so that a group costs it few round trips.
 */
export type WorkStep =
  | { readonly kind: 'query'; readonly sql: string; readonly parameters: readonly Value[] }
  | {
      /**
       * `keep`: insert, leave what is there. `put`: insert or replace. `add`: insert or add to it. `change`: replace only
       * what is there. `grow`: add only to what is there.
       */
      readonly kind: 'keep' | 'put' | 'add' | 'change' | 'grow';
      readonly table: Table;
      /** The table's columns, all of them for inserts; key columns first. */
      readonly columns: readonly string[];
      /** Keys are distinct within one step. */
      readonly rows: readonly (readonly Value[])[];
    }
  /** Deletes rows by their key and returns these columns of those that were there. */
  | {
      readonly kind: 'take';
      readonly table: Table;
      readonly columns: readonly string[];
      readonly keys: readonly string[];
    };

/** A transaction as a generator: either engine runs it, SQLite without a single promise. Throwing rolls it back. */
export type Work<T> = Generator<WorkStep, T, QueryResult>;

export type WorkContext = {
  readonly dialect: 'sqlite' | 'postgres';
  /** Monthly tables known to exist; forgotten after a failure. */
  readonly months: Set<string>;
  /** Where receipts are sent to; null = must be read again. */
  readonly destinations: { known: readonly Destination[] | null };
  /** Told to every process once the work is committed. */
  readonly notify: (notice: string) => void;
};

export const query = (sql: string, parameters: readonly Value[] = []): WorkStep => ({ kind: 'query', sql, parameters });

/** The store's own clock in milliseconds since 1970, as SQL: what several machines agree on, however theirs go. */
export const clockOf = ({ dialect }: Pick<WorkContext, 'dialect'>): string =>
  dialect === 'postgres'
    ? 'cast(extract(epoch from clock_timestamp()) * 1000 as bigint)'
    : "cast(unixepoch('subsec') * 1000 as integer)";

/** `?` → `$1`, `$2`, … for PostgreSQL. No statement of ours has a question mark in a literal. */
export function numbered(sql: string): string {
  let at = 0;
  return sql.replace(/\?/g, () => `$${++at}`);
}
