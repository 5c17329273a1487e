/** Laws of jobs, and of the money that is set aside for them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nano } from '../../base/money.ts';
import type { JobClaim, JobEnd, JobStore } from '../../ledger/jobs.ts';
import { openLedger } from '../../ledger/ledger.ts';
import type { Engine } from '../laws.ts';
import { type Bench, heldBy, transfersOf } from './bench.ts';
import { cents, jobOf, receiptOf, requestOf } from './sample.ts';

const KINDS = ['videos'] as const;
const LONG_MS = 3_600_000;

const COMPLETED: JobEnd = { status: 'completed', state: '{}', receipts: [], tells: 'nobody', keptMs: LONG_MS };

async function claimed(jobs: JobStore, id: string, forMs = LONG_MS): Promise<JobClaim> {
  const claim = await jobs.claimOne(id, forMs);
  assert.ok(claim, `${id} is claimed`);
  return claim;
}
const claimAll = async (jobs: JobStore, limit = 100): Promise<readonly JobClaim[]> =>
  (await jobs.claim({ kinds: KINDS, limit, forMs: LONG_MS })).claims;

/** A job whose hold is of the key. */
async function begin({ storage, ledger, world, next }: Bench, key: string, amount: bigint) {
  const request = next(key, amount);
  const hold = await heldBy(ledger, request);
  hold.dispatched('author/model@host');
  const id = world.newId('job');
  const job = jobOf(id, { keyId: key });
  assert.ok(await hold.handOver((held) => storage.jobs.begin(job, held)));
  return { id, job, request, hold };
}

export function jobLaws(bench: Bench): void {
  moneyLaws(bench);
  partLaws(bench);
  claimLaws(bench);
  timeLaws(bench);
}

function moneyLaws(bench: Bench): void {
  test('a job has what its call held, until it ends: once, at its cost', async () => {
    const { jobs } = bench.storage;
    const key = await bench.keyOf(cents(10));
    const { id, request, hold } = await begin(bench, key, cents(8));
    assert.throws(() => hold.settle(receiptOf(request, cents(1))), /once/, 'the call has nothing to settle any more');
    bench.world.advance(31 * 60_000);
    assert.equal(await bench.storage.records.find(request.generationId), null, 'no call’s deadline ends it');
    assert.ok(!('settle' in (await bench.ledger.hold(bench.next(key, cents(3))))), 'its money is nobody else’s');
    const claim = await claimed(jobs, id);
    const end = { ...COMPLETED, state: '{"step":2}', receipts: [receiptOf(request, cents(5))] };
    assert.equal(await jobs.end(claim, end), true);
    assert.equal(await jobs.end(claim, end), false);
    assert.equal(await jobs.save(claim, { status: 'in_progress', state: '{}', dueMs: 0 }), false);
    const job = await jobs.find(id);
    assert.deepEqual([job?.status, job?.phase, job?.state], ['completed', 'over', '{"step":2}']);
    assert.deepEqual((await transfersOf(bench.storage, request.generationId)).rows, [
      { kind: 'charge', amount: cents(5) },
    ]);
    const rest = bench.next(key, cents(5));
    await (await heldBy(bench.ledger, rest)).settle(receiptOf(rest, cents(5)));
    await bench.sound();
  });

  test('a job that ends with nothing costs nothing, and what it costs beyond its hold is an excess', async () => {
    const { jobs } = bench.storage;
    const key = await bench.keyOf(cents(10));
    const failed = await begin(bench, key, cents(9));
    await jobs.end(await claimed(jobs, failed.id), {
      ...COMPLETED,
      status: 'failed',
      receipts: [receiptOf(failed.request, nano(0n))],
    });
    assert.equal((await bench.storage.records.find(failed.request.generationId))?.state, 'failed');
    const dear = await begin(bench, key, cents(6));
    await jobs.end(await claimed(jobs, dear.id), { ...COMPLETED, receipts: [receiptOf(dear.request, cents(7))] });
    assert.deepEqual((await transfersOf(bench.storage, dear.request.generationId)).rows, [
      { kind: 'charge', amount: cents(6) },
      { kind: 'excess', amount: cents(1) },
    ]);
    assert.ok(!('settle' in (await bench.ledger.hold(bench.next(key, cents(3.1))))));
    const rest = bench.next(key, cents(3));
    await (await heldBy(bench.ledger, rest)).settle(receiptOf(rest, cents(3)));
    await bench.sound();
  });
}

