import { appendFileSync, closeSync, existsSync, fdatasyncSync, openSync } from 'node:fs';
import { type Group, writeGroup } from './group.ts';
import { groupFromBytes } from './group-bytes.ts';
import { type JournalRecord, openJournal } from './journal.ts';
import type { Sqlite } from './sqlite.ts';
import { fileTrouble } from './trouble.ts';
import { query, type Work, type WorkContext } from './work.ts';

/** Where the journal of a store's file lies. */
export const journalFile = (file: string): string => `${file}-journal-1`;

/** Groups that are applied in one transaction, at most: a few milliseconds of work, behind which nobody's commit waits long. */
const BATCH = { groups: 1_024, bytes: 1024 * 1024 } as const;

/**
 * Groups written to the journal and to the tables behind it. Whoever reads the tables asks for `sync` first; whoever
 * only wants a group to be durable need not wait for them.
 */
export type Journaled = {
  /** Durable when it returns. Throws, and nothing was taken, if the disk fails or is full. */
  readonly append: (groups: readonly Uint8Array[]) => void;
  /** Bytes that are not applied yet. */
  readonly waiting: () => number;
  /** Applies one batch. Throws if the store is in trouble; what waits, waits on. */
  readonly applySome: () => void;
  /** Applies everything. */
  readonly sync: () => void;
  readonly close: () => void;
};

/** Applies what an earlier life has left, then takes more. Throws in words for the operator. */
export function openJournaled(sqlite: Sqlite, file: string): Journaled {
  const [row] = sqlite.query('select store, applied from journal', []).rows;
  const applied = row?.applied as bigint;
  const { journal, replay } = openJournal({ file: journalFile(file), store: String(row?.store), applied });
  const waiting: JournalRecord[] = replay.records.filter(({ position }) => position > applied);
  let size = waiting.reduce((sum, { bytes }) => sum + bytes.length, 0);

  const applySome = (): void => {
    let taken = 0;
    for (let sum = 0; taken < waiting.length && taken < BATCH.groups && sum < BATCH.bytes; taken++)
      sum += waiting[taken]?.bytes.length ?? 0;
    const batch = waiting.slice(0, taken);
    if (batch.length === 0) return;
    applyRecords(sqlite, file, batch);
    waiting.splice(0, taken);
    for (const { bytes } of batch) size -= bytes.length;
  };
  const sync = (): void => {
    while (waiting.length > 0) applySome();
  };
  const beginAnew = (): void => {
    sync();
    makeDurable(file);
    journal.restart();
  };
  try {
    beginAnew();
  } catch (cause) {
    journal.close();
    throw cause;
  }
  return {
    append: (groups) => {
      let position = journal.position();
      if (!journal.append(groups)) {
        beginAnew();
        // Larger than the whole journal: the tables take it at once.
        if (!journal.append(groups)) return applyDirectly(sqlite, groups);
      }
      for (const bytes of groups) {
        waiting.push({ position: ++position, bytes });
        size += bytes.length;
      }
    },
    waiting: () => size,
    applySome,
    sync,
    close: () => {
      try {
        beginAnew();
      } finally {
        journal.close();
      }
    },
  };
}

/** What a journal holds beyond a copy of its store, applied to the copy. */
export function applyRest(sqlite: Sqlite, file: string, records: readonly JournalRecord[]): void {
  const applied = sqlite.query('select applied from journal', []).rows[0]?.applied as bigint;
  const rest = records.filter(({ position }) => position > applied);
  const [first] = rest;
  if (first && first.position !== applied + 1n) throw new Error('the journal does not continue the store');
  for (let at = 0; at < rest.length; at += BATCH.groups) applyRecords(sqlite, file, rest.slice(at, at + BATCH.groups));
}

/**
 * Applies records in one transaction, in which they count as applied. One that cannot be applied although the store is
 * sound would hold up all that follow: it is put aside, and the operator is told.
 */
function applyRecords(sqlite: Sqlite, file: string, records: readonly JournalRecord[]): void {
  const position = records.at(-1)?.position ?? 0n;
  try {
    const groups = records.map(({ bytes }) => groupFromBytes(bytes));
    const once = (): unknown => sqlite.work((context) => applyGroups(groups, position, context));
    try {
      once();
    } catch (cause) {
      if (fileTrouble(cause) !== null) throw cause;
      once(); // a month may have been dropped behind our back; the failure made us forget which there are
    }
  } catch (cause) {
    if (fileTrouble(cause) !== null) throw cause;
    if (records.length > 1) {
      for (const record of records) applyRecords(sqlite, file, [record]);
      return;
    }
    appendFileSync(`${journalFile(file)}.refused`, records[0]?.bytes ?? '', { mode: 0o600 });
    console.error(
      `a group of the journal could not be applied and was put into ${journalFile(file)}.refused: ${cause}`,
    );
    sqlite.work((context) => applyGroups([], position, context));
  }
}

function* applyGroups(groups: readonly Group[], position: bigint, context: WorkContext): Work<void> {
  yield query('update journal set applied = ? where applied < ?', [position, position]);
  for (const group of mergedByProcess(groups)) yield* writeGroup(group, context);
}

function applyDirectly(sqlite: Sqlite, groups: readonly Uint8Array[]): void {
  sqlite.work(function* (context) {
    for (const bytes of groups) yield* writeGroup(groupFromBytes(bytes), context);
  });
}

/** One group of each process: calls that begin and end within them never become rows, and sums are written once. */
function mergedByProcess(groups: readonly Group[]): readonly Group[] {
  const byProcess = Map.groupBy(groups, ({ process }) => process);
  return Array.from(byProcess, ([process, own]) => ({
    process,
    seq: own.at(-1)?.seq ?? 0,
    opens: own.flatMap(({ opens }) => opens),
    touches: own.flatMap(({ touches }) => touches),
    closes: own.flatMap(({ closes }) => closes),
    returns: own.flatMap(({ returns }) => returns),
    relets: own.flatMap(({ relets }) => relets),
  }));
}

/** Before the journal is written over, what was applied must survive a power cut: SQLite's own log is brought to the disk. */
function makeDurable(file: string): void {
  const log = `${file}-wal`;
  if (!existsSync(log)) return;
  const handle = openSync(log, 'r+');
  try {
    fdatasyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
