/** PostgreSQL comes and goes, moves, hangs and forgets: what was promised holds, and nothing is booked twice. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openAccess } from '../access/access.ts';
import { prepareAccess } from '../access/prepare.ts';
import { nano } from '../base/money.ts';
import type { World } from '../base/world.ts';
import { reportAudit } from '../ledger/audit.ts';
import { isHold, type Ledger, openLedger } from '../ledger/ledger.ts';
import { realWorld } from '../upstream/world.ts';
import { storeLaws } from './laws.ts';
import { newSecret, openStorage, type Storage } from './open.ts';
import { heldBy } from './testing/bench.ts';
import { finishJobs, soundly } from './testing/finish-jobs.ts';
import { openLine } from './testing/line.ts';
import { type OwnPostgres, startOwnPostgres, startPooler } from './testing/postgres-server.ts';
import { cents, receiptOf, requestOf } from './testing/sample.ts';

const server = await startOwnPostgres();
const folder = mkdtempSync(join(tmpdir(), 'outage-'));
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (server.kind === 'running') await server.stop();
});
if (server.kind === 'absent' && process.env.CI_STRICT === '1') throw new Error(`no PostgreSQL: ${server.reason}`);
const skip = server.kind === 'absent' ? `SKIPPED: ${server.reason}` : false;
const postgres = server as OwnPostgres;

type Gateway = { readonly storage: Storage; readonly ledger: Ledger; readonly world: World };
const opened: Gateway[] = [];
let folders = 0;

/** The storage half of a gateway on a machine of its own. */
async function open(url: string, more: Partial<World> = {}): Promise<Gateway> {
  const world = { ...realWorld(), ...more };
  const dataDirectory = join(folder, `machine-${folders++}`);
  const storage = await openStorage({ world, dataDirectory, databaseUrl: url });
  const gateway = { storage, ledger: openLedger(storage.ledgerStore, world), world };
  opened.push(gateway);
  return gateway;
}
const closeOne = async ({ ledger, storage }: Gateway): Promise<void> => {
  ledger.close();
  await storage.close();
};
afterEach(async () => {
  for (const gateway of opened.splice(0)) await closeOne(gateway);
});

async function limitedKey({ storage, world }: Gateway, limit: number): Promise<string> {
  await prepareAccess({ store: storage.accessStore, world, newSecret });
  const access = openAccess({ store: storage.accessStore, world, newSecret });
  return (await access.keys.create({ name: 'limited', limit: cents(limit) })).key.hash;
}

async function assertSound({ storage }: Gateway, openHolds: number): Promise<void> {
  const figures = await storage.audit();
  const report = reportAudit(figures);
  assert.ok(report.isSound, report.lines.join('\n'));
  assert.equal(figures.openHolds, openHolds);
}

/** Calls one after the other on several lanes until told to stop; what each must have cost. */
function spend({ ledger, world }: Gateway, key: string): { readonly stop: () => Promise<Map<string, bigint>> } {
  const settled = new Map<string, bigint>();
  let isOver = false;
  const lane = async (at: number): Promise<void> => {
    for (let turn = 0; !isOver; turn++) {
      const request = requestOf(world.newId('gen'), at % 2 ? key : 'unlimited', nano(1_000n), world.now());
      const hold = await ledger.hold(request);
      if (!isHold(hold)) {
        assert.equal(hold.code, 'overloaded');
        assert.ok((hold.retryAfterMs ?? 0) > 0);
        await wait(50);
        continue;
      }
      hold.dispatched('author/model@host');
      await hold.durable;
      const cost = BigInt((turn * 37) % 1_000);
      await hold.settle(receiptOf(request, nano(cost)));
      settled.set(request.generationId, cost);
      await wait(1);
    }
  };
  const lanes = Promise.all(Array.from({ length: 8 }, (_, at) => lane(at)));
  return {
    stop: async () => {
      isOver = true;
      await lanes;
      return settled;
    },
  };
}

