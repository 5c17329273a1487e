import { runMigration } from './migrations/migration.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import { query, type Work, type WorkContext } from './work.ts';

/** Brings the schema up to date. A schema newer than this program is refused rather than misread. */
export function* migrate(context: WorkContext): Work<void> {
  if (context.dialect === 'postgres') yield query("select pg_advisory_xact_lock(hashtext('switchwright:migrate'))");
  yield query('create table if not exists migration (id text primary key)');
  const { rows } = yield query('select id from migration');
  const applied = new Set(rows.map((row) => row.id));
  const known = new Set(MIGRATIONS.map((migration) => migration.id));
  for (const id of applied)
    if (!known.has(String(id))) throw new Error(`The data was written by a newer version (migration ${id}).`);
  for (const migration of MIGRATIONS) {
    if (applied.has(migration.id)) continue;
    yield* runMigration(migration, context);
    yield query('insert into migration (id) values (?)', [migration.id]);
  }
  const months = yield query('select month from month');
  for (const row of months.rows) context.months.add(String(row.month));
}
