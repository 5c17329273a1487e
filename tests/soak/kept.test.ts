/** What a call leaves behind in memory once it is over: nothing, however it ended. The long run is soak.long.ts. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { composeGateway } from '#src/cli/compose.ts';
import { readConfiguration } from '#src/cli/configuration.ts';
import { pageRoutes } from '#src/http/pages/index.ts';
import { createServer } from '#src/http/server.ts';
import { apiRoutes } from '#src/http/v1/routes.ts';
import { startSandbox } from '#src/sandbox/server.ts';
import { realWorld } from '#src/upstream/world.ts';
import { API_KEY } from '../gateway-process.ts';
import { callInEveryWay, WAYS } from './calls.ts';

/** Until pools, caches and counters have their size. */
const WARM_UP = 20;
const ROUNDS = 4;

const folder = mkdtempSync(join(tmpdir(), 'switchwright-kept-'));
const world = realWorld();
const sandbox = await startSandbox(world, { pieceMs: 0 });
const configuration = readConfiguration({
  SANDBOX_BASE_URL: `${sandbox.origin}/v1`,
  SWITCHWRIGHT_DATA_DIR: folder,
  SWITCHWRIGHT_API_KEY: API_KEY,
  SWITCHWRIGHT_LOCAL_SERVERS: '0',
});
const composed = await composeGateway(configuration, world, 'owner');
const server = createServer({ gateway: composed.gateway, api: apiRoutes, pages: pageRoutes });
await server.listen({ host: '127.0.0.1', port: 0 });
const origin = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
after(async () => {
  await server.close();
  await composed.close();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Live objects of any kind, when everything of the calls before has had its chance to end. Bytes would count machine code too. */
async function live(): Promise<number> {
  while (composed.gateway.ledger.open() > 0) await wait(5);
  // Sockets close in their own time: the count is taken when it no longer falls.
  const count = (): number => queryObjects(Object, { format: 'count' });
  let least = count();
  for (let still = 0; still < 3; ) {
    await wait(20);
    const now = count();
    still = now < least ? 0 : still + 1;
    least = Math.min(least, now);
  }
  return least;
}

async function callRounds(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) await callInEveryWay(origin);
}

test(`calls that ended in ${WAYS.length} ways leave nothing behind`, async (context) => {
  await callRounds(WARM_UP);
  const counts = [await live()];
  for (let batch = 0; batch < 2; batch++) {
    await callRounds(ROUNDS);
    counts.push(await live());
  }
  const growths = counts.slice(1).map((count, at) => count - (counts[at] ?? 0));
  const calls = ROUNDS * WAYS.length;
  context.diagnostic(`objects more after each ${calls} calls: ${growths.join(', ')}`);
  // What is kept of every call is kept in either batch; what happens once is not.
  assert.ok(Math.min(...growths) < calls / 2, `${growths.join(', ')} objects more after ${calls} calls`);
});
