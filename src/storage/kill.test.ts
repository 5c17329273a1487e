import assert from 'node:assert/strict';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAccess } from '../access/access.ts';
import { prepareAccess } from '../access/prepare.ts';
import { nano } from '../base/money.ts';
import { reportAudit } from '../ledger/audit.ts';
import { realWorld } from '../upstream/world.ts';
import { newSecret, openStorage } from './open.ts';
import { finishJobs, soundly } from './testing/finish-jobs.ts';
import { ABOUT } from './testing/sample.ts';

const ROUNDS = 4;
/** Killed after this many promises, so that each round dies in the middle of its work wherever the machine is. */
const PROMISES = [1, 40, 400, 1_500];

test('kill -9 at any moment loses nothing that was promised and charges nothing twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kill-'));
  const world = realWorld();
  const promised = new Map<string, { dispatched: boolean; cost: bigint | null }>();
  const jobs = new Map<string, { readonly generation: string; isEnded: boolean }>();
  let limitedKey = '';
  const visit = async (): Promise<void> => {
    const storage = await openStorage({ world, dataDirectory: folder });
    if (limitedKey === '') {
      await prepareAccess({ store: storage.accessStore, world, newSecret });
      const access = openAccess({ store: storage.accessStore, world, newSecret });
      limitedKey = (await access.keys.create({ name: 'limited', limit: nano(10n ** 12n) })).key.hash;
    }
    for (const [id, promise] of promised) {
      const receipt = await storage.records.find(id);
      assert.ok(receipt, `${id} was promised and has a receipt`);
      if (promise.cost !== null) assert.equal(receipt.bill.cost, promise.cost, `${id} was settled at its cost`);
      else if (receipt.state === 'interrupted') {
        const costs = promise.dispatched ? [1_000n, 3_000n] : [0n];
        assert.ok(costs.includes(receipt.bill.cost), `${id}: prompt and last checkpoint, not ${receipt.bill.cost}`);
        const { operation, clientDialect, requestedModel, streamed, catalogVersion, seed, ...rest } = receipt;
        const { app, userAgent, user, sessionId, provider } = rest;
        const planned = { operation, clientDialect, requestedModel, streamed, catalogVersion, seed };
        assert.deepEqual({ ...planned, app, userAgent, user, sessionId }, ABOUT, 'it tells what was known of the call');
        assert.equal(provider, promise.dispatched ? 'host' : null);
      }
    }
    for (const [id, { generation, isEnded }] of jobs) {
      const job = await storage.jobs.find(id);
      const receipt = await storage.records.find(generation);
      assert.ok(job, `${id} was begun and is there`);
      if (isEnded) assert.equal(job.phase, 'over', `${id} has ended`);
      assert.equal(
        receipt?.bill.cost ?? null,
        job.phase === 'over' ? 7_000n : null,
        `${id} has its receipt, or none yet`,
      );
    }
    await soundly(storage);
    await storage.close();
  };

  await visit();
  for (let round = 0; round < ROUNDS; round++) {
    const enough = PROMISES[round] ?? 100;
    const child = spawn(process.execPath, [join(import.meta.dirname, 'testing/spender.ts'), folder, limitedKey], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let heard = 0;
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      heard += chunk.split('\n').length - 1;
      if (heard >= enough) child.kill('SIGKILL');
    });
    await once(child, 'close');
    assert.equal(child.signalCode, 'SIGKILL');
    for (const line of text.split('\n').slice(0, -1)) {
      const [word, id = '', detail = ''] = line.split(' ');
      if (word === 'begun') jobs.set(id, { generation: detail, isEnded: jobs.get(id)?.isEnded ?? false });
      else if (word === 'ended') jobs.set(id, { generation: detail, isEnded: true });
      else if (word === 'durable') promised.set(id, { dispatched: detail === 'dispatched', cost: null });
      else promised.set(id, { dispatched: true, cost: BigInt(detail) });
    }
    await visit();
  }
  assert.ok(promised.size > 100);
  assert.ok(jobs.size > 10, `${jobs.size} jobs`);
  const storage = await openStorage({ world, dataDirectory: folder });
  await finishJobs(storage);
  await storage.close();
  rmSync(folder, { recursive: true });
});

/** One worker dies at the first message that it sends to the owner, another at its second, and so on; two at a time. */
const LIVES = [1, 2, 3, 4, 5, 6, 8, 60];

test('workers that die at any of their messages are settled at once by the owner of the file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'worker-'));
  const world = realWorld();
  const storage = await openStorage({ world, dataDirectory: folder });
  await prepareAccess({ store: storage.accessStore, world, newSecret });
  const access = openAccess({ store: storage.accessStore, world, newSecret });
  const { key } = await access.keys.create({ name: 'limited', limit: nano(10n ** 12n) });
  let text = '';
  const lead = async (message: number): Promise<void> => {
    const worker = fork(join(import.meta.dirname, 'testing/spender.ts'), [folder, key.hash, 'worker'], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      execArgv: ['--import', join(import.meta.dirname, 'testing/dies.ts')],
      env: { ...process.env, DIES_AT: String(message) },
    });
    storage.serveProcess(worker);
    worker.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    await once(worker, 'close');
    assert.equal(worker.signalCode, 'SIGKILL');
  };
  for (let at = 0; at < LIVES.length; at += 2) await Promise.all(LIVES.slice(at, at + 2).map(lead));
  const leased = () => storage.database.selectFrom('lease').selectAll().execute();
  const ofProcesses = async () => (await leased()).filter(({ process: owner }) => owner !== 'job');
  const openHolds = async () => (await storage.audit()).openHolds - (await storage.jobs.running('owner'));
  while ((await openHolds()) > 0 || (await ofProcesses()).length > 0);
  const ids = [...text.matchAll(/^durable (\S+)/gm)].map((match) => match[1] ?? '');
  assert.ok(ids.length > 100, `${ids.length} calls`);
  for (const id of ids) assert.ok(await storage.records.find(id), `${id} was promised and has a receipt`);
  const report = reportAudit(await storage.audit());
  assert.ok(report.isSound, report.lines.join('\n'));
  await storage.close();
  rmSync(folder, { recursive: true });
});

test('a second server on the same folder is refused in plain words', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'twice-'));
  const world = realWorld();
  const first = await openStorage({ world, dataDirectory: folder });
  await assert.rejects(openStorage({ world, dataDirectory: folder }), /in use by another server/);
  const visitor = await openStorage({ world, dataDirectory: folder, role: 'visitor' });
  assert.equal((await visitor.audit()).openHolds, 0);
  await visitor.close();
  await first.close();
  rmSync(folder, { recursive: true });
});