function partLaws(bench: Bench): void {
  test('what a job delivers in parts is booked with the step that says so', async () => {
    const { jobs } = bench.storage;
    const key = await bench.keyOf(cents(10));
    const { id, request } = await begin(bench, key, cents(10));
    const line = (at: number, cost: number) =>
      receiptOf({ ...request, generationId: `${request.generationId}-${at}` }, cents(cost));
    const claim = await claimed(jobs, id);
    const step = { status: 'in_progress', state: '{"lines":2}', dueMs: 0, receipts: [line(1, 2), line(2, 3)] } as const;
    assert.equal(await jobs.save(claim, step), true);
    assert.equal((await bench.ledger.balance('owner')).held >= cents(5), true);
    const again = await claimed(jobs, id);
    assert.equal(await jobs.save(claim, step), false, 'the claim of before books nothing twice');
    assert.equal(again.job.state, '{"lines":2}');
    await jobs.end(again, { ...COMPLETED, receipts: [line(3, 1)] });
    const usage = (await bench.storage.accessStore.usage([key], bench.world.now())).get(key);
    assert.equal(usage?.total.cost, cents(6));
    const rest = bench.next(key, cents(4));
    await (await heldBy(bench.ledger, rest)).settle(receiptOf(rest, cents(4)));
    await bench.sound();
  });

  test('a hold that others settled gives no job anything, and its call ends it as a late one', async () => {
    const { jobs } = bench.storage;
    const request = bench.next(await bench.keyOf(cents(10)), cents(10));
    const hold = await heldBy(bench.ledger, request);
    const id = bench.world.newId('job');
    await hold.durable;
    const handing = hold.handOver(async (held) => {
      assert.equal(held.id, request.generationId);
      return false;
    });
    assert.equal(await handing, false);
    assert.equal(await jobs.begin(jobOf(id), { id: 'gen-nobodys', leases: [], also: [] }), false);
    assert.equal(await jobs.find(id), null);
    await hold.release(receiptOf(request, nano(0n)));
    await bench.sound();
  });
}

function claimLaws(bench: Bench): void {
  test('two never have one job, and who was too slow has lost it', async () => {
    const { jobs } = bench.storage;
    const id = bench.world.newId('job');
    await jobs.begin(jobOf(id), null);
    const tries = await Promise.all([claimAll(jobs), claimAll(jobs), jobs.claimOne(id, LONG_MS)]);
    assert.equal(tries.flat().filter((claim) => claim?.job.id === id).length, 1);
    assert.deepEqual(await claimAll(jobs), []);
    const other = bench.world.newId('job');
    await jobs.begin(jobOf(other), null);
    const slow = await claimed(jobs, other, 0);
    const quick = await claimed(jobs, other);
    assert.equal(quick.tries, 2, 'the first one wrote nothing');
    assert.equal(await jobs.renew(slow, LONG_MS), false);
    assert.equal(await jobs.end(slow, COMPLETED), false);
    assert.equal(await jobs.renew(quick, LONG_MS), true);
    assert.equal(await jobs.save(quick, { status: 'in_progress', state: '{}', dueMs: LONG_MS }), true);
    const { claims, nextMs } = await jobs.claim({ kinds: KINDS, limit: 9, forMs: 0 });
    assert.deepEqual(claims, []);
    assert.ok(nextMs !== null && nextMs > 0 && nextMs <= LONG_MS);
    assert.equal((await claimed(jobs, other)).tries, 1);
  });
}

