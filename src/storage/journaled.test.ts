/** The journal and the tables together: whatever dies in whatever place, what was promised is booked, and booked once. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type AuditFigures, reportAudit } from '../ledger/audit.ts';
import { isHold, openLedger } from '../ledger/ledger.ts';
import { realWorld } from '../upstream/world.ts';
import { backUp } from './backup.ts';
import { connectStore } from './connect.ts';
import { groupToBytes } from './group-bytes.ts';
import { JOURNAL_BYTES } from './journal.ts';
import { type Journaled, journalFile, openJournaled } from './journaled.ts';
import { openOverChannel, openStorage, storeFile } from './open.ts';
import { openStoreThread } from './open-thread.ts';
import { openSqlite, type Sqlite } from './sqlite.ts';
import { heldBy } from './testing/bench.ts';
import { callId, costOf, groupsOf } from './testing/groups.ts';
import { cents, receiptOf, requestOf } from './testing/sample.ts';
import { beginWork } from './works.ts';

const folder = mkdtempSync(join(tmpdir(), 'journaled-'));
after(() => rmSync(folder, { recursive: true }));
let folders = 0;
function newFile(): string {
  const own = join(folder, `${folders++}`);
  mkdirSync(own);
  return storeFile(own);
}
const EACH = 2;
const payloads = (count: number): Uint8Array[] => groupsOf(count, EACH).map(groupToBytes);

type Store = {
  readonly file: string;
  readonly sqlite: Sqlite;
  readonly journaled: Journaled;
  readonly close: () => void;
};
function open(file: string): Store {
  const sqlite = openSqlite({ file, role: 'owner' });
  const journaled = openJournaled(sqlite, file);
  const close = (): void => {
    journaled.close();
    sqlite.close();
  };
  return { file, sqlite, journaled, close };
}

/** The folder as a kill at this moment would leave it. */
function killed({ file }: Store): string {
  const copy = newFile();
  for (const end of ['', '-wal', '-journal-1']) if (existsSync(file + end)) cpSync(file + end, copy + end);
  return copy;
}

/** Every call that the groups ended has its receipt at its cost, no other has one, and the books agree. */
function assertBooked({ sqlite }: Pick<Store, 'sqlite'>, groups: number): void {
  const months = sqlite.query('select month from month', []).rows;
  const rows = months.length === 0 ? [] : sqlite.query('select id, cost from generation_2026_11 order by id', []).rows;
  const ended = Math.max(0, groups - 1) * EACH;
  assert.deepEqual(
    rows.map(({ id, cost }) => [id, cost]),
    Array.from({ length: ended }, (_, at) => [callId(at), costOf(at)]),
  );
  const figures = sqlite.work((context) => beginWork('audit', null, context)).value as AuditFigures;
  const report = reportAudit(figures);
  assert.ok(report.isSound, report.lines.join('\n'));
  assert.equal(figures.openHolds, groups === 0 ? 0 : EACH);
}

test('a journal that is far ahead of its tables is caught up with, also in the midst of it, and once', () => {
  const GROUPS = 2_000;
  const first = open(newFile());
  first.journaled.append(payloads(GROUPS));
  assertBooked(first, 0);
  const ahead = killed(first);
  first.journaled.applySome();
  const midway = killed(first);
  first.journaled.sync();
  const behind = killed(first);
  first.close();
  const closed = killed(first);
  for (const file of [ahead, midway, behind, closed]) {
    const again = open(file);
    assertBooked(again, GROUPS);
    const twice = killed(again);
    again.close();
    const third = open(twice);
    assertBooked(third, GROUPS);
    third.close();
  }
});

