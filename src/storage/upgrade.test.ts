/**
 * A store of every schema since the first opens with this version, with all that was in it and with what the process that
 * wrote it left open when it was killed. `testing/story.ts` says what that is.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type Access, isFault, openAccess } from '../access/access.ts';
import { prepareAccess } from '../access/prepare.ts';
import { openInsights } from '../insights/insights.ts';
import { reportAudit } from '../ledger/audit.ts';
import { isHold, openLedger } from '../ledger/ledger.ts';
import { journalFile } from './journaled.ts';
import { migrate } from './migrate.ts';
import { runMigration } from './migrations/migration.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import { newSecret, openStorage, type Storage, storeFile } from './open.ts';
import { connectPostgres } from './postgres.ts';
import { clockWorld } from './testing/clock.ts';
import { type Engine, openPostgresEngine, openSqliteEngine, schemaOf } from './testing/engines.ts';
import { startOwnPostgres } from './testing/postgres-server.ts';
import { cents, receiptOf, requestOf } from './testing/sample.ts';

const fixtures = join(import.meta.dirname, 'migrations', 'fixtures');
const numbers = [...new Set(readdirSync(fixtures).map((name) => name.slice(0, 4)))].sort();
const newest = MIGRATIONS.at(-1)?.id.slice(0, 4) ?? '';
const partOf = (number: string, part: 'db' | 'journal' | 'postgres'): Buffer =>
  gunzipSync(readFileSync(join(fixtures, `${number}.${part}.gz`)));

const folder = mkdtempSync(join(tmpdir(), 'switchwright-upgrade-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const world = clockWorld(Date.UTC(2026, 10, 29, 13));
/** Who was killed. */
const DEAD = 'process-story-1';
const secretOf = (digit: number): string => `sk-sw-v1-${String(digit).repeat(64)}`;
const headersOf = (secret: string) => ({ authorization: `Bearer ${secret}` });

test('the present schema has a fixture', () => {
  assert.ok(numbers.includes(newest), `run src/storage/testing/write-fixture.ts: there is no store of ${newest}`);
});

async function callerOf(access: Access, headers: Parameters<Access['find']>[0]) {
  const answer = await access.find(headers);
  assert.ok(!isFault(answer), JSON.stringify(answer));
  return answer;
}

async function proveKeys(access: Access): Promise<void> {
  assert.equal((await callerOf(access, headersOf('sk-management-of-the-story'))).role, 'manager');
  assert.equal((await callerOf(access, headersOf('sk-operator-of-the-story'))).role, 'caller');
  const question = { accountId: 'owner', withDisabled: true, offset: 0, limit: 20 };
  const { keys } = await access.keys.list(question);
  const names = ['Key from the environment', 'Management key from the environment', 'counted', 'daily', 'ever'];
  assert.deepEqual(keys.map(({ name }) => name).sort(), [...names, 'member', 'off']);
  const ever = keys.find(({ name }) => name === 'ever');
  assert.deepEqual([ever?.limit, ever?.limitReset, ever?.creatorUserId], [cents(100), null, 'someone']);
  const daily = keys.find(({ name }) => name === 'daily');
  assert.deepEqual([daily?.limit, daily?.limitReset], [cents(10), 'daily']);
  assert.deepEqual([daily?.includeByokInLimit, daily?.expiresAt], [true, Date.UTC(2027, 0, 1)]);
  const off = await access.find(headersOf(secretOf(3)));
  assert.ok(isFault(off) && off.message === 'This API key is disabled');
  const gone = await access.find(headersOf(secretOf(4)));
  assert.ok(isFault(gone) && gone.code === 'authentication');
  assert.equal((await access.workspaces.list('owner', { offset: 0, limit: 9 })).workspaces[0]?.slug, 'default');
}

