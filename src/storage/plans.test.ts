/**
 * Nothing that serves a call or a page reads a table through that grows with the calls. LiteLLM scanned 11 million rows
 * for seven minutes for want of an index (github.com/BerriAI/litellm/issues/9201) and summed its log on the request path
 * (github.com/BerriAI/litellm/issues/35766). Every statement that the laws of the store and the insights issue is kept
 * and explained by SQLite.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { nano } from '../base/money.ts';
import { type Insights, openInsights } from '../insights/insights.ts';
import { sqliteBulk } from './bulk.ts';
import type { StoreClient } from './client.ts';
import { storeLaws } from './laws.ts';
import { connectLocally } from './local.ts';
import { openStorageOver } from './open.ts';
import { openSqlite, type Sqlite } from './sqlite.ts';
import { ROLL_UP } from './tables.ts';
import { clockWorld } from './testing/clock.ts';
import type { WorkStep } from './work.ts';
import { WORKS } from './works.ts';

/** As large as the calls that run at once, or as what an operator has made by hand. */
// `CONSTANT ROW` is what SQLite calls a select without a table.
const SMALL = [
  'CONSTANT',
  'destination',
  'alert',
  'hold',
  'h',
  'lease',
  'process',
  'account',
  'a',
  'month',
  'migration',
  'pulse',
  'stored_space',
  // Keys and workspaces that went within a day.
  'content_gone',
  'g',
  // What was found by its keys, on its way to being summed up.
  'tallied',
];

const sqlite = openSqlite({ file: ':memory:', role: 'owner' });
const statements = new Set<string>();
const works = new Set<string>();
/** The auditor derives every figure from all there is: it reads everything, on the command line. */
let isAudit = false;

const note = (sql: string): void => {
  if (!isAudit) statements.add(sql.replaceAll(/generation_\d{4}_\d\d/g, 'generation_2026_12')); // one law drops a month
};
const noteStep = (step: WorkStep): void => note(step.kind === 'query' ? step.sql : sqliteBulk(step));

/** The store, with an ear on every statement; it outlives whoever closes it. */
const heard: Sqlite = {
  ...sqlite,
  query: (sql, parameters) => {
    note(sql);
    return sqlite.query(sql, parameters);
  },
  work: (begin) =>
    sqlite.work(function* (context) {
      const steps = begin(context);
      let next = steps.next();
      while (!next.done) {
        noteStep(next.value);
        next = steps.next(yield next.value);
      }
      return next.value;
    }),
  close: () => {},
};

function clientOf(process: string): StoreClient {
  const client = connectLocally(heard, process);
  return {
    ...client,
    work: async (name, argument) => {
      works.add(name);
      isAudit = name === 'audit';
      const answer = client.work(name, argument);
      isAudit = false;
      return answer;
    },
  };
}
after(sqlite.close);

storeLaws('memory, every statement heard', {
  open: async (world) => openStorageOver(clientOf(world.newId('process')), world),
  another: null,
});

/** Every question of `Insights`, and the widest ones to the port behind it. */
async function askEverything(insights: Insights): Promise<void> {
  const [from, to] = ['2026-11-01', '2026-11-30'];
  await insights.models({ days: 30 });
  await insights.models({ days: 30, app: 'app' });
  await insights.apps({ days: 30 });
  await insights.apps({ days: 30, model: 'model' });
  await insights.app('app');
  for (const where of [{}, { model: 'm' }, { app: 'a' }, { keyId: 'k' }, { endpoint: 'e' }])
    await insights.days({ days: 30, ...where });
  for (const by of ['model', 'endpoint', 'provider', 'app', 'accountId', 'keyId', 'workspaceId'] as const)
    await insights.sums({ from, to, by: ['day', by], where: { [by]: 'one' } });
  await insights.sums({ from, to, by: [] });
  await insights.performance.days('model');
  await insights.performance.models();
  await insights.performance.shapes();
}

/** Every filter by itself and all of them together, over a month that has receipts. */
async function searchEverything(): Promise<void> {
  const one = { keyId: 'k', workspaceId: 'w', model: 'm', provider: 'p', app: 'a', user: 'u', sessionId: 's' };
  const filter = {
    accountId: 'owner',
    ...one,
    state: 'failed',
    costMin: nano(1n),
    totalMsMin: 1,
    from: 1,
    to: 2e12,
  } as const;
  for (const [name, value] of Object.entries(filter))
    await storage.records.search({ accountId: 'owner', [name]: value }, { from: null, limit: 50 });
  await storage.records.search(filter, { from: { month: '2026-12', id: 'gen-z' }, limit: 50 });
  await storage.refusals.search({ accountId: 'owner', keyId: 'k', from: 1, to: 2e12 }, { before: 'gen-z', limit: 50 });
  await storage.refusals.find('owner', 'gen-z');
}

const world = clockWorld(Date.UTC(2026, 10, 22, 12));
const client = clientOf('asker');
const storage = openStorageOver(client, world);

type PlanRow = { readonly detail: string };
const planOf = (sql: string): readonly PlanRow[] =>
  sqlite.query(`explain query plan ${sql}`, []).rows as unknown as readonly PlanRow[];

/** What of a plan grows with a growing table: every row read, or all of them sorted. */
function growing(sql: string): readonly string[] {
  const details = planOf(sql).map(({ detail }) => detail);
  // The newest so many, straight from the end of the primary key.
  const isTail = / order by "id" desc limit \?$/.test(sql) && !/ where /.test(sql) && details.length === 1;
  return details.filter((detail) => {
    const table = /^SCAN (?!CONSTANT ROW)(\S+)/.exec(detail)?.[1]; // a row of no table
    return table !== undefined && !SMALL.includes(table) && !(isTail && table.startsWith('generation_'));
  });
}

test('a table of a growing kind that is read through is noticed', () => {
  assert.deepEqual(growing('select * from transfer where key_id = ?'), ['SCAN transfer']);
  assert.deepEqual(growing('select count(*) from usage'), ['SCAN usage']);
  const filtered = growing('select receipt from generation_2026_12 where key_id = ? order by "id" desc limit ?');
  assert.match(filtered.join(), /^SCAN generation_2026_12 /);
});

test('no statement reads a growing table through', async () => {
  await askEverything(openInsights(storage.insightsStore, world));
  await storage.records.newest(10);
  await searchEverything();
  await storage.records.find('gen-none');
  const now = world.now();
  await client.work('beat', { process: 'asker', slot: 'here' });
  for (const gone of [
    { kind: 'all' },
    { kind: 'process', process: 'asker' },
    { kind: 'slots', slots: ['here'], except: 'nobody' },
    { kind: 'silent' },
  ] as const)
    await client.work('recover', { gone, now });
  await client.work('writeAll', { writes: [] });
  const app = { id: 'elsewhere', title: 'Elsewhere' };
  await client.work('importHistory', { accountId: 'owner', workspaceId: 'w', app, days: [] });
  assert.deepEqual(
    Object.keys(WORKS).filter((name) => !works.has(name)),
    [],
    'works that nobody asks for',
  );
  assert.ok([...statements].some((sql) => sql.includes(`from "${ROLL_UP.name}"`)));
  assert.ok(statements.size > 40, `${statements.size} statements`);
  const wrong = [...statements]
    .filter((sql) => /^\s*(select|insert|update|delete)/i.test(sql))
    .flatMap((sql) => growing(sql).map((detail) => `${detail}: ${sql}`));
  assert.deepEqual(wrong, []);
});
