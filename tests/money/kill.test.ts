/** The real process, killed without warning while calls run: after a restart every call is settled exactly once. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type GatewayProcess, skipReason, startGateway } from '../gateway-process.ts';
import { assertOnRecord, audit, COST, callMany, getData, type Seen, startHost } from './bench.ts';

const CALLS = 60;
const folder = mkdtempSync(join(tmpdir(), 'switchwright-kill-'));
const host = await startHost();
after(() => {
  host.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Calls in flight at a stop end, however slow the machine. */
const PATIENT = { SWITCHWRIGHT_DRAIN_MS: '600000' };
/** One data folder through all lives: each begins with the books that the one before left open. */
const live = (workers: '1' | '2'): Promise<GatewayProcess> =>
  startGateway({ folder, catalogue: host.catalogue, environment: { ...PATIENT, SWITCHWRIGHT_WORKERS: workers } });
const seen: Seen[] = [];

async function assertBooks({ base }: GatewayProcess): Promise<void> {
  await assertOnRecord(base, seen);
  const { usage } = await getData(base, '/key');
  assert.ok(Number(usage) >= seen.filter(({ finished }) => finished).length * COST - 1e-9, `${usage}`);
}

/**
 * Calls side by side, and a blow while they run: after so many have reached their host, or when all have failed before,
 * as they do while nobody listens.
 */
async function callUnderBlow(gateway: GatewayProcess, arrivals: number, blow: () => unknown): Promise<void> {
  const enough = host.arrived() + arrivals;
  let isOver = false;
  const calls = callMany(gateway.base, CALLS).finally(() => {
    isOver = true;
  });
  while (host.arrived() < enough && !isOver) await wait(1);
  await blow();
  seen.push(...(await calls));
}

for (const [round, workers] of (['1', '1', '2'] as const).entries())
  test(`kill -9 in round ${round + 1} with ${workers} process${workers === '1' ? '' : 'es'}`, async () => {
    const gateway = await live(workers);
    await assertBooks(gateway);
    await callUnderBlow(gateway, Math.ceil(Math.random() * CALLS), async () => {
      await wait(Math.random() * 80);
      await gateway.stop('SIGKILL');
    });
  });

test('after the last kill the books are whole; SIGTERM lets calls in flight end', async () => {
  const gateway = await live('1');
  await assertBooks(gateway);
  const finishedBefore = seen.filter(({ finished }) => finished).length;
  let stopped: Promise<number | null> | undefined;
  await callUnderBlow(gateway, CALLS, () => {
    stopped = gateway.stop();
  });
  assert.equal(seen.filter(({ finished }) => finished).length - finishedBefore, CALLS);
  assert.equal(await stopped, 0);
  assert.match(audit(folder), / 0 open holds/);
});

const children = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const missing = existsSync(`/proc/${process.pid}/task/${process.pid}/children`)
  ? null
  : 'finding a worker to kill: there is no /proc';

test('a worker killed under load is settled and replaced, both of them in turn; no client waits for ever', {
  skip: skipReason(missing),
}, async () => {
  const gateway = await live('2');
  const { pid = 0 } = gateway.child;
  const first = children(pid);
  assert.equal(first.length, 2);
  for (const [turn, worker] of first.entries()) {
    const before = children(pid);
    await callUnderBlow(gateway, turn * 20, () => process.kill(worker, 'SIGKILL'));
    while (!children(pid).some((other) => !before.includes(other))) await wait(20);
  }
  assert.equal(children(pid).filter((worker) => first.includes(worker)).length, 0);
  // None is left of those that it began with; whoever takes their place may be starting still.
  for (let finished = 0; finished < 20; ) {
    await wait(50);
    const others = await callMany(gateway.base, 20);
    finished = others.filter((one) => one.finished).length;
    seen.push(...others);
  }
  await assertBooks(gateway);
  assert.equal(await gateway.stop(), 0);
  assert.match(audit(folder), / 0 open holds/);
});