test('a journal that was cut while it was written, at every record and in the midst of them', () => {
  const GROUPS = 8;
  const store = open(newFile());
  const all = payloads(GROUPS);
  for (const payload of all) store.journaled.append([payload]);
  const image = killed(store);
  store.close();
  let end = 64;
  for (let whole = 0; whole < GROUPS; whole++) {
    const length = 16 + (all[whole]?.length ?? 0);
    for (const cut of [end, end + 7, end + 16, end + length - 1])
      for (const isShort of [true, false]) {
        const file = newFile();
        for (const ending of ['', '-wal']) cpSync(image + ending, file + ending);
        const bytes = readFileSync(journalFile(image));
        bytes.fill(0, cut);
        writeFileSync(journalFile(file), bytes);
        if (isShort) truncateSync(journalFile(file), cut);
        const again = open(file);
        assertBooked(again, whole);
        again.journaled.append(all.slice(whole)); // what was not promised comes again
        again.journaled.sync();
        assertBooked(again, GROUPS);
        again.close();
        rmSync(join(file, '..'), { recursive: true });
      }
    end += length;
  }
});

test('a journal that is written round and round', () => {
  const GROUPS = 40;
  const store = open(newFile());
  const all = payloads(GROUPS);
  // What belongs to no call fills it up: leases that nobody has.
  const returns = Array.from({ length: 400 }, (_, at) => [`key:${'x'.repeat(2_500)}${at}`, 1n] as const);
  const filling = groupToBytes({ process: 'other', seq: 1, opens: [], touches: [], closes: [], returns, relets: [] });
  let filled = 0;
  for (const payload of all) {
    store.journaled.append([payload, filling]);
    filled += filling.length;
  }
  assert.ok(filled > 2 * JOURNAL_BYTES);
  const file = killed(store);
  store.close();
  const again = open(file);
  assertBooked(again, GROUPS);
  again.close();
});

test('one group larger than the journal is applied at once', () => {
  const store = open(newFile());
  const [begin, end] = groupsOf(2, EACH);
  assert.ok(begin && end);
  const returns = Array.from({ length: 1_000 }, (_, at) => [`key:${'x'.repeat(18_000)}${at}`, 1n] as const);
  const large = groupToBytes({ ...end, returns });
  assert.ok(large.length > JOURNAL_BYTES);
  store.journaled.append([groupToBytes(begin)]);
  store.journaled.append([large]);
  assertBooked(store, 2);
  store.close();
});

test('a group that cannot be applied is put aside, told, and holds up nobody', (context) => {
  const told = context.mock.method(console, 'error', () => {});
  const store = open(newFile());
  const [first, second, third] = payloads(3);
  assert.ok(first && second && third);
  const [unreadable, impossible] = [
    '[1,"process-1",9,[[["no digits"]]],[],[],[],[]]',
    '[1,"process-1",9,[[null]],[],[],[],[]]',
  ].map((text) => new TextEncoder().encode(`${text.length}:${text}`));
  assert.ok(unreadable && impossible);
  store.journaled.append([first, unreadable, second, impossible, third]);
  store.journaled.sync();
  assertBooked(store, 3);
  assert.match(String(told.mock.calls[0]?.arguments[0]), /could not be applied/);
  assert.deepEqual(readFileSync(`${journalFile(store.file)}.refused`), Buffer.concat([unreadable, impossible]));
  store.close();
});

test('a backup contains what the tables do not yet', () => {
  const store = open(newFile());
  store.journaled.append(payloads(30));
  const copy = join(folder, 'copy.db');
  backUp(store.file, copy);
  store.close();
  for (const end of ['-wal', '-shm', '.lock', '-journal-1']) assert.ok(!existsSync(copy + end), end);
  const restored = newFile();
  cpSync(copy, restored);
  const again = open(restored);
  assertBooked(again, 30);
  again.close();
});

test('a store restored under a journal that goes on elsewhere is refused in plain words', () => {
  const store = open(newFile());
  store.journaled.append(payloads(3));
  store.journaled.sync();
  const copy = join(folder, 'early.db');
  backUp(store.file, copy);
  store.close();
  const later = open(store.file);
  later.journaled.append(payloads(6).slice(3));
  const file = killed(later);
  later.close();
  cpSync(copy, file);
  rmSync(`${file}-wal`, { force: true });
  const continued = open(file); // the copy ends where this round of the journal begins: it is the same story
  assertBooked(continued, 6);
  continued.close();
  const other = open(newFile());
  other.close();
  cpSync(other.file, file);
  assert.throws(() => open(file), /belongs to another store/);
});

