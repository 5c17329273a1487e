/** Laws of ends that come after somebody else has settled the call. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAccess } from '../../access/access.ts';
import { nano } from '../../base/money.ts';
import { keyScope } from '../../facts/scope.ts';
import { isHold } from '../../ledger/ledger.ts';
import { newSecret } from '../open.ts';
import { type Bench, heldBy, transfersOf } from './bench.ts';
import { cents, receiptOf } from './sample.ts';

const NOBODYS = { amount: nano(0n), dispatched: false, checkpoint: nano(0n), endpoint: null };

export function lateLaws(bench: Bench): void {
  test('a hold that nobody settles is settled for them, and a later settlement corrects that', async () => {
    const request = bench.next(await bench.keyOf(), cents(10));
    const hold = await heldBy(bench.ledger, request);
    hold.dispatched('author/first@host');
    await hold.durable;
    hold.dispatched('other/model@host/fp8');
    hold.checkpoint(cents(3));
    bench.world.advance(31 * 60_000);
    await bench.storage.ledgerStore.touch({ ...NOBODYS, id: 'none' });
    const early = await bench.storage.records.find(request.generationId);
    assert.deepEqual(
      [early?.state, early?.bill.cost, early?.endpoint],
      ['interrupted', cents(4), 'other/model@host/fp8'],
    );
    await bench.sound();
    await hold.settle(receiptOf(request, cents(9)));
    assert.throws(() => hold.settle(receiptOf(request, cents(9))), /once/);
    const late = await bench.storage.records.find(request.generationId);
    assert.deepEqual([late?.state, late?.bill.cost], ['completed', cents(9)]);
    assert.deepEqual((await transfersOf(bench.storage, request.generationId)).rows, [
      { kind: 'charge', amount: cents(4) },
      { kind: 'correction', amount: cents(5) },
    ]);
    await bench.sound();
  });

  test('what a call took beyond its hold is missing at once, for the process whose call it was, too', async () => {
    const key = await bench.keyOf(cents(10));
    const request = bench.next(key, cents(4));
    await (await heldBy(bench.ledger, request)).settle(receiptOf(request, cents(12)));
    assert.deepEqual((await transfersOf(bench.storage, request.generationId)).rows, [
      { kind: 'charge', amount: cents(4) },
      { kind: 'excess', amount: cents(8) },
    ]);
    const scope = keyScope(key);
    const grant = await bench.storage.ledgerStore.grant({ scope, need: nano(1n), want: nano(1n) });
    assert.deepEqual([grant.kind, grant.kind === 'refused' && grant.available], ['refused', cents(-2)]);
    const access = openAccess({ store: bench.storage.accessStore, world: bench.world, newSecret });
    await access.keys.change(key, { limit: cents(20) });
    const last = bench.next(key, cents(8));
    await (await heldBy(bench.ledger, last)).settle(receiptOf(last, cents(8)));
    const beyond = await bench.ledger.hold(bench.next(key, nano(1n)));
    assert.ok(!isHold(beyond), 'twenty cents are spent');
    await bench.sound();
  });

  test('a late end costs less, too, and frees what is left of a limit', async () => {
    const key = await bench.keyOf(cents(10));
    const request = bench.next(key, cents(10));
    const hold = await heldBy(bench.ledger, request);
    hold.dispatched('author/model@host');
    hold.checkpoint(cents(8));
    await hold.durable;
    bench.world.advance(31 * 60_000);
    await hold.release(receiptOf(request, nano(0n)));
    assert.equal((await bench.storage.accessStore.usage([key], bench.world.now())).get(key)?.total.cost, 0n);
    const next = bench.next(key, cents(10));
    await (await heldBy(bench.ledger, next)).settle(receiptOf(next, cents(10)));
    await bench.sound();
  });

  test('both ends of a call may stand in one group', async () => {
    const request = bench.next(await bench.keyOf(), cents(10));
    const hold = await heldBy(bench.ledger, request);
    hold.dispatched('author/model@host');
    await hold.durable;
    bench.world.advance(31 * 60_000);
    await hold.settle(receiptOf(request, cents(7)));
    assert.equal((await bench.storage.records.find(request.generationId))?.bill.cost, cents(7));
    await bench.sound();
  });
}