async function assertSettled({ storage }: Gateway, settled: ReadonlyMap<string, bigint>): Promise<void> {
  for (const [id, cost] of settled) {
    const receipt = await storage.records.find(id);
    assert.equal(receipt?.bill.cost, cost, id);
    assert.equal(receipt?.state, cost > 0n ? 'completed' : 'failed', id);
  }
}

test('the server restarts in every way while calls run: each is settled once, at its cost', { skip }, async () => {
  const gateway = await open(postgres.url);
  const key = await limitedKey(gateway, 10_000);
  const spending = spend(gateway, key);
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGINT'] as const) {
    await wait(300);
    await postgres.halt(signal);
    await wait(200);
    await postgres.resume();
  }
  await wait(300);
  const settled = await spending.stop();
  assert.ok(settled.size > 10, `${settled.size} calls`);
  assert.equal(gateway.ledger.trouble(), null);
  await assertSettled(gateway, settled);
  await assertSound(gateway, 0);
});

test('connections that are broken off one by one, also in the midst of a transaction, are replaced', {
  skip,
}, async () => {
  const gateway = await open(postgres.url);
  const spending = spend(gateway, await limitedKey(gateway, 10_000));
  for (let blow = 0; blow < 40; blow++) {
    await postgres.ask(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename = current_user',
    );
    await wait(20);
  }
  const settled = await spending.stop();
  await assertSettled(gateway, settled);
  await assertSound(gateway, 0);
});

for (const [name, begin, end] of [
  ['away', () => postgres.halt(), () => postgres.resume()],
  ['silent', async () => postgres.freeze(), async () => postgres.thaw()],
  [
    'read-only',
    async () => {
      await postgres.ask('alter system set default_transaction_read_only = on');
      await postgres.ask('select pg_reload_conf()');
      // The server reads its settings in its own time; once a new connection has them, every one is told.
      while ((await postgres.ask('show default_transaction_read_only'))[0]?.default_transaction_read_only !== 'on')
        await wait(10);
    },
    () =>
      postgres
        .ask('alter system reset default_transaction_read_only')
        .then(() => postgres.ask('select pg_reload_conf()')),
  ],
] as const)
  test(`a server that is ${name} for longer than a moment: calls under way end when it is back, none is begun`, {
    skip,
  }, async (context) => {
    const gateway = await open(postgres.url);
    const { ledger, storage, world } = gateway;
    await limitedKey(gateway, 100);
    const request = requestOf(world.newId('gen'), 'unlimited', cents(5), world.now());
    const hold = await heldBy(ledger, request);
    hold.dispatched('author/model@host');
    await hold.durable;
    await wait(3_000); // until nobody speaks of changes any more: who waits for a grant is refused with the rest
    const known = requestOf(world.newId('gen'), 'unlimited', cents(1), world.now());
    await (await heldBy(ledger, known)).release(receiptOf(known, nano(0n)));
    await begin();
    context.after(end);
    let isSettled = false;
    const settled = hold.settle(receiptOf(request, cents(4))).then(() => {
      isSettled = true;
    });
    const early = await heldBy(ledger, requestOf(world.newId('gen'), 'unlimited', cents(1), world.now()));
    while (ledger.trouble() === null) await wait(50);
    assert.equal(isSettled, false);
    const refused = await ledger.hold(requestOf(world.newId('gen'), 'unlimited', cents(1), world.now()));
    assert.ok(!isHold(refused));
    assert.equal(refused.code, 'overloaded');
    assert.ok((refused.retryAfterMs ?? 0) >= 1_000);
    await end();
    await settled;
    await early.durable;
    while (ledger.trouble() !== null) await wait(20);
    const late = requestOf(early.generationId, 'unlimited', cents(1), world.now());
    await early.release(receiptOf(late, nano(0n)));
    assert.equal((await storage.records.find(request.generationId))?.bill.cost, cents(4));
    await assertSound(gateway, 0);
  });

