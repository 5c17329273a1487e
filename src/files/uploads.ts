import type { Readable } from 'node:stream';
import type { FileRecord } from './store.ts';

/** Whose an upload is that comes in several requests, and what its first one said. */
export type UploadFacts = Pick<FileRecord, 'accountId' | 'workspaceId' | 'keyId' | 'filename'> & {
  /** How many bytes it will be; null = its sender did not say. */
  readonly announced: number | null;
  /** When it was begun, in milliseconds since 1970. */
  readonly begunAt: number;
};

/** The bytes that have come so far lie on this machine: whichever of its processes is asked next goes on with them. */
export type Uploads = {
  /** Its id, which nobody can guess: who has it may send its bytes. Null = as many are under way as may, of this key or of all. */
  readonly begin: (facts: UploadFacts) => Promise<string | null>;
  /** `received`: how many bytes of it are here. Null = there is none; it was ended, or begun longer ago than an upload may take. */
  readonly find: (id: string) => Promise<{ readonly facts: UploadFacts; readonly received: number } | null>;
  /** Writes from `offset` on, over what an earlier try of the same piece has left there. */
  readonly writeFrom: (id: string, offset: number) => Promise<UploadWriter>;
  readonly read: (id: string) => Readable;
  /** Nothing is left of it. */
  readonly end: (id: string) => Promise<void>;
};

/** One who writes waits for one write before the next, and closes in the end. */
export type UploadWriter = {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly close: () => Promise<void>;
};
