import type { Readable } from 'node:stream';
import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { World } from '../base/world.ts';
import { FILE_ID } from '../call/stored-file.ts';
import { type Arrival, type FileBytes, NoRoomError } from './bytes.ts';
import { kindReader } from './kind.ts';
import type { FilePage, FileQuota, FileRecord, FileStore } from './store.ts';
import type { Uploads } from './uploads.ts';

/** Who a file belongs to. */
export type FileOwner = Pick<FileRecord, 'accountId' | 'workspaceId' | 'keyId'>;
/** What is said of a file that has come, beside its bytes. */
export type FileWish = Pick<FileRecord, 'filename' | 'purpose'> & {
  /** How long it is kept, in milliseconds; null = until it is deleted. */
  readonly keptMs: number | null;
  /** It was made here, of paid answers: it is JSON Lines, and kept whatever the workspace has already. */
  readonly isOurs?: true;
};

/** A file on its way in: written to piece by piece, then kept under an id or discarded. */
export type Incoming = {
  /** False = it is larger than a file may be. Rejects where the disk takes no more. */
  readonly write: (bytes: Uint8Array) => Promise<boolean>;
  readonly keep: (owner: FileOwner, wish: FileWish) => Promise<Result<FileRecord, Fault>>;
  readonly discard: () => Promise<void>;
};

/** The files of workspaces: what is known of them in the store, their bytes in a folder or a bucket. */
export type Files = Pick<FileStore, 'used'> & {
  readonly quota: FileQuota;
  /** Those that come in several requests. */
  readonly uploads: Uploads;
  /** Null = as many come in already as may, of this key or of all. */
  readonly receive: (keyId: string) => Promise<Incoming | null>;
  /** The same for a file that is made here, which may be longer. */
  readonly make: (bytesMax: number) => Promise<Incoming>;
  readonly find: (workspaceId: string, id: string) => Promise<FileRecord | null>;
  readonly findAll: (workspaceId: string, ids: readonly string[]) => Promise<readonly FileRecord[]>;
  readonly list: (workspaceId: string, page: FilePage) => ReturnType<FileStore['list']>;
  readonly remove: (workspaceId: string, id: string) => Promise<boolean>;
  readonly read: (id: string) => Promise<Readable>;
  /** Clears away the bytes of what was removed, has expired or never arrived whole. */
  readonly sweep: () => Promise<void>;
};

export type FileParts = {
  readonly store: FileStore;
  readonly bytes: FileBytes;
  readonly uploads: Uploads;
  readonly world: Pick<World, 'now' | 'newId'>;
  readonly quota: FileQuota;
  readonly log: (message: string, cause?: unknown) => void;
};

/** No upload takes so long: what arrives for longer, has lost its process. */
const ARRIVING_MS_MAX = 3_600_000;

export function openFiles({ store, bytes, uploads, world, quota, log }: FileParts): Files {
  const arriving = new Map<string, number>();
  const enter = (keyId: string): boolean => {
    const own = arriving.get(keyId) ?? 0;
    const all = [...arriving.values()].reduce((sum, count) => sum + count, 0);
    if (own >= LIMITS.uploads_each_max || all >= LIMITS.uploads_max) return false;
    arriving.set(keyId, own + 1);
    return true;
  };
  const leave = (keyId: string): void => {
    const own = (arriving.get(keyId) ?? 1) - 1;
    if (own > 0) arriving.set(keyId, own);
    else arriving.delete(keyId);
  };
  const clear = async (ids: readonly string[]): Promise<void> => {
    const gone: string[] = [];
    for (const id of ids)
      await bytes.remove(id).then(
        () => gone.push(id),
        (cause) => log('a file could not be cleared away', cause),
      );
    await store.forget(gone);
  };
  const findAll: Files['findAll'] = async (workspaceId, ids) => {
    const own = ids.filter((id) => FILE_ID.test(id));
    return own.length === 0 ? [] : store.find(workspaceId, own, world.now());
  };
  return {
    quota,
    uploads,
    used: store.used,
    receive: async (keyId) => {
      if (!enter(keyId)) return null;
      try {
        const arrival = await bytes.receive();
        const keeping = { store, bytes, world, quota, clear, bytesMax: LIMITS.file_bytes_max };
        return incoming(keeping, arrival, () => leave(keyId));
      } catch (cause) {
        leave(keyId);
        throw cause;
      }
    },
    make: async (bytesMax) =>
      incoming({ store, bytes, world, quota, clear, bytesMax }, await bytes.receive(), () => {}),
    find: async (workspaceId, id) => (await findAll(workspaceId, [id]))[0] ?? null,
    findAll,
    list: (workspaceId, page) => store.list(workspaceId, page, world.now()),
    remove: async (workspaceId, id) => {
      if (!FILE_ID.test(id) || !(await store.remove(workspaceId, id, world.now()))) return false;
      await clear([id]);
      return true;
    },
    read: bytes.read,
    sweep: async () => {
      for (let last = ''; ; ) {
        const now = world.now();
        const ids = await store.leaving(now, now - ARRIVING_MS_MAX);
        // What cannot be cleared away stays for the next time.
        if (ids.length === 0 || ids[0] === last) return;
        last = ids[0] ?? '';
        await clear(ids);
      }
    },
  };
}

