import { query, type Work, type WorkContext } from '../work.ts';

/**
 * One step of the schema's history. Its SQL is written out and never edited once it is on `main`: it takes nothing from
 * `tables.ts`, which says what is true now and goes on changing. What comes later is a migration of its own.
 */
export type Migration = {
  /** Its number and its name. Numbers rise by one. */
  readonly id: string;
  readonly steps: readonly MigrationStep[];
};
/** SQL for both engines, SQL for each, or a work that reads first and decides by what it finds. */
export type MigrationStep =
  | string
  | { readonly sqlite: string; readonly postgres: string }
  | ((context: WorkContext) => Work<void>);

/**
 * A table for both engines. SQLite keeps rows in the primary key itself when told to, which halves the writes;
 * PostgreSQL has no such choice.
 */
export const table = (sql: string): MigrationStep => ({ sqlite: `${sql} without rowid`, postgres: sql });

/** The same statement for every month whose receipts are kept: each month has a table of its own. */
export const everyMonth = (statement: (table: string) => string): MigrationStep =>
  function* () {
    const { rows } = yield query('select month from month order by month');
    for (const { month } of rows) yield query(statement(`generation_${String(month).replace('-', '_')}`));
  };

/** All steps of a migration, in order, within the transaction of `context`. */
export function* runMigration({ steps }: Migration, context: WorkContext): Work<void> {
  for (const step of steps) {
    if (typeof step === 'function') yield* step(context);
    else yield query(typeof step === 'string' ? step : step[context.dialect]);
  }
}
