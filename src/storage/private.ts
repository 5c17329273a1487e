import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What SQLite keeps beside its file: it takes their rights from the file's. */
const BESIDE = ['', '-wal', '-shm', '.lock'] as const;

/**
 * The store holds digests of keys and who asked what: its folder and files are for our own user alone, also those that
 * were made before, by an older version or by hand. A folder that is not ours, or that everybody shares (`/tmp`), stays as it is.
 */
export function makePrivate(file: string): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = statSync(folder);
  const isShared = (mode & 0o1000) !== 0;
  if (!isShared && uid === process.getuid?.() && (mode & 0o077) !== 0) chmodSync(folder, 0o700);
  for (const end of BESIDE) narrow(file + end, end === '' || end === '.lock');
}

/** Made here if it must be, since SQLite would make it with the rights that the process's umask leaves. */
function narrow(path: string, isNeeded: boolean): void {
  if (!existsSync(path)) {
    if (isNeeded) closeSync(openSync(path, 'a', 0o600));
    return;
  }
  const { mode, uid } = statSync(path);
  if (uid === process.getuid?.() && (mode & 0o077) !== 0) chmodSync(path, 0o600);
}