/** Two months and a killed call: three cents of its ten, for its prompt and for what it had said. */
async function proveRecords(storage: Storage): Promise<void> {
  const { records } = storage;
  assert.deepEqual(await records.months(), ['2026-11', '2026-10']);
  const costs: [id: string, cost: number][] = [
    ['gen-story-1', 30],
    ['gen-story-2', 4],
    ['gen-story-3', 1],
    ['gen-story-4', 3],
    ['gen-story-5', 2],
    ['gen-story-7', 1],
  ];
  for (const [id, cost] of costs) {
    const receipt = await records.find(id);
    assert.deepEqual([receipt?.bill.cost, receipt?.state], [cents(cost), 'completed'], id);
    assert.deepEqual([receipt?.usage.output, receipt?.provider, receipt?.operation], [40, 'host', 'chat'], id);
  }
  const killed = await records.find('gen-story-6');
  assert.deepEqual([killed?.state, killed?.bill.cost], ['interrupted', cents(3)]);
  assert.deepEqual(
    (await records.newest(10)).map(({ id }) => id),
    [7, 6, 5, 4, 3, 2, 1].map((number) => `gen-story-${number}`),
  );
}

/** Ten cents a day, four of which are spent: the rest can be, and no more. */
async function proveBooks(storage: Storage, access: Access): Promise<void> {
  const ledger = openLedger(storage.ledgerStore, world);
  const daily = await callerOf(access, headersOf(secretOf(2)));
  const spend = async (amount: number) => {
    const request = requestOf(world.newId('gen'), daily.keyId, cents(amount), world.now());
    const { workspaceId, scopes } = daily;
    const hold = await ledger.hold({ ...request, workspaceId, scopes });
    if (!isHold(hold)) return hold.code;
    await hold.settle(receiptOf({ ...request, workspaceId }, cents(amount)));
    return 'settled';
  };
  assert.equal(await spend(6.1), 'payment_required');
  assert.equal(await spend(6), 'settled');
  const usage = (await access.keys.usage([daily.keyId])).get(daily.keyId);
  assert.deepEqual([usage?.total.cost, usage?.daily.cost], [cents(14), cents(10)]);
  const { sums } = openInsights(storage.insightsStore, world);
  const [all] = await sums({ from: '2026-10-01', to: '2026-11-30', by: ['accountId'], where: { accountId: 'owner' } });
  assert.deepEqual([all?.requests, all?.cost], [8n, cents(50)], 'a deleted key’s calls too');
  assert.equal((await ledger.balance('owner')).credits, cents(500));
  ledger.close();
}

async function proveWhole(storage: Storage, number: string): Promise<void> {
  await prepareAccess({ store: storage.accessStore, world, newSecret });
  const access = openAccess({ store: storage.accessStore, world, newSecret });
  await proveKeys(access);
  await proveRecords(storage);
  await proveBooks(storage, access);
  if (number >= '0008') {
    await storage.outbox.register([{ id: 'everywhere', workspaceId: null }]);
    const waiting = (await storage.outbox.claim('everywhere', 9, 60_000)).map(({ id }) => id);
    const told = [4, 5, 6, 7].map((at) => `gen-story-${at}`);
    assert.deepEqual(waiting.filter((id) => id.startsWith('gen-story')).sort(), told);
  }
  if (number >= '0010') {
    const team = await access.workspaces.find('owner', 'team');
    const budgets = await access.budgets.list([`workspace:${team?.id}`]);
    assert.deepEqual([budgets[0]?.amount, budgets[0]?.interval], [cents(50), 'monthly']);
  }
  const { people } = await access.people.list('owner', { offset: 0, limit: 9 });
  assert.deepEqual(
    people.map(({ id, role, email }) => [id, role, email]),
    [['owner', 'owner', null]],
  );
  if (number >= '0020') {
    const { invitations } = await access.people.invitations('owner', world.now(), { offset: 0, limit: 9 });
    assert.deepEqual(
      invitations.map(({ email, role, workspaceIds }) => [email, role, workspaceIds.length]),
      [['ada@example.com', 'admin', 1]],
    );
  }
  if (number >= '0013') {
    const { claims } = await storage.jobs.claim({ kinds: ['videos'], limit: 9, forMs: 60_000 });
    assert.deepEqual(
      claims.map(({ job, isOverdue }) => [job.id, job.status, job.state, isOverdue]),
      [['job-story-1', 'pending', '{"step":1}', true]],
    );
  }
  const report = reportAudit(await storage.audit());
  assert.ok(report.isSound, report.lines.join('\n'));
  assert.equal((await storage.audit()).openHolds, 0);
}

