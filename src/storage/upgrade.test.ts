/** A store of every schema that was released opens with this version, with all that was in it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import pg from 'pg';
import { isFault, openAccess } from '../access/access.ts';
import { nano } from '../base/money.ts';
import { openInsights } from '../insights/insights.ts';
import { reportAudit } from '../ledger/audit.ts';
import { isHold, openLedger } from '../ledger/ledger.ts';
import { newSecret, openStorage, type Storage, storeFile } from './open.ts';
import { clockWorld } from './testing/clock.ts';
import { startPostgres } from './testing/postgres-server.ts';
import { cents, receiptOf, requestOf } from './testing/sample.ts';

/** Written by the version of 2026-11-29 (migration 0006) on two days, 28 and 29 November: 38 cents in all. */
const OLD = readFileSync(join(import.meta.dirname, 'migrations', 'fixtures', '0006.sql'), 'utf8');
const keyNumber = (number: number): string => `sk-sw-v1-${String(number).padStart(64, '0')}`;
const folder = mkdtempSync(join(tmpdir(), 'switchwright-upgrade-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const world = clockWorld(Date.UTC(2026, 10, 29, 13));

async function proveWhole(storage: Storage): Promise<void> {
  const access = openAccess({ store: storage.accessStore, world, newSecret });
  const ledger = openLedger(storage.ledgerStore, world);
  const callerOf = async (secret: string) => {
    const answer = await access.find({ authorization: `Bearer ${secret}` });
    assert.ok(!isFault(answer), JSON.stringify(answer));
    return answer;
  };
  assert.equal((await callerOf('sk-management-key-of-0006')).role, 'manager');
  const { keys, total } = await access.keys.list({ accountId: 'owner', withDisabled: true, offset: 0, limit: 10 });
  assert.equal(total, 5);
  const ever = keys.find(({ name }) => name === 'ever');
  assert.deepEqual([ever?.limit, ever?.limitReset, ever?.creatorUserId], [cents(100), null, 'someone']);
  const off = await access.find({ authorization: `Bearer ${keyNumber(4)}` });
  assert.ok(isFault(off) && off.message === 'This API key is disabled');

  // Ten cents a day, three of which are spent.
  const daily = await callerOf(keyNumber(2));
  const spend = async (amount: number) => {
    const request = requestOf(world.newId('gen'), daily.keyId, cents(amount), world.now());
    const hold = await ledger.hold({ ...request, workspaceId: daily.workspaceId });
    if (!isHold(hold)) return hold.code;
    await hold.settle(receiptOf(request, cents(amount)));
    return 'settled';
  };
  assert.equal(await spend(7.1), 'payment_required');
  assert.equal(await spend(7), 'settled');
  const usage = (await access.keys.usage([daily.keyId])).get(daily.keyId);
  assert.deepEqual([usage?.total.cost, usage?.daily.cost], [cents(14), cents(10)]);

  const { sums } = openInsights(storage.insightsStore, world);
  const where = { accountId: 'owner' };
  const [all] = await sums({ from: '2026-11-28', to: '2026-11-29', by: ['accountId'], where });
  assert.deepEqual([all?.requests, all?.cost], [5n, nano(450_000_000n)], 'a deleted key’s calls too');
  assert.equal((await storage.records.find('gen-fixture-7'))?.keyId, 'deleted-key');
  assert.equal((await ledger.balance('owner')).credits, cents(500));
  ledger.close();
  const report = reportAudit(await storage.audit());
  assert.ok(report.isSound, report.lines.join('\n'));
}

test('a data folder of migration 0006 is upgraded', async () => {
  const database = new DatabaseSync(storeFile(folder));
  database.exec(OLD);
  database.close();
  const storage = await openStorage({ world, dataDirectory: folder });
  await proveWhole(storage);
  await storage.close();
});

const postgres = await startPostgres();
const why = postgres.kind === 'absent' ? postgres.reason : '';
if (postgres.kind === 'running') after(postgres.stop);

test('a PostgreSQL database of migration 0006 is upgraded', { skip: why !== '' && `SKIPPED: ${why}` }, async () => {
  assert.ok(postgres.kind === 'running');
  const client = new pg.Client(postgres.url);
  await client.connect();
  await client.query(OLD.replaceAll(' without rowid', ''));
  await client.end();
  const storage = await openStorage({ world, dataDirectory: folder, databaseUrl: postgres.url });
  await proveWhole(storage);
  await storage.close();
});
