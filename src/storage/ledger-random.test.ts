import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAccess } from '../access/access.ts';
import { prepareAccess } from '../access/prepare.ts';
import { nano } from '../base/money.ts';
import { reportAudit } from '../ledger/audit.ts';
import type { Hold } from '../ledger/hold.ts';
import { type HoldRequest, isHold, openLedger } from '../ledger/ledger.ts';
import { newSecret, openMemoryStorage } from './open.ts';
import { clockWorld } from './testing/clock.ts';
import { receiptOf, requestOf } from './testing/sample.ts';

const SEEDS = 25;
const STEPS = 300;
const LIMIT = 100_000n;

/** A small generator of numbers from a seed (mulberry32), so that a failing run can be run again. */
function drawsOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

for (let seed = 1; seed <= SEEDS; seed++)
  test(`any order of holds, top-ups and settlements keeps the books (seed ${seed})`, async () => {
    const draw = drawsOf(seed);
    const world = clockWorld(Date.UTC(2026, 10, 22));
    const storage = openMemoryStorage(world);
    await prepareAccess({ store: storage.accessStore, world, newSecret });
    const access = openAccess({ store: storage.accessStore, world, newSecret });
    const limited = (await access.keys.create({ name: 'limited', limit: nano(LIMIT) })).key.hash;
    const ledger = openLedger(storage.ledgerStore, world);
    const open: { hold: Hold; request: HoldRequest; amount: bigint }[] = [];
    let spent = 0n;
    let unlimited = 0n;

    const start = async (): Promise<void> => {
      const key = draw(3) === 0 ? 'console' : limited;
      const request = requestOf(world.newId('gen'), key, nano(BigInt(1 + draw(9_000))), world.now());
      const hold = await ledger.hold(request);
      if (isHold(hold)) open.push({ hold, request, amount: request.amount });
      else assert.ok(['payment_required', 'overloaded'].includes(hold.code), hold.code); // time may pass while a group waits
    };
    const end = async (): Promise<void> => {
      const [taken] = open.splice(draw(open.length), 1);
      if (!taken) return;
      const { hold, request } = taken;
      const cost = nano(BigInt(draw(Number(taken.amount) + 1)));
      if (draw(4) === 0) return hold.release(receiptOf(request, nano(0n)));
      if (request.keyId === limited) spent += cost;
      else unlimited += cost;
      await hold.settle(receiptOf(request, cost));
    };
    const grow = async (): Promise<void> => {
      const taken = open[draw(open.length || 1)];
      if (!taken) return;
      const more = nano(BigInt(draw(3_000)));
      if (await taken.hold.topUp(more)) taken.amount += more;
    };

    const running: Promise<void>[] = [];
    for (let step = 0; step < STEPS; step++) {
      const kind = draw(10);
      const act = kind < 5 ? start : kind < 8 ? end : kind === 8 ? grow : null;
      if (act) running.push(act());
      else world.advance(draw(3_000));
      if (draw(3) === 0) await Promise.all(running.splice(0));
      const held = open
        .filter(({ request }) => request.keyId === limited)
        .reduce((sum, { amount }) => sum + amount, 0n);
      assert.ok(spent + held <= LIMIT, `${spent} spent and ${held} held of ${LIMIT}`);
    }
    await Promise.all(running);
    while (open.length > 0) await end();
    ledger.close();
    await storage.ledgerStore.touch({
      id: 'nobody',
      amount: nano(0n),
      dispatched: false,
      checkpoint: nano(0n),
      endpoint: null,
    });
    const usage = await storage.accessStore.usage([limited], world.now());
    assert.equal(usage.get(limited)?.total.cost, spent);
    assert.deepEqual(await ledger.balance('owner'), { credits: 0n, settled: spent + unlimited, held: 0n });
    const leases = await storage.database.selectFrom('lease').select('amount').execute();
    assert.ok(
      leases.every(({ amount }) => amount === 0n),
      'nothing stays leased',
    );
    const report = reportAudit(await storage.audit());
    assert.ok(report.isSound, report.lines.join('\n'));
    await storage.close();
  });
