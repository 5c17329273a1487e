/**
 * A process that spends until it is killed: holds, dispatches, checkpoints and settles, and tells its parent on stdout
 * what has been promised: `durable ID` and `settled ID COST`; of jobs, `begun JOB GENERATION` and
 * `ended JOB GENERATION`. Run by `kill.test.ts` with the data folder, a limited
 * key and its role as arguments.
 */
import { nano } from '../../base/money.ts';
import { isHold, openLedger } from '../../ledger/ledger.ts';
import { realWorld } from '../../upstream/world.ts';
import { openStorage } from '../open.ts';
import { jobOf, receiptOf, receiptOfJob, requestOf } from './sample.ts';

const LANES = 20;
const [, , dataDirectory = '', limitedKey = '', role = 'owner'] = process.argv;
const world = realWorld();
const databaseUrl = process.env.DATABASE_URL;
const storage = await openStorage({
  world,
  dataDirectory,
  databaseUrl,
  role: role === 'worker' ? 'worker' : 'owner',
});
const ledger = openLedger(storage.ledgerStore, world);
/** Pipes are written synchronously on POSIX systems: what is said was said before any death. */
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function spend(lane: number): Promise<void> {
  for (let turn = 0; ; turn++) {
    const key = lane % 2 === 0 ? limitedKey : 'unlimited';
    const request = requestOf(world.newId('gen'), key, nano(10_000n), world.now());
    const hold = await ledger.hold(request);
    if (!isHold(hold)) throw new Error(hold.message);
    if (turn % 7 !== 0) hold.dispatched('author/model@host');
    await hold.durable;
    say(`durable ${hold.generationId} ${turn % 7 !== 0 ? 'dispatched' : 'kept'}`);
    if (turn % 3 === 0) hold.checkpoint(nano(2_000n));
    if (turn % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    const cost = nano(BigInt((turn * 37) % 12_000));
    await hold.settle(receiptOf(request, cost));
    say(`settled ${hold.generationId} ${cost}`);
  }
}

/** Begins jobs and works on whichever there are: its own, and those that others left behind when they were killed. */
async function work(lane: number): Promise<void> {
  for (let turn = 0; ; turn++) {
    const key = lane % 2 === 0 ? limitedKey : 'unlimited';
    const request = requestOf(world.newId('gen'), key, nano(10_000n), world.now());
    const hold = await ledger.hold(request);
    if (!isHold(hold)) throw new Error(hold.message);
    const id = world.newId('job');
    const job = jobOf(id, { keyId: key, createdAt: request.createdAt, state: JSON.stringify(request.generationId) });
    await hold.handOver((held) => storage.jobs.begin(job, held));
    say(`begun ${id} ${request.generationId}`);
    if (turn % 3 === 0) continue;
    const { claims } = await storage.jobs.claim({ kinds: ['videos'], limit: 2, forMs: 20 });
    for (const claim of claims) {
      const end = { status: 'completed', state: '{}', tells: 'nobody', keptMs: 3_600_000 } as const;
      const receipt = receiptOfJob(claim.job);
      if (await storage.jobs.end(claim, { ...end, receipts: [receipt] })) say(`ended ${claim.job.id} ${receipt.id}`);
    }
  }
}

await Promise.all(Array.from({ length: LANES }, (_, lane) => (lane < 2 ? work(lane) : spend(lane))));