type Keeping = Pick<FileParts, 'store' | 'bytes' | 'world' | 'quota'> & {
  readonly bytesMax: number;
  readonly clear: (ids: readonly string[]) => Promise<void>;
};

function incoming(
  { store, bytes, world, quota, clear, bytesMax }: Keeping,
  arrival: Arrival,
  left: () => void,
): Incoming {
  const kind = kindReader();
  let size = 0;
  let isOver = false;
  const over = (): void => {
    if (!isOver) left();
    isOver = true;
  };
  const discard = async (): Promise<void> => {
    over();
    await arrival.discard();
  };
  const refuse = async (value: Fault): Promise<Result<FileRecord, Fault>> => {
    await discard();
    return failed(value);
  };
  return {
    write: async (piece) => {
      size += piece.length;
      if (size > bytesMax) return false;
      kind.push(piece);
      await arrival.write(piece);
      return true;
    },
    keep: async (owner, { filename, purpose, keptMs, isOurs }) => {
      if (size === 0) return refuse(EMPTY);
      const mediaType = isOurs ? LINES : kind.end(filename);
      if (mediaType === null) return refuse(UNKNOWN_KIND);
      const now = world.now();
      const id = `or_file_${world.newId('f').slice(2)}`;
      const expiresAt = keptMs === null ? null : now + keptMs;
      const file = { id, ...owner, filename, mediaType, size, purpose, createdAt: now, expiresAt };
      try {
        await arrival.end();
        if (!(await store.add(file, isOurs ? UNBOUNDED : quota))) return await refuse(overQuota(quota));
        try {
          await bytes.keep(id, arrival);
          await store.arrived(id);
        } catch (cause) {
          await clear([id]);
          throw cause;
        }
      } catch (cause) {
        await discard();
        throw cause;
      }
      over();
      return ok(file);
    },
    discard,
  };
}

const LINES = 'application/x-ndjson';
const UNBOUNDED: FileQuota = { bytes: Number.MAX_SAFE_INTEGER, files: Number.MAX_SAFE_INTEGER };

const EMPTY = fault('invalid_request', 'The file is empty.', { param: 'file' });
const UNKNOWN_KIND = fault(
  'invalid_request',
  'The contents are of no kind that is kept here: a file must be a PDF, a PNG, JPEG, GIF or WebP picture, a DOCX, XLSX or PPTX document, sound (MP3, WAV, FLAC, OGG, M4A), a film (MP4, MOV, WebM) or UTF-8 text, whatever its name says.',
  { param: 'file' },
);
export const FILE_TOO_LARGE = fault(
  'payload_too_large',
  `The file is larger than ${LIMITS.file_bytes_max / 1024 / 1024} MB.`,
  { param: 'file' },
);

export const overQuota = ({ bytes, files }: FileQuota): Fault =>
  fault(
    'payload_too_large',
    `The workspace has no room for this file: it may keep ${Math.floor(bytes / 1024 / 1024)} MB in ${files} files. Delete some that are needed no more.`,
    { param: 'file' },
  );

/** What its sender is told where the place for files fails. */
export const placeFault = (cause: unknown): Fault =>
  cause instanceof NoRoomError
    ? fault('overloaded', 'There is no room for files on this gateway now. Nothing of this one was kept.')
    : fault('server', 'The file could not be stored. Nothing of it was kept.');
