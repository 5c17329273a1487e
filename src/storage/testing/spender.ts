/**
 * A process that spends until it is killed: holds, dispatches, checkpoints and settles, and tells its parent on stdout
 * what has been promised: `durable ID` and `settled ID COST`. Run by `kill.test.ts` with the data folder, a limited
 * key and its role as arguments.
 */
import { nano } from '../../base/money.ts';
import { isHold, openLedger } from '../../ledger/ledger.ts';
import { realWorld } from '../../upstream/world.ts';
import { openStorage } from '../open.ts';
import { receiptOf, requestOf } from './sample.ts';

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

await Promise.all(Array.from({ length: LANES }, (_, lane) => spend(lane)));
