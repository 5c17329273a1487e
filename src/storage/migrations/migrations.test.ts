/** The history of the schema leads to the tables that `tables.ts` describes, also where months of receipts are kept. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { migrate } from '../migrate.ts';
import * as tables from '../tables.ts';
import { createTable, generationTable, type Table } from '../tables.ts';
import { type Engine, openPostgresEngine, openSqliteEngine, schemaOf } from '../testing/engines.ts';
import { startOwnPostgres } from '../testing/postgres-server.ts';
import { everyMonth, type Migration, runMigration } from './migration.ts';
import { MIGRATIONS } from './migrations.ts';

const MONTHS = ['2026-10', '2026-11'];
const described: readonly Table[] = [
  ...Object.values(tables).filter((value) => typeof value === 'object'),
  ...MONTHS.map(generationTable),
];

const LATER: Migration = {
  id: '9999-later',
  steps: [everyMonth((month) => `alter table ${month} add column later bigint not null default 7`)],
};

function migrationLaws(name: string, open: () => Promise<Engine>): void {
  describe(`the schema's history: ${name}`, () => {
    test('ends in the tables that are described, and a later step walks the months', async () => {
      const engine = await open();
      await engine.work(migrate);
      for (const month of MONTHS)
        await engine.load(`${createTable(generationTable(month))}; insert into month (month) values ('${month}');`);
      const columns = (await schemaOf(engine)).map((line) => line.replace(/ \d$/, ''));
      for (const table of described) {
        const made = columns.filter((line) => line.startsWith(`${table.name}.`));
        assert.deepEqual(made, columnsIn(table), table.name);
      }

      await engine.load("insert into generation_2026_10 (id) values ('gen-1')");
      await engine.work((context) => runMigration(LATER, context));
      assert.equal(Number((await engine.rows('select later from generation_2026_10'))[0]?.later), 7);
      assert.deepEqual(await engine.rows('select later from generation_2026_11'), []);
      await engine.close();
    });

    test('runs once', async () => {
      const engine = await open();
      await engine.work(migrate);
      const before = await schemaOf(engine);
      await engine.work(migrate);
      assert.deepEqual(await schemaOf(engine), before);
      await engine.load("insert into migration (id) values ('9999-later')");
      await assert.rejects(engine.work(migrate), /written by a newer version \(migration 9999-later\)/);
      await engine.close();
    });
  });
}

const columnsIn = ({ name, key, columns }: Table): readonly string[] =>
  Object.entries(columns)
    .map(([column, type]) => `${name}.${column} ${type} ${key.indexOf(column) + 1}`)
    .sort();

test('migrations are numbered from 1 on without a gap', () => {
  const numbers = MIGRATIONS.map(({ id }) => Number.parseInt(id, 10));
  assert.deepEqual(
    numbers,
    numbers.map((_, at) => at + 1),
  );
});

migrationLaws('SQLite', async () => openSqliteEngine());

const postgres = await startOwnPostgres();
if (postgres.kind === 'running') {
  after(postgres.stop);
  migrationLaws('PostgreSQL', async () => {
    await postgres.ask('drop schema public cascade');
    await postgres.ask('create schema public');
    return openPostgresEngine(postgres.url);
  });
} else test('the schema’s history: PostgreSQL', { skip: `SKIPPED: ${postgres.reason}` }, () => {});
