/** The same kills with the books in PostgreSQL: the dead are settled by whoever lives. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { startPostgres } from '../../src/storage/testing/postgres-server.ts';
import { skipReason, startGateway } from '../gateway-process.ts';
import { assertOnRecord, audit, callMany, startHost } from './bench.ts';

const postgres = await startPostgres();
const skip = skipReason(postgres.kind === 'absent' ? postgres.reason : null);
const url = postgres.kind === 'running' ? postgres.url : '';
const folder = mkdtempSync(join(tmpdir(), 'switchwright-postgres-'));
const host = await startHost();
after(async () => {
  host.close();
  rmSync(folder, { recursive: true, force: true });
  if (postgres.kind === 'running') await postgres.stop();
});

/** Lets the half minute pass at once after which a process that says nothing counts as dead to those who were there. */
const letSilencePass = () =>
  ask('update process set seen_at = 0 where id in (select process from hold); update pulse set steady_since = 0');
const openHolds = async (): Promise<number> => Number((await ask('select count(*) as count from hold'))[0]?.count);

async function ask(sql: string): Promise<readonly { readonly count?: string }[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('kill -9 with PostgreSQL', { skip }, async () => {
  const environment = { DATABASE_URL: url };
  const options = { folder, catalogue: host.catalogue, environment };
  const gateway = await startGateway(options);
  const calls = callMany(gateway.base, 60);
  while (host.arrived() < 40) await wait(2);
  await gateway.stop('SIGKILL');
  const seen = await calls;
  audit(folder, environment); // what is open is held, and the books agree

  const again = await startGateway(options);
  assert.equal(await openHolds(), 0, 'its next start in the same folder settles it at once');
  await assertOnRecord(again.base, seen);
  assert.equal(await again.stop(), 0);
  assert.match(audit(folder, environment), / 0 open holds/);
});

test('one of two machines dies, the other settles what it left', { skip }, async () => {
  const environment = { DATABASE_URL: url };
  const folders = [join(folder, 'one'), join(folder, 'two')];
  const [one, two] = await Promise.all(
    folders.map((own) => startGateway({ folder: own, catalogue: host.catalogue, environment })),
  );
  assert(one && two);
  const arrivedBefore = host.arrived();
  const dying = callMany(one.base, 30);
  const living = callMany(two.base, 30);
  while (host.arrived() < arrivedBefore + 40) await wait(2);
  await one.stop('SIGKILL');
  const [cut, whole] = [await dying, await living];
  assert.equal(whole.filter(({ finished }) => finished).length, 30, 'the other one serves on');
  await letSilencePass();
  while ((await openHolds()) > 0) await wait(200); // its heart beats every few seconds
  await assertOnRecord(two.base, [...cut, ...whole]);
  assert.equal(await two.stop(), 0);
  assert.match(audit(folder, environment), / 0 open holds/);
});