test('a failover to a standby, with the old server read-only at first: nothing that was promised is lost', {
  skip,
}, async () => {
  const first = await startOwnPostgres();
  assert.ok(first.kind === 'running');
  const line = await openLine(first.folder);
  const gateway = await open(line.url);
  const key = await limitedKey(gateway, 10_000);
  const standby = await first.standby();
  const spending = spend(gateway, key);
  await wait(500);
  // The old one is shut down in good order, so that the standby has everything; the address leads to it before it is promoted.
  await first.halt();
  line.leadTo(standby.folder);
  await wait(700);
  standby.promote();
  await wait(1_500);
  const settled = await spending.stop();
  assert.ok(settled.size > 20, `${settled.size} calls`);
  await assertSettled(gateway, settled);
  await assertSound(gateway, 0);
  await closeOne(opened.pop() ?? assert.fail());
  line.close();
  await standby.stop();
  await first.stop();
});

test('what a failover lost of a call is booked when the call ends', { skip }, async () => {
  const gateway = await open(postgres.url);
  await limitedKey(gateway, 100);
  const request = requestOf(gateway.world.newId('gen'), 'unlimited', cents(5), gateway.world.now());
  const hold = await heldBy(gateway.ledger, request);
  await hold.durable;
  await postgres.ask(`delete from hold where id = '${request.generationId}'`);
  await hold.settle(receiptOf(request, cents(4)));
  assert.equal((await gateway.storage.records.find(request.generationId))?.bill.cost, cents(4));
  const { corrections } = await gateway.storage.audit();
  assert.ok(corrections > 0);
  await assertSound(gateway, 0);
});

/** As if the process that holds this had not been heard of for an hour, by a server that was there all the time. */
const silence = (generationId: string): Promise<unknown> =>
  postgres.ask(
    `update process set seen_at = 0 where id = (select process from hold where id = '${generationId}');
     update pulse set steady_since = 0`,
  );

test('a machine whose clock is an hour ahead settles nobody’s running call', { skip }, async () => {
  const one = await open(postgres.url);
  await limitedKey(one, 100);
  const request = requestOf(one.world.newId('gen'), 'unlimited', cents(5), one.world.now());
  const hold = await heldBy(one.ledger, request);
  hold.dispatched('author/model@host');
  await hold.durable;
  await postgres.ask('update pulse set steady_since = 0');
  const ahead = await open(postgres.url, { now: () => Date.now() + 3_600_000 });
  const behind = await open(postgres.url, { now: () => Date.now() - 3_600_000 });
  for (const { ledger, world } of [ahead, behind]) {
    const other = requestOf(world.newId('gen'), 'unlimited', cents(1), world.now());
    await (await heldBy(ledger, other)).settle(receiptOf(other, cents(1)));
  }
  await wait(6_000); // a beat of each
  await assertSound(one, 1);
  await hold.settle(receiptOf(request, cents(4)));
  assert.equal((await one.storage.records.find(request.generationId))?.bill.cost, cents(4));
  await assertSound(one, 0);
});