test('the command line sees what a killed server promised', async () => {
  const store = open(newFile());
  store.journaled.append(payloads(10));
  const file = killed(store);
  store.close();
  const visitor = await openStorage({ world: realWorld(), dataDirectory: join(file, '..'), role: 'visitor' });
  const figures = await visitor.audit();
  assert.deepEqual(
    [figures.generations, figures.openHolds],
    [18, EACH],
    'nothing is settled that a start would settle',
  );
  await visitor.close();
});

/** A disk of its own, which can be filled. Only root may have one. */
function smallDisk(megabytes: number): { readonly path: string; readonly gone: () => void } | null {
  const path = mkdtempSync(join(tmpdir(), 'disk-'));
  const gone = (): void => rmSync(path, { recursive: true, force: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  if (mounted.status !== 0) {
    gone();
    return null;
  }
  return {
    path,
    gone: () => {
      spawnSync('umount', [path]);
      gone();
    },
  };
}
const trial = smallDisk(1);
trial?.gone();
const skip = trial ? false : 'SKIPPED: no disk can be mounted here to be filled';

test('a disk without room for a journal is told at the start', { skip }, async () => {
  const disk = smallDisk(8);
  assert.ok(disk);
  await assert.rejects(openStoreThread(join(disk.path, 'store.db')), /cannot be given its 16 MB: ENOSPC/);
  disk.gone();
});

test('a disk that fills up: what is under way ends, nothing is begun, and all is there when there is room again', {
  skip,
}, async () => {
  const disk = smallDisk(24);
  assert.ok(disk);
  const thread = await openStoreThread(join(disk.path, 'store.db'));
  const world = realWorld();
  const storage = openOverChannel(thread.connect(), world, 'process-1');
  const ledger = openLedger(storage.ledgerStore, world);
  const filler = join(disk.path, 'filler');
  const calls: { readonly id: string; readonly cost: bigint }[] = [];
  const request = () => requestOf(world.newId('gen'), 'unlimited', cents(1), world.now());
  const running = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const asked = request();
      const hold = await heldBy(ledger, asked);
      await hold.durable;
      return { asked, hold };
    }),
  );
  const free = spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { encoding: 'utf8' });
  assert.notEqual(free.status, 0, 'the disk is full');
  const attempts = [];
  for (const { asked, hold } of running) {
    const text = 'x'.repeat(2_000); // so that the log of the tables needs more than it has
    attempts.push(hold.settle(receiptOf(asked, cents(0.5), { user: text })));
    calls.push({ id: asked.generationId, cost: cents(0.5) });
  }
  await Promise.all(attempts);
  while (ledger.trouble() !== 'full') await wait(20);
  assert.ok(!isHold(await ledger.hold(request())), 'nothing is begun');
  rmSync(filler);
  while (ledger.trouble() !== null) await wait(20);
  for (const { id, cost } of calls) assert.equal((await storage.records.find(id))?.bill.cost, cost);
  const report = reportAudit(await storage.audit());
  assert.ok(report.isSound, report.lines.join('\n'));
  ledger.close();
  await storage.close();
  await thread.close();
  disk.gone();
});

test('whoever reads sees what was promised, by every way that there is', async () => {
  const file = newFile();
  const thread = await openStoreThread(file);
  const client = connectStore(thread.connect(), 'process-1');
  for (const group of groupsOf(5, EACH)) {
    await client.work('group', group);
    const ended = Math.max(0, group.seq - 1) * EACH;
    const sql = "select count(*) as n from transfer where kind = 'charge'";
    const charged = BigInt(Array.from({ length: ended }, (_, at) => costOf(at)).filter((cost) => cost > 0n).length);
    assert.equal((await client.query(sql, [])).rows[0]?.n, charged);
    assert.equal((await client.read(sql, [])).rows[0]?.n, charged);
    assert.equal((await client.work('audit', null)).generations, ended);
  }
  await client.close();
  await thread.close();
});
