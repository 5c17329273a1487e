import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { checkIntegrity } from './sqlite.ts';

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
    source.prepare('vacuum into ?').run(partial);
    source.close();
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

/** SQLite leaves a vacuumed copy to the system, which may lose it with the power. */
function sync(path: string): void {
  if (process.platform === 'win32' && statSync(path).isDirectory()) return;
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
