import { randomBytes } from 'node:crypto';
import { close, createReadStream, ftruncate, open, write } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Arrival, type FileBytes, NoRoomError } from '../files/bytes.ts';

/** What was written to for the last time before so long belongs to an upload whose process has died. */
export const ABANDONED_MS = 3_600_000;

/** Files in a folder of the data folder, for our own user alone; those that are coming in lie in a folder beside them. */
export function filesOnDisk(dataDirectory: string): FileBytes {
  const folder = join(dataDirectory, 'files');
  const place = (id: string): string => join(folder, id.slice(-2), id);
  return {
    receive: () => arrivalIn(arrivalsOf(dataDirectory)),
    keep: async (id, { path }) => {
      await makeFolder(join(folder, id.slice(-2)));
      await rename(path, place(id)).catch(noRoom);
    },
    read: async (id) => {
      const stream = createReadStream(place(id));
      await new Promise((done, failed) => stream.once('open', done).once('error', failed));
      return stream;
    },
    remove: (id) => rm(place(id), { force: true }),
  };
}

export const arrivalsOf = (dataDirectory: string): string => join(dataDirectory, 'files', 'arriving');

/** A new file in the folder of what is coming in, wherever it goes from there. */
export const arrivalOnDisk = (dataDirectory: string): Promise<Arrival> => arrivalIn(arrivalsOf(dataDirectory));

async function arrivalIn(folder: string): Promise<Arrival> {
  await makeFolder(folder);
  const path = join(folder, randomBytes(16).toString('hex'));
  // Not a FileHandle: one that is lost ends the process when it is collected (seen with Node 26.10, 2026-11-29).
  const descriptor = await opening(path, 'wx', 0o600).catch(noRoom);
  let closed: Promise<void> | null = null;
  const end = (): Promise<void> => {
    closed ??= closing(descriptor);
    return closed;
  };
  return {
    path,
    write: (bytes) => writeAll(descriptor, bytes).catch(noRoom),
    end,
    discard: async () => {
      await end().catch(() => {});
      await rm(path, { force: true });
    },
  };
}

export const opening = promisify(open);
export const closing = promisify(close);
export const truncating = promisify(ftruncate);
const writing = promisify(write) as (
  descriptor: number,
  bytes: Uint8Array,
  at: number,
  length: number,
  /** Null = behind what was written last. */
  position: number | null,
) => Promise<{ bytesWritten: number }>;

export async function writeAll(descriptor: number, bytes: Uint8Array, position: number | null = null): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const place = position === null ? null : position + at;
    at += (await writing(descriptor, bytes, at, bytes.length - at, place)).bytesWritten;
  }
}

/** Also those that a wider umask of an older start has left. */
export async function makeFolder(path: string): Promise<void> {
  if ((await mkdir(path, { recursive: true, mode: 0o700 }).catch(noRoom)) !== undefined) return;
  const { mode, uid } = await stat(path);
  if (uid === process.getuid?.() && (mode & 0o077) !== 0) await chmod(path, 0o700);
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
export function noRoom(cause: unknown): never {
  if (FULL.has((cause as NodeJS.ErrnoException).code ?? '')) throw new NoRoomError('the disk is full', { cause });
  throw cause;
}

/**
 * Clears away what was coming in when its process died. `isAlone`: nobody else writes to this folder, so that all of it is
 * left over; else what was not written to for an hour.
 */
export async function clearArrivals(
  dataDirectory: string,
  { isAlone, now }: { readonly isAlone: boolean; readonly now: number },
): Promise<void> {
  const folder = arrivalsOf(dataDirectory);
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
    if (isAlone || mtimeMs < now - ABANDONED_MS) await rm(path, { force: true });
  }
}