function timeLaws(bench: Bench): void {
  test('a job is overdue by the store’s clock, and due at once where nobody wants it', async () => {
    const { jobs } = bench.storage;
    const late = bench.world.newId('job');
    await jobs.begin(jobOf(late, { deadlineMs: 0 }), null);
    const [claim] = (await claimAll(jobs)).filter(({ job }) => job.id === late);
    assert.deepEqual([claim?.isOverdue, claim?.job.isUnwanted], [true, false]);
    const far = bench.world.newId('job');
    await jobs.begin(jobOf(far, { dueMs: LONG_MS }), null);
    assert.equal(
      (await claimAll(jobs)).some(({ job }) => job.id === far),
      false,
    );
    assert.equal(await jobs.unwanted(far), true);
    const found = (await claimAll(jobs)).find(({ job }) => job.id === far);
    assert.deepEqual([found?.isOverdue, found?.job.isUnwanted], [false, true]);
    assert.equal(await jobs.forget(far), false, 'what runs is not forgotten');
    if (found) await jobs.end(found, { ...COMPLETED, status: 'cancelled' });
    assert.equal(await jobs.unwanted(far), false);
  });

  test('who is to be told is told until it is done; what is over is kept for its time', async () => {
    const { jobs } = bench.storage;
    const id = bench.world.newId('job');
    await jobs.begin(jobOf(id), null);
    const before = await jobs.running('owner');
    await jobs.end(await claimed(jobs, id), { ...COMPLETED, tells: 'its caller' });
    assert.equal(await jobs.running('owner'), before - 1);
    const telling = async (): Promise<JobClaim | undefined> =>
      (await jobs.claim({ kinds: KINDS, limit: 9, forMs: 0 })).claims.find(({ job }) => job.id === id);
    const first = await telling();
    assert.deepEqual([first?.job.phase, first?.tries], ['telling', 1]);
    if (first) assert.equal(await jobs.told(first, { againMs: 0 }), true);
    const second = await telling();
    assert.equal(second?.tries, 2);
    if (first) assert.equal(await jobs.told(first, { keptMs: 0 }), false);
    if (second) assert.equal(await jobs.told(second, { keptMs: 0 }), true);
    assert.equal(await telling(), undefined);
    assert.ok(await jobs.find(id));
    assert.ok((await jobs.forgetOld()) >= 1);
    assert.equal(await jobs.find(id), null);
  });

  test('jobs are listed by workspace, in pages, either way', async () => {
    const { jobs } = bench.storage;
    const own = { kind: 'videos', accountId: 'owner', workspaceId: bench.world.newId('job') } as const;
    const ids = [1, 2, 3].map((at) => `${own.workspaceId}-${at}`);
    for (const [at, id] of ids.entries()) await jobs.begin(jobOf(id, { ...own, createdAt: 1_000 + (at % 2) }), null);
    const page = async (order: 'newest' | 'oldest', limit: number, after: string | null = null) => {
      const job = after === null ? null : await jobs.find(after);
      return (await jobs.list({ ...own, order, limit, after: job })).map(({ id }) => ids.indexOf(id) + 1);
    };
    assert.deepEqual(await page('newest', 2), [2, 3]);
    assert.deepEqual(await page('newest', 2, ids[2]), [1]);
    assert.deepEqual(await page('oldest', 3), [1, 3, 2]);
    assert.deepEqual(await page('oldest', 3, ids[0]), [3, 2]);
    assert.deepEqual(await jobs.list({ ...own, workspaceId: 'other', order: 'newest', limit: 9, after: null }), []);
  });
}

/** Jobs outlive the process that began them. */
export function sharedJobLaws(bench: Bench, another: NonNullable<Engine['another']>): void {
  test('a job of a process that is gone is another’s, with its money', async () => {
    const key = await bench.keyOf(cents(10));
    const storage = await another(bench.world);
    const ledger = openLedger(storage.ledgerStore, bench.world);
    const request = requestOf(bench.world.newId('gen'), key, cents(8), bench.world.now());
    const hold = await heldBy(ledger, request);
    const id = bench.world.newId('job');
    assert.ok(await hold.handOver((held) => storage.jobs.begin(jobOf(id, { keyId: key }), held)));
    ledger.close();
    await storage.close(); // its holds and leases are settled by this
    assert.equal(await bench.storage.records.find(request.generationId), null);
    assert.ok(!('settle' in (await bench.ledger.hold(bench.next(key, cents(3))))), 'the money is still the job’s');
    const claim = await claimed(bench.storage.jobs, id);
    await bench.storage.jobs.end(claim, { ...COMPLETED, receipts: [receiptOf(request, cents(7))] });
    assert.equal((await bench.storage.records.find(request.generationId))?.bill.cost, cents(7));
    const rest = bench.next(key, cents(3));
    await (await heldBy(bench.ledger, rest)).settle(receiptOf(rest, cents(3)));
    await bench.sound();
  });
}
