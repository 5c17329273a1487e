/** Two minutes without PostgreSQL, by the clock: `npm run test:long`. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { startOwnPostgres } from '../../src/storage/testing/postgres-server.ts';
import { skipReason, startGateway } from '../gateway-process.ts';
import { assertOnRecord, audit, callMany, startHost } from './bench.ts';

const OUTAGE_MS = 120_000;
const postgres = await startOwnPostgres();
const skip = skipReason(postgres.kind === 'absent' ? postgres.reason : null);
const folder = mkdtempSync(join(tmpdir(), 'switchwright-outage-'));
const host = await startHost();
after(async () => {
  host.close();
  rmSync(folder, { recursive: true, force: true });
  if (postgres.kind === 'running') await postgres.stop();
});

test('what was under way when the server went ends whole when it is back two minutes later; two machines bury nobody', {
  skip,
}, async () => {
  assert.ok(postgres.kind === 'running');
  const environment = { DATABASE_URL: postgres.url };
  const gateways = await Promise.all(
    ['one', 'two'].map((name) => startGateway({ folder: join(folder, name), catalogue: host.catalogue, environment })),
  );
  const running = gateways.map(({ base }) => callMany(base, 50));
  while (host.arrived() < 100) await wait(2);
  await postgres.halt('SIGKILL');
  await wait(OUTAGE_MS);
  await postgres.resume();
  for (const [at, { base, origin }] of gateways.entries()) {
    const seen = (await running[at]) ?? [];
    assert.equal(seen.filter(({ finished }) => finished).length, 50);
    while ((await fetch(`${origin}/readyz`)).status !== 200) await wait(50);
    await wait(8_000); // beats of both, which find that everybody was silent for two minutes
    await assertOnRecord(base, seen);
  }
  for (const gateway of gateways) assert.equal(await gateway.stop(), 0);
  const books = audit(join(folder, 'one'), environment);
  assert.match(books, / 0 open holds/);
  assert.doesNotMatch(books, /corrected/);
});
