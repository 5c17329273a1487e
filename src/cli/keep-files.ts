import { LIMITS } from '../base/limits.ts';
import type { World } from '../base/world.ts';
import { type Files, openFiles } from '../files/files.ts';
import { type Batches, openBatches } from '../gateway/batches.ts';
import { filesInBucket } from '../storage/file-bucket.ts';
import { clearArrivals, filesOnDisk } from '../storage/file-disk.ts';
import type { Storage } from '../storage/open.ts';
import { uploadsOnDisk } from '../storage/uploads-on-disk.ts';
import type { Configuration } from './configuration.ts';

type Log = (message: string, cause?: unknown) => void;

/** The files of all workspaces, where the configuration says that they lie; null = none are kept. */
export function filesFrom(configuration: Configuration, storage: Storage, world: World, log: Log): Files | null {
  const { dataDirectory, files } = configuration;
  if (files.bytesMax === 0) return null;
  const bytes = files.bucket
    ? filesInBucket(files.bucket, { dataDirectory, now: world.now })
    : filesOnDisk(dataDirectory);
  const quota = { bytes: files.bytesMax, files: LIMITS.files_max };
  const uploads = uploadsOnDisk(dataDirectory, world.now);
  return openFiles({ store: storage.fileStore, bytes, uploads, world, quota, log });
}

/** Batches, whose lines and results are files; null = there are none. */
export function batchesFrom({ files }: Configuration, { batchStore, jobs }: Storage): Batches | null {
  if (files.bytesMax === 0 || files.batchCalls === 0) return null;
  return openBatches({ store: batchStore, jobs, callsAtOnce: files.batchCalls });
}

const SWEEP_MS = 60_000;

/**
 * Clears away what a process that died has left, now, and what expires or was deleted, from time to time. The owner of a
 * store does so; of several machines each does.
 */
export function sweepFiles(
  files: Files,
  { dataDirectory, databaseUrl }: Configuration,
  world: World,
  log: Log,
): { readonly close: () => void } {
  let isClosed = false;
  let cancel = (): void => {};
  const sweep = async (isAlone: boolean): Promise<void> => {
    try {
      await clearArrivals(dataDirectory, { isAlone, now: world.now() });
      await files.sweep();
    } catch (cause) {
      if (!isClosed) log('files could not be cleared away', cause);
    }
    if (!isClosed) cancel = world.after(SWEEP_MS, () => void sweep(false));
  };
  void sweep(databaseUrl === null);
  return {
    close: () => {
      isClosed = true;
      cancel();
    },
  };
}
