/**
 * Writes a store of the present schema into `migrations/fixtures/`, for SQLite and PostgreSQL, as `story.ts` leaves it:
 * `node tools/start.mjs --with-development src/storage/testing/write-fixture.ts`. To be run with every new migration.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { journalFile } from '../journaled.ts';
import { MIGRATIONS } from '../migrations/migrations.ts';
import { storeFile } from '../open.ts';
import { startOwnPostgres } from './postgres-server.ts';

const story = join(import.meta.dirname, 'story.ts');
const fixtures = join(import.meta.dirname, '..', 'migrations', 'fixtures');
const number = MIGRATIONS.at(-1)?.id.slice(0, 4);
const folder = mkdtempSync(join(tmpdir(), 'switchwright-fixture-'));
/** Machine, its start, disk and file (`slot.ts`). */
const SLOT = /'[^'/]*\/[^'/]*\/\d+\/\d+'/g;
const keep = (end: string, bytes: Buffer): void => {
  writeFileSync(join(fixtures, `${number}.${end}.gz`), gzipSync(bytes, { level: 9 }));
  console.log(`${number}.${end}: ${bytes.length} bytes`);
};

/** It dies by its own hand; anything else is a failure. */
function tell(...words: string[]): void {
  const told = spawnSync(process.execPath, [...process.execArgv, story, ...words], { encoding: 'utf8' });
  if (told.signal !== 'SIGKILL') throw new Error(`the story did not come to its end: ${told.stderr}`);
}

try {
  tell(folder);
  const file = storeFile(folder);
  const copy = join(folder, 'copy.db');
  const database = new DatabaseSync(file);
  database.prepare('vacuum into ?').run(copy);
  database.close();
  keep('db', readFileSync(copy));
  keep('journal', withoutZeros(readFileSync(journalFile(file))));

  const postgres = await startOwnPostgres();
  if (postgres.kind === 'absent') throw new Error(`no PostgreSQL: ${postgres.reason}`);
  try {
    tell(folder, postgres.url);
    const words = ['--inserts', '--no-owner', '--no-privileges', postgres.url];
    const dump = spawnSync('pg_dump', words, { encoding: 'utf8' });
    if (dump.status !== 0) throw new Error(`pg_dump: ${dump.stderr}`);
    keep('postgres', Buffer.from(withoutSettings(dump.stdout)));
  } finally {
    await postgres.stop();
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** The journal has its full size from the beginning; a start gives it that again. */
function withoutZeros(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

/** What only the program understands that wrote the dump, and what servers of other versions do not know. */
function withoutSettings(dump: string): string {
  const lines = dump.split('\n').filter((line) => !/^(--|\\|SET |SELECT pg_catalog\.set_config)|^$/.test(line));
  return `${lines.join('\n')}\n`.replace(SLOT, "'a slot of another machine'");
}
