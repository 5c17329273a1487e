/** Workers die at every message of their beginning, also where Node does not tell of it: each is replaced, and all ends. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type GatewayProcess, outputOf, startGateway } from '../gateway-process.ts';
import { assertOnRecord, audit, callMany, type Seen, startHost } from './bench.ts';

const DIES = pathToFileURL(resolve(import.meta.dirname, '../../src/storage/testing/dies.ts')).href;
const host = await startHost();
after(() => host.close());

async function withWorkers(
  environment: { readonly [name: string]: string },
  use: (gateway: GatewayProcess) => Promise<readonly Seen[]>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'switchwright-workers-'));
  const gateway = await startGateway({
    folder,
    catalogue: host.catalogue,
    environment: { SWITCHWRIGHT_WORKERS: '2', NODE_OPTIONS: `--import ${DIES}`, ...environment },
  });
  await assertOnRecord(gateway.base, await use(gateway));
  assert.equal(await gateway.stop(), 0);
  assert.match(audit(folder), / 0 open holds/);
  rmSync(folder, { recursive: true });
}

// Node tells of no `disconnect` then: the owner kept the dead worker's channel, and its own end waited for ever.
test('a worker killed while the listening socket is on its way to it is forgotten', async () => {
  await withWorkers({ STANDS_AT: 'queryServer' }, async (gateway) => {
    const [, pid] = await outputOf(gateway, /standing (\d+)/);
    process.kill(Number(pid), 'SIGKILL');
    await outputOf(gateway, /has ended \(SIGKILL\); another one takes its place/);
    return callMany(gateway.base, 20);
  });
});

/** Queries for keys and sessions, the listening socket, its listening, the books' first groups. */
const MESSAGES_MAX = 8;

test('workers that die one after the other, each a message later in its life, do not stop those that follow', async () => {
  await withWorkers({ DIES_AT: 'each', DIES_MAX: String(MESSAGES_MAX) }, async (gateway) => {
    const seen: Seen[] = [];
    const deaths = (): number => gateway.output().split('has ended (SIGKILL)').length - 1;
    while (deaths() < MESSAGES_MAX) {
      seen.push(...(await callMany(gateway.base, 5)));
      await wait(100);
    }
    for (let finished = 0; finished < 20; ) {
      await wait(100);
      const calls = await callMany(gateway.base, 20);
      finished = calls.filter((one) => one.finished).length;
      seen.push(...calls);
    }
    assert.equal(deaths(), MESSAGES_MAX);
    return seen;
  });
});
