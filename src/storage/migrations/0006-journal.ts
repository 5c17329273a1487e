import { type Migration, table } from './migration.ts';

/** How far the tables contain the journal (`journaled.ts`); SQLite only, PostgreSQL has its own. */
export const JOURNAL: Migration = {
  id: '0006-journal',
  steps: [table('create table journal (store text primary key, applied bigint not null)')],
};