/** The steps of the history up to it lead to this very schema, and the rest of them from there to today's. */
async function proveHistory(old: Engine, fresh: Engine, number: string): Promise<void> {
  const tables = async (engine: Engine): Promise<readonly string[]> =>
    (await schemaOf(engine)).filter((line) => !/generation_|_pkey/.test(line)); // months come with receipts
  await fresh.load('create table if not exists migration (id text primary key)');
  const isOld = ({ id }: { readonly id: string }): boolean => id.slice(0, 4) <= number;
  await fresh.work(function* (context) {
    for (const migration of MIGRATIONS.filter(isOld)) yield* runMigration(migration, context);
  });
  assert.deepEqual(await tables(fresh), await tables(old), `migrations up to ${number} were changed`);
  await fresh.work(function* (context) {
    for (const migration of MIGRATIONS.filter((one) => !isOld(one))) yield* runMigration(migration, context);
  });
  await old.work(migrate);
  assert.deepEqual(await tables(old), await tables(fresh));
}

/** A store that is left open would keep the test from ending. */
async function whileOpen<T extends { readonly close: () => Promise<void> }>(
  store: T,
  task: (store: T) => Promise<void>,
): Promise<void> {
  await task(store).finally(store.close);
}

describe('data folders of older versions are upgraded', () => {
  for (const number of numbers)
    test(`of migration ${number}`, async () => {
      const own = join(folder, number);
      mkdirSync(own);
      const file = storeFile(own);
      writeFileSync(file, partOf(number, 'db'));
      if (number >= '0006') writeFileSync(journalFile(file), partOf(number, 'journal'));
      await whileOpen(await openStorage({ world, dataDirectory: own }), (storage) => proveWhole(storage, number));

      const copy = join(own, 'copy.db');
      writeFileSync(copy, partOf(number, 'db'));
      await whileOpen(openSqliteEngine(copy), (old) =>
        whileOpen(openSqliteEngine(), (fresh) => proveHistory(old, fresh, number)),
      );
    });
});

const postgres = await startOwnPostgres();
if (postgres.kind === 'running') after(postgres.stop);
const skip = postgres.kind === 'absent' && `SKIPPED: ${postgres.reason}`;

describe('PostgreSQL databases of older versions are upgraded', { skip }, () => {
  for (const number of numbers)
    test(`of migration ${number}`, async () => {
      assert.ok(postgres.kind === 'running');
      const engineOf = async (name: string): Promise<{ readonly url: string; readonly engine: Engine }> => {
        await postgres.ask(`create database ${name}_${number}`);
        const url = postgres.url.replace('/postgres?', `/${name}_${number}?`);
        return { url, engine: await openPostgresEngine(url) };
      };
      const dump = partOf(number, 'postgres').toString();
      const { url, engine } = await engineOf('store');
      await engine.load(dump);
      await engine.close();
      const settler = await connectPostgres(url, 'process-that-knows');
      await settler.work('recover', { gone: { kind: 'process', process: DEAD }, now: world.now() });
      await settler.close();
      const storage = await openStorage({ world, dataDirectory: folder, databaseUrl: url });
      await whileOpen(storage, () => proveWhole(storage, number));

      const [old, fresh] = [await engineOf('old'), await engineOf('fresh')];
      await whileOpen(old.engine, () =>
        whileOpen(fresh.engine, async () => {
          await old.engine.load(dump);
          await proveHistory(old.engine, fresh.engine, number);
        }),
      );
    });
});
