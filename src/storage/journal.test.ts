import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Group } from './group.ts';
import { groupFromBytes, groupToBytes } from './group-bytes.ts';
import { JOURNAL_BYTES, openJournal, readJournal, recordsOf } from './journal.ts';
import { groupsOf } from './testing/groups.ts';
import type { Value } from './work.ts';

const folder = mkdtempSync(join(tmpdir(), 'journal-'));
after(() => rmSync(folder, { recursive: true }));
const STORE = 'a'.repeat(32);
const PAYLOADS = groupsOf(5).map(groupToBytes);
let files = 0;
const newFile = (): string => join(folder, `journal-${files++}`);

/** A journal of these records, and how much of its file they take. */
function written(
  payloads: readonly Uint8Array[],
  applied = 0n,
): { readonly bytes: Buffer; readonly ends: readonly number[] } {
  const file = newFile();
  const { journal } = openJournal({ file, store: STORE, applied });
  journal.restart();
  const ends = [64];
  for (const payload of payloads) {
    assert.equal(journal.append([payload]), true);
    ends.push((ends.at(-1) ?? 0) + 16 + payload.length);
  }
  journal.close();
  const whole = readFileSync(file);
  rmSync(file);
  assert.equal(whole.length, JOURNAL_BYTES, 'its size is taken from the disk before it is needed');
  return { bytes: whole.subarray(0, (ends.at(-1) ?? 0) + 64), ends };
}

const read = (bytes: Uint8Array) => recordsOf(Buffer.from(bytes), { file: 'a journal', store: STORE });
const sizes = (records: readonly { readonly bytes: Uint8Array }[]): number[] =>
  records.map(({ bytes }) => bytes.length);

/** Numbers and bigints of rows are the same to SQLite. */
const integers = (rows: readonly (readonly Value[])[]): Value[][] =>
  rows.map((row) => row.map((value) => (typeof value === 'number' ? BigInt(value) : value)));
function assertSame(read: Group, written: Group): void {
  const { opens, touches, ...rest } = read;
  assert.deepEqual({ ...rest, opens: integers(opens), touches: integers(touches) }, written);
}

test('a group is read as it was written', () => {
  for (const group of groupsOf(3)) assertSame(groupFromBytes(groupToBytes(group)), group);
  const [group] = groupsOf(1);
  assert.ok(group);
  const about = '{"user":"NUL \0 𝄞 \ufffd"}';
  const odd: Group = {
    ...group,
    opens: [['', 'NUL \0', 2n ** 62n, null, '"\\\n', -1n, '', '', null, 1n, 2n, 0n, about]],
    touches: [['a:b', 2n ** 60n, 0n, -(2n ** 60n), null]],
    returns: [['key:a', -(2n ** 60n)]],
  };
  assertSame(groupFromBytes(groupToBytes(odd)), odd);
  for (const text of ['3:[2]', '3:[2', ':', '', `2:[]`])
    assert.throws(() => groupFromBytes(new TextEncoder().encode(text)), text);
});

test('cut at any byte, what stands whole before the cut is read and nothing else; zeros behind it or none', () => {
  const { bytes, ends } = written(PAYLOADS);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const whole = ends.filter((end, at) => at > 0 && end <= cut).length;
    for (const cutOff of [bytes.subarray(0, cut), Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(500)])]) {
      if (cut > 0 && cut < 40) continue; // its first write: nothing was promised yet, and a head that is cut names no store
      const { records, isDamaged } = read(cutOff);
      assert.deepEqual(
        sizes(records),
        PAYLOADS.slice(0, whole).map(({ length }) => length),
        `cut at ${cut}`,
      );
      assert.equal(isDamaged, false);
    }
  }
});

test('a byte that changed anywhere ends what counts; whole records behind it are noticed', () => {
  const { bytes, ends } = written(PAYLOADS);
  const last = ends.at(-1) ?? 0;
  for (let at = 64; at < last; at++) {
    const broken = Buffer.from(bytes);
    broken[at] = (broken[at] ?? 0) ^ (1 << (at % 8));
    const before = ends.filter((end) => end <= at).length - 1;
    const { records, isDamaged } = read(broken);
    assert.equal(records.length, before, `byte ${at}`);
    assert.equal(isDamaged, before < PAYLOADS.length - 1, `byte ${at}`);
  }
});

test('damage is kept aside and told, and what stands before it counts', (context) => {
  const { bytes, ends } = written(PAYLOADS);
  const told = context.mock.method(console, 'error', () => {});
  const file = newFile();
  bytes[(ends[2] ?? 0) + 20] = 0xff;
  writeFileSync(file, bytes);
  const { journal, replay } = openJournal({ file, store: STORE, applied: 0n });
  assert.equal(replay.records.length, 2);
  assert.equal(journal.position(), 2n);
  journal.close();
  assert.match(String(told.mock.calls[0]?.arguments[0]), /damaged behind record 2/);
  assert.deepEqual(readFileSync(`${file}.damaged`), bytes);
});

test('records of an earlier round never come back', () => {
  const file = newFile();
  const { journal } = openJournal({ file, store: STORE, applied: 0n });
  journal.restart();
  journal.append(PAYLOADS);
  journal.restart();
  journal.append(PAYLOADS.slice(0, 1));
  journal.close();
  const { records, isDamaged } = readJournal(file, STORE);
  assert.deepEqual(
    records.map(({ position }) => position),
    [6n],
  );
  assert.equal(isDamaged, false, 'what an earlier round left behind is no damage');
});

test('it belongs to one store, and continues it', () => {
  const file = newFile();
  writeFileSync(file, written(PAYLOADS, 100n).bytes);
  assert.throws(
    () => openJournal({ file, store: 'b'.repeat(32), applied: 100n }),
    /belongs to another store.*move the journal away/,
  );
  assert.throws(
    () => openJournal({ file, store: STORE, applied: 90n }),
    /begins at 101, but its store ends at 90.*restored from a copy/,
  );
  const { journal, replay } = openJournal({ file, store: STORE, applied: 103n });
  assert.deepEqual([replay.records.length, journal.position()], [5, 105n]);
  journal.close();
  writeFileSync(file, 'something else that is long enough to be the head of a journal, but none');
  assert.throws(() => openJournal({ file, store: STORE, applied: 0n }), /is no journal/);
});

test('what does not fit is refused as a whole, and fits when the journal begins anew', () => {
  const { journal } = openJournal({ file: newFile(), store: STORE, applied: 0n });
  journal.restart();
  const large = Buffer.alloc(5 * 1024 * 1024, 1);
  assert.equal(journal.append([large, large]), true);
  assert.equal(journal.append([large, large]), false);
  assert.equal(journal.position(), 2n);
  journal.restart();
  assert.equal(journal.append([large, large]), true);
  assert.equal(journal.position(), 4n);
  journal.close();
});
