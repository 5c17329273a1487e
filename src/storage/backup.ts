import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type JournalRecord, readJournal } from './journal.ts';
import { applyRest, journalFile } from './journaled.ts';
import { checkIntegrity, openSqlite } from './sqlite.ts';

/**
 * Writes the store's file as it stands at one moment to another, which must not exist, beside a server that goes on
 * writing; answers its size in bytes. Throws, and leaves nothing, if the copy is not whole.
 *
 * One statement and so one snapshot: SQLite's stepped backup begins anew whenever another process has written
 * (https://www.sqlite.org/c3ref/backup_finish.html), which under load is always.
 */
export function backUp(file: string, copy: string): number {
  if (existsSync(copy)) throw new Error(`${copy} exists already: a backup overwrites nothing.`);
  const partial = `${copy}.partial`;
  try {
    closeSync(openSync(partial, 'w', 0o600)); // it holds hashes of keys
    chmodSync(partial, 0o600);
    const source = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    const ahead = journalOf(source, file);
    source.prepare('vacuum into ?').run(partial);
    source.close();
    if (ahead.length > 0) addJournal(partial, ahead);
    const written = new DatabaseSync(partial, { readOnly: true });
    checkIntegrity(written, partial);
    written.close();
    sync(partial);
    renameSync(partial, copy);
    sync(dirname(copy));
    return statSync(copy).size;
  } finally {
    rmSync(partial, { force: true });
  }
}

/**
 * What was promised before this moment and may not be in the tables yet. It is read before they are: whatever they lack
 * then stands in it, and what they have taken from it meanwhile is passed over.
 */
function journalOf(source: DatabaseSync, file: string): readonly JournalRecord[] {
  const journal = journalFile(file);
  const hasJournal = source.prepare("select 1 from sqlite_master where name = 'journal'").get() !== undefined;
  if (!hasJournal || !existsSync(journal)) return [];
  return readJournal(journal, String(source.prepare('select store from journal').get()?.store)).records;
}

/** The copy is nobody else's: it is opened like a store, and nothing is left beside it. */
function addJournal(copy: string, records: readonly JournalRecord[]): void {
  const sqlite = openSqlite({ file: copy, role: 'visitor' });
  try {
    applyRest(sqlite, copy, records);
    sqlite.query('pragma journal_mode = delete', []);
  } finally {
    sqlite.close();
    for (const end of ['-wal', '-shm', '.lock']) rmSync(`${copy}${end}`, { force: true });
  }
}

/** SQLite leaves a vacuumed copy to the system, which may lose it with the power. */
function sync(path: string): void {
  if (process.platform === 'win32' && statSync(path).isDirectory()) return;
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
