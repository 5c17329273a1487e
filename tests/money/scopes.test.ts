/**
 * Many calls at once on a workspace's budget, on requests a minute and on calls at once, over four processes on one
 * machine and over two machines that share a PostgreSQL: never over, whatever each of them has leased.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { startPostgres } from '../../src/storage/testing/postgres-server.ts';
import { type GatewayProcess, MANAGEMENT_KEY, skipReason, startGateway } from '../gateway-process.ts';
import { audit, COST, callMany, type Seen, startHost } from './bench.ts';

const CALLS = 240;
const postgres = await startPostgres();
const skip = skipReason(postgres.kind === 'absent' ? postgres.reason : null);
const folder = mkdtempSync(join(tmpdir(), 'switchwright-scopes-'));
const host = await startHost();
after(async () => {
  host.close();
  rmSync(folder, { recursive: true, force: true });
  if (postgres.kind === 'running') await postgres.stop();
});

async function manage<T>(base: string, method: string, path: string, body: object): Promise<T> {
  const headers = { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' };
  const answer = await fetch(base + path, { method, headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return (await answer.json()) as T;
}
const newKey = async (base: string, more: object): Promise<string> =>
  (await manage<{ key: string }>(base, 'POST', '/keys', { name: 'a key', ...more })).key;

/** Calls at once, shared out among the gateways. */
async function spread(gateways: readonly GatewayProcess[], count: number, key: string): Promise<readonly Seen[]> {
  const shares = gateways.map(({ base }) => callMany(base, count / gateways.length, { key, maxTokens: 20 }));
  return (await Promise.all(shares)).flat();
}

/** What is neither answered nor refused with one of these. */
const others = (seen: readonly Seen[], codes: readonly number[]): readonly Seen[] =>
  seen.filter(
    ({ finished, status, text }) =>
      !finished && !codes.includes(status) && !codes.some((code) => text.includes(`"error":{"code":${code},`)),
  );
const answered = (seen: readonly Seen[]): number => seen.filter(({ finished }) => finished).length;

async function proveAll(gateways: readonly GatewayProcess[], name: string): Promise<void> {
  const [{ base } = { base: '' }] = gateways;

  // A workspace's budget, which pays for 40 calls, over two keys of which each could spend it all.
  await manage(base, 'POST', '/workspaces', { name, slug: name });
  await manage(base, 'PUT', `/workspaces/${name}/budgets/monthly`, { limit_usd: 40 * COST });
  const { data } = await manage<{ data: { id: string } }>(base, 'PATCH', `/workspaces/${name}`, {});
  const keys = await Promise.all([1, 2].map(() => newKey(base, { workspace_id: data.id })));
  const both = (await Promise.all(keys.map((key) => spread(gateways, CALLS / 2, key)))).flat();
  assert.deepEqual(others(both, [403]), []);
  assert.ok(answered(both) <= 40 && answered(both) > 20, `${answered(both)} calls of a budget for 40`);

  // Requests a minute: what a host has seen of a key in one minute of the clock.
  await untilEarly();
  const rated = await newKey(base, { rpm_limit: 30 });
  const before = host.arrived();
  const minute = Math.floor(Date.now() / 60_000);
  const many = await spread(gateways, CALLS, rated);
  const minutes = Math.floor(Date.now() / 60_000) - minute + 1;
  assert.deepEqual(others(many, [429]), []);
  const sent = host.arrived() - before;
  assert.ok(sent <= 30 * minutes && sent > 15, `${sent} requests in ${minutes} minute(s) of 30`);

  // Calls at once.
  host.mostAtOnce();
  const narrow = await newKey(base, { max_parallel_requests: 6 });
  const side = await spread(gateways, CALLS, narrow);
  assert.deepEqual(others(side, [429]), []);
  const most = host.mostAtOnce();
  assert.ok(most <= 6 && answered(side) >= 6, `${most} at once of 6, ${answered(side)} answered`);
  assert.equal(answered(await callMany(base, 1, { key: narrow, maxTokens: 20 })), 1, 'and again when they have ended');
}

/** Not so late in a minute that the calls would run into the next one. */
async function untilEarly(): Promise<void> {
  const into = Date.now() % 60_000;
  if (into > 45_000) await wait(60_100 - into);
}

test(`${CALLS} calls at once over four processes are never over`, { timeout: 300_000 }, async () => {
  const own = join(folder, 'processes');
  const gateway = await startGateway({
    folder: own,
    catalogue: host.catalogue,
    environment: { SWITCHWRIGHT_WORKERS: '4' },
  });
  try {
    await proveAll([gateway], 'processes');
  } finally {
    await gateway.stop();
  }
  assert.match(audit(own), / 0 open holds/);
});

test(`${CALLS} calls at once over two gateways on one PostgreSQL are never over`, {
  skip,
  timeout: 300_000,
}, async () => {
  assert.ok(postgres.kind === 'running');
  const environment = { DATABASE_URL: postgres.url };
  const folders = [join(folder, 'one'), join(folder, 'two')];
  const gateways: GatewayProcess[] = [];
  try {
    for (const own of folders)
      gateways.push(await startGateway({ folder: own, catalogue: host.catalogue, environment }));
    await proveAll(gateways, 'machines');
  } finally {
    for (const gateway of gateways) await gateway.stop();
  }
  assert.match(audit(folders[0] ?? '', environment), / 0 open holds/);
});
