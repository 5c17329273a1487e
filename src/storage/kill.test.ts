import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
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

const ROUNDS = 4;
/** Killed after this many promises, so that each round dies in the middle of its work wherever the machine is. */
const PROMISES = [1, 40, 400, 1_500];

test('kill -9 at any moment loses nothing that was promised and charges nothing twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kill-'));
  const world = realWorld();
  const promised = new Map<string, { dispatched: boolean; cost: bigint | null }>();
  let limitedKey = '';
  const visit = async (): Promise<void> => {
    const storage = await openStorage({ world, dataDirectory: folder });
    if (limitedKey === '') {
      await prepareAccess({ store: storage.accessStore, world, newSecret });
      const access = await openAccess({ store: storage.accessStore, world, newSecret });
      limitedKey = (await access.keys.create({ name: 'limited', limit: nano(10n ** 12n) })).key.hash;
    }
    for (const [id, promise] of promised) {
      const receipt = await storage.records.find(id);
      assert.ok(receipt, `${id} was promised and has a receipt`);
      if (promise.cost !== null) assert.equal(receipt.bill.cost, promise.cost, `${id} was settled at its cost`);
      else if (receipt.state === 'interrupted') {
        const costs = promise.dispatched ? [1_000n, 3_000n] : [0n];
        assert.ok(costs.includes(receipt.bill.cost), `${id}: prompt and last checkpoint, not ${receipt.bill.cost}`);
      }
    }
    const figures = await storage.audit();
    const report = reportAudit(figures);
    assert.ok(report.isSound, report.lines.join('\n'));
    assert.equal(figures.openHolds, 0);
    const leases = await storage.database.selectFrom('lease').selectAll().execute();
    assert.deepEqual(leases, [], 'leases of the dead are returned');
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
      if (word === 'durable') promised.set(id, { dispatched: detail === 'dispatched', cost: null });
      else promised.set(id, { dispatched: true, cost: BigInt(detail) });
    }
    await visit();
  }
  assert.ok(promised.size > 100);
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
