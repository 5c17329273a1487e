/** The real process, killed without warning while calls run: after a restart every call is settled exactly once. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { skipReason, startGateway } from '../gateway-process.ts';
import { assertOnRecord, audit, COST, callMany, getData, startHost } from './bench.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchwright-kill-'));
const host = await startHost();
const { catalogue } = host;
after(() => {
  host.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const [round, workers] of ['1', '1', '2'].entries())
  test(`kill -9 in round ${round + 1} with ${workers} process${workers === '1' ? '' : 'es'}`, async () => {
    const options = { folder, catalogue, environment: { SWITCHWRIGHT_WORKERS: workers } };
    const gateway = await startGateway(options);
    const calls = callMany(gateway.base, 60);
    await wait(40 + Math.random() * 160);
    await gateway.stop('SIGKILL');
    const seen = await calls;

    const again = await startGateway(options);
    await assertOnRecord(again.base, seen);
    const { usage } = await getData(again.base, '/key');
    assert.ok(Number(usage) >= seen.filter(({ finished }) => finished).length * COST - 1e-9);
    assert.equal(await again.stop(), 0, 'SIGTERM stops cleanly');
    assert.match(audit(folder), / 0 open holds/);
  });

const children = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const missing = existsSync(`/proc/${process.pid}/task/${process.pid}/children`)
  ? null
  : 'finding a worker to kill: there is no /proc';

for (const ms of [0, 80])
  test(`a worker killed ${ms} ms after 60 calls is settled and replaced; no client waits for ever`, {
    skip: skipReason(missing),
  }, async () => {
    const gateway = await startGateway({ folder, catalogue, environment: { SWITCHWRIGHT_WORKERS: '2' } });
    try {
      const before = children(gateway.child.pid ?? 0);
      const calls = callMany(gateway.base, 60);
      await wait(ms);
      process.kill(before[0] ?? 0, 'SIGKILL');
      const seen = await calls;
      // Connections kept alive to the dead one may fail once more; the other one serves on.
      let others = await callMany(gateway.base, 20);
      while (!others.some(({ finished }) => finished)) others = await callMany(gateway.base, 20);
      while (children(gateway.child.pid ?? 0).length < before.length) await wait(20);
      await assertOnRecord(gateway.base, [...seen, ...others]);
      assert.equal(await gateway.stop(), 0);
      assert.match(audit(folder), / 0 open holds/);
    } finally {
      await gateway.stop('SIGKILL');
    }
  });

test('SIGTERM lets calls in flight end', async () => {
  const gateway = await startGateway({ folder, catalogue });
  const arrivedBefore = host.arrived();
  const calls = callMany(gateway.base, 10);
  while (host.arrived() < arrivedBefore + 10) await wait(5);
  const stopped = gateway.stop();
  assert.equal((await calls).filter(({ finished }) => finished).length, 10);
  assert.equal(await stopped, 0);
  audit(folder);
});
