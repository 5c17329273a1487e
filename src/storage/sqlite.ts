import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { sqliteBulk } from './bulk.ts';
import { migrate } from './migrate.ts';
import { DESTINATIONS } from './notices.ts';
import { makePrivate } from './private.ts';
import { type QueryResult, query, type Row, type Value, type Work, type WorkContext, type WorkStep } from './work.ts';

const STATEMENTS_MAX = 500;
const PRAGMAS = ['temp_store = memory', 'cache_size = -16000'];
/**
 * NORMAL: a commit survives the death of the process at any instant; only a power cut may cost the last moments.
 * 16 MB between checkpoints: pages that every group touches are written back once, a ninth less CPU (measured 2026-11-25).
 */
const WRITER_PRAGMAS = ['journal_mode = wal', 'synchronous = normal', 'wal_autocheckpoint = 4000'];
/** A larger file is not read through at each start: it would take longer than a restart may. */
const CHECKED_BYTES_MAX = 512 * 1024 * 1024;

/** One SQLite file, worked on synchronously: on the storage thread, or in memory for tests and simulations. */
export type Sqlite = {
  /** Runs the work in one transaction and gives what it notified. Throws, rolled back, if it throws. */
  readonly work: <T>(work: (context: WorkContext) => Work<T>) => { readonly value: T; readonly notices: string[] };
  readonly query: (sql: string, parameters: readonly Value[]) => QueryResult;
  /** Changes when somebody else has written to the file. */
  readonly outsideVersion: () => bigint;
  readonly close: () => void;
};

/** `owner` takes the file for itself until it dies; a `visitor` (the command line) may come beside it, and a `reader`, who writes nothing. */
export type SqliteOptions = {
  readonly file: string;
  readonly role: 'owner' | 'visitor' | 'reader';
  /** How long an owner waits for another one to go, in milliseconds. */
  readonly patienceMs?: number;
};

export function openSqlite({ file, role, patienceMs = 2_000 }: SqliteOptions): Sqlite {
  if (file !== ':memory:' && role !== 'reader') makePrivate(file);
  const lock = role === 'owner' && file !== ':memory:' ? takeLock(file, patienceMs) : null;
  const isChecked = existsSync(file) && role === 'owner' && statSync(file).size <= CHECKED_BYTES_MAX;
  const isReader = role === 'reader';
  const database = new DatabaseSync(file, { timeout: 5_000, readBigInts: true, readOnly: isReader });
  for (const pragma of isReader ? PRAGMAS : [...WRITER_PRAGMAS, ...PRAGMAS]) database.exec(`pragma ${pragma}`);
  if (isChecked) checkIntegrity(database, file);

  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (!statement) {
      if (statements.size >= STATEMENTS_MAX) statements.clear();
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  const ask = (sql: string, parameters: readonly Value[]): QueryResult => {
    const statement = prepare(sql);
    if (statement.columns().length > 0) {
      const rows = statement.all(...parameters) as Row[];
      return { rows, changes: BigInt(rows.length) };
    }
    return { rows: [], changes: BigInt(statement.run(...parameters).changes) };
  };
  const run = (step: WorkStep): QueryResult => {
    if (step.kind === 'query') return ask(step.sql, step.parameters);
    const statement = prepare(sqliteBulk(step));
    if (step.kind === 'take') {
      const rows: Row[] = [];
      for (const key of step.keys) rows.push(...(statement.all(key) as Row[]));
      return { rows, changes: BigInt(rows.length) };
    }
    for (const row of step.rows) statement.run(...row);
    return { rows: [], changes: BigInt(step.rows.length) };
  };

  const months = new Set<string>();
  const destinations: WorkContext['destinations'] = { known: null };
  const work: Sqlite['work'] = (begin) => {
    const notices: string[] = [];
    database.exec('begin immediate');
    try {
      const steps = begin({ dialect: 'sqlite', months, destinations, notify: (notice) => notices.push(notice) });
      let next = steps.next();
      while (!next.done) next = steps.next(run(next.value));
      database.exec('commit');
      if (notices.includes(DESTINATIONS)) destinations.known = null;
      return { value: next.value, notices };
    } catch (cause) {
      if (database.isTransaction) database.exec('rollback');
      months.clear();
      destinations.known = null;
      throw cause;
    }
  };
  if (!isReader) work(migrate);
  if (!isReader) work(nameStore);
  return {
    work,
    query: ask,
    outsideVersion: () => ask('pragma data_version', []).rows[0]?.data_version as bigint,
    close: () => {
      database.close();
      lock?.close();
    },
  };
}

/** Made with the tables: whatever lies beside them and belongs to them bears it. */
function* nameStore(): Work<void> {
  const name = randomBytes(16).toString('hex');
  yield query('insert into journal (store, applied) select ?, 0 where not exists (select 1 from journal)', [name]);
}

/** A second database beside the file, locked for as long as we live: the kernel lets go of it however we die. */
function takeLock(file: string, timeout: number): DatabaseSync {
  const lock = new DatabaseSync(`${file}.lock`, { timeout });
  try {
    lock.exec('begin exclusive');
  } catch {
    lock.close();
    throw new Error(`${file} is in use by another server. Stop it, or choose another data folder.`);
  }
  return lock;
}

export function checkIntegrity(database: DatabaseSync, file: string): void {
  const answer = database.prepare('pragma quick_check(1)').get()?.quick_check;
  if (answer !== 'ok') throw new Error(`${file} is damaged: ${String(answer)}. Restore it from a copy.`);
}
