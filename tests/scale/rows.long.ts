/**
 * An instance with years behind it: millions of receipts, transfers and roll-ups. It starts, answers calls and shows
 * its pages; that no statement reads a growing table through is proven in src/storage/plans.test.ts, what this costs in
 * time is only told (`npm run test:long`; ROWS=10000000 for as many as BerriAI/litellm#9201 had).
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { storeFile } from '#src/storage/open.ts';
import { openSqlite } from '#src/storage/sqlite.ts';
import { createTable, generationTable, ROLL_UP, TRANSFER, USAGE } from '#src/storage/tables.ts';
import { MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { assertBounded } from '../hostile/subject.ts';
import { assertOnRecord, audit, COST, callMany, getData, startHost } from '../money/bench.ts';

const ROWS = Number(process.env.ROWS ?? 3_000_000);
const NANO_COST = BigInt(Math.round(COST * 1e9));
const DAY_MS = 86_400_000;
const GROWTH_MIB_MAX = 200;
const MODELS = ['openai/gpt-4.1-mini', 'anthropic/claude-haiku-4.5', 'google/gemini-2.5-flash', 'acme/one'];

const folder = mkdtempSync(join(tmpdir(), 'switchwright-rows-'));
const data = join(folder, 'data');
mkdirSync(data);
const host = await startHost();
after(() => {
  host.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One receipt for each number: its day, model, app and key follow from it. Two months, the last ones before this one. */
function fill(now: number): void {
  const file = storeFile(data);
  openSqlite({ file, role: 'owner' }).close();
  const database = new DatabaseSync(file);
  database.exec('pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -200000; begin');
  const start = now - 62 * DAY_MS;
  const created = `${start} + i * (${60 * DAY_MS} / ${ROWS})`;
  const model = `case i % 4 ${MODELS.map((name, at) => `when ${at} then '${name}'`).join(' ')} end`;
  database.exec(`create temp table call as
    with recursive number (i) as (select 0 union all select i + 1 from number where i < ${ROWS} - 1)
    select printf('gen-old%012d', i) as id, ${created} as at, date((${created}) / 1000, 'unixepoch') as day,
      ${model} as model, 'app' || (i / 4 % 500) as app, 'key' || (i / 2000 % 20) as key_id from number`);
  const insert = (table: { readonly name: string; readonly columns: object }, select: string): void => {
    const columns = Object.keys(table.columns).map((name) => `"${name}"`);
    database.exec(`insert into "${table.name}" (${columns.join(', ')}) ${select}`);
  };
  const months = database.prepare('select distinct substr(day, 1, 7) as month from call').all() as { month: string }[];
  for (const { month } of months) {
    const table = generationTable(month);
    database.exec(createTable(table));
    database.prepare('insert into month (month) values (?)').run(month);
    insert(
      table,
      `select id, at, 'owner', key_id, 'default', model, 'completed', ${NANO_COST}, '{}' from call where substr(day, 1, 7) = '${month}'`,
    );
  }
  insert(TRANSFER, `select id || '/charge', at, 'charge', 'owner', 'spent', ${NANO_COST}, key_id, '' from call`);
  for (const scope of ["'account:owner'", "'key:' || key_id"])
    for (const day of ["'all'", 'day'])
      insert(USAGE, `select ${scope}, ${day} as period, count(*) * ${NANO_COST}, 0 from call group by 1, 2`);
  insert(
    ROLL_UP,
    `select day, model, model || '@host', 'host', app, 'owner', key_id, 'default', count(*), 0, count(*) * 10, count(*) * 20,
      0, 0, count(*) * ${NANO_COST}, 0, count(*) * 300 from call group by 1, 2, 3, 4, 5, 6, 7, 8`,
  );
  database.exec(`insert into app select distinct app, 'https://' || app || '.example', app, '' from call`);
  database.exec('commit; drop table call');
  database.close();
}

test(`${ROWS} receipts: calls, pages and lists are answered, the books agree`, {
  timeout: 3_600_000,
}, async (context) => {
  const timed = async <T>(name: string, task: () => T | Promise<T>): Promise<T> => {
    const began = performance.now();
    const value = await task();
    context.diagnostic(`${name}: ${Math.round(performance.now() - began)} ms`);
    return value;
  };
  await timed('filling the store', () => fill(Date.now()));
  context.diagnostic(`${Math.round(statSync(storeFile(data)).size / 1024 / 1024)} MiB`);
  const gateway = await timed('start', () => startGateway({ folder, catalogue: host.catalogue }));
  const before = await gateway.kept();
  const seen = await timed('60 calls', () => callMany(gateway.base, 60));
  assert.equal(seen.filter(({ finished }) => finished).length, 60);
  await timed('their receipts', () => assertOnRecord(gateway.base, seen));
  const pages = ['/rankings', '/apps', '/apps?window=month', '/openai/gpt-4.1-mini', '/models?sort=popular', '/'];
  for (const path of pages)
    await timed(path, async () => {
      const response = await fetch(gateway.origin + path);
      assert.equal(response.status, 200, `${path}: ${await response.text()}`);
    });
  const { usage } = await timed('/key', () => getData(gateway.base, '/key'));
  assert.ok(Number(usage) > 0);
  const activity = await timed('/activity', () =>
    fetch(`${gateway.base}/activity`, { headers: { authorization: `Bearer ${MANAGEMENT_KEY}` } }),
  );
  assert.equal(activity.status, 200);
  assert.ok(((await activity.json()) as { data: unknown[] }).data.length > 0);
  const missing = await fetch(`${gateway.base}/generation?id=gen-none`, {
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}` },
  });
  assert.ok(missing.status >= 400 && missing.status < 500);
  assertBounded(before, await gateway.kept(), GROWTH_MIB_MAX);
  assert.equal(await gateway.stop(), 0);
  assert.match(await timed('audit', () => audit(folder)), / 0 open holds/);
});