test('a machine that slept finds its call settled and its lease given away: the end corrects the one, the limit holds', {
  skip,
}, async () => {
  const sleeper = await open(postgres.url, { after: () => () => {} }); // it beats no more
  const key = await limitedKey(sleeper, 10);
  const request = requestOf(sleeper.world.newId('gen'), key, cents(2), sleeper.world.now());
  const hold = await heldBy(sleeper.ledger, request);
  hold.dispatched('author/model@host');
  hold.checkpoint(cents(0.5));
  await hold.durable;
  const nobody = { id: 'nobody', amount: nano(0n), dispatched: false, checkpoint: nano(0n), endpoint: null };
  await sleeper.storage.ledgerStore.touch(nobody); // what it wrote before it slept is stored
  const waker = await open(postgres.url);
  await silence(request.generationId);
  while ((await waker.storage.audit()).openHolds > 0) await wait(100);
  const early = await waker.storage.records.find(request.generationId);
  assert.deepEqual([early?.state, early?.bill.cost], ['interrupted', cents(0.7)]);
  const rest = requestOf(waker.world.newId('gen'), key, cents(8), waker.world.now());
  await (await heldBy(waker.ledger, rest)).settle(receiptOf(rest, cents(8)));

  await hold.settle(receiptOf(request, cents(1.5)));
  const late = await sleeper.storage.records.find(request.generationId);
  assert.deepEqual([late?.state, late?.bill.cost], ['completed', cents(1.5)]);
  const usage = await sleeper.storage.accessStore.usage([key], Date.now());
  assert.equal(usage.get(key)?.total.cost, cents(9.5));
  const { ledger, world } = sleeper;
  assert.ok(
    !isHold(await ledger.hold(requestOf(world.newId('gen'), key, cents(0.6), world.now()))),
    'the limit is spent',
  );
  const last = requestOf(world.newId('gen'), key, cents(0.5), world.now());
  await (await heldBy(ledger, last)).settle(receiptOf(last, cents(0.5)));
  assert.equal((await sleeper.storage.accessStore.usage([key], Date.now())).get(key)?.total.cost, cents(10));
  assert.equal((await sleeper.storage.audit()).corrections, (await waker.storage.audit()).corrections);
  await assertSound(sleeper, 0);
});

test('after an outage of the server everybody has been silent, and nobody is taken for dead', { skip }, async () => {
  const one = await open(postgres.url);
  await limitedKey(one, 100);
  const request = requestOf(one.world.newId('gen'), 'unlimited', cents(5), one.world.now());
  const hold = await heldBy(one.ledger, request);
  await hold.durable;
  // An hour in which nobody could write anything.
  await postgres.ask('update process set seen_at = 0; update pulse set steady_since = 0, last_at = 3600000');
  const two = await open(postgres.url);
  await wait(300);
  await assertSound(two, 1);
  await hold.settle(receiptOf(request, cents(4)));
  await assertSound(two, 0);
});

test('a process that is killed is settled by the next start of its folder at once', { skip }, async () => {
  const first = await open(postgres.url);
  const key = await limitedKey(first, 10_000);
  const dataDirectory = join(folder, 'killed');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'testing/spender.ts'), dataDirectory, key], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: postgres.url },
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (text.length > 5_000) child.kill('SIGKILL');
  });
  await once(child, 'close');
  assert.equal(child.signalCode, 'SIGKILL');
  const world = realWorld();
  const again = await openStorage({ world, dataDirectory, databaseUrl: postgres.url });
  await soundly(again); // when it serves, nothing of its last life is open but jobs
  await finishJobs(again);
  for (const [, id = ''] of text.matchAll(/^durable (\S+)/gm)) assert.ok(await again.records.find(id), id);
  await again.close();
});

test('two processes of one folder each have a slot; only the dead one’s is settled', { skip }, async () => {
  const world = realWorld();
  const dataDirectory = join(folder, 'shared');
  const openHere = () => openStorage({ world, dataDirectory, databaseUrl: postgres.url });
  const one = await openHere();
  const ledger = openLedger(one.ledgerStore, world);
  const request = requestOf(world.newId('gen'), 'unlimited', cents(5), world.now());
  const hold = await heldBy(ledger, request);
  await hold.durable;
  const two = await openHere();
  assert.equal((await two.audit()).openHolds, 1, 'the living is left alone');
  await hold.settle(receiptOf(request, cents(4)));
  ledger.close();
  await two.close();
  await one.close();
});

const pooler = server.kind === 'running' ? await startPooler(server) : server;
if (pooler.kind === 'running') {
  const through = (world: World) => openStorage({ world, dataDirectory: folder, databaseUrl: pooler.url });
  storeLaws('postgres behind a pooler in transaction mode', { open: through, another: through, hasOwnClock: true });
  after(pooler.stop);
} else test('a pooler in transaction mode', { skip: `SKIPPED: ${pooler.reason}` }, () => {});
