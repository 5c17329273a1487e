import type { Readable } from 'node:stream';

/** Where the bytes of files lie: a folder, a bucket. */
export type FileBytes = {
  /** A place on this machine to write a file to while it comes. */
  readonly receive: () => Promise<Arrival>;
  /** Puts a file that has come whole where it stays, under its id, and lets go of the arrival. */
  readonly keep: (id: string, arrival: Arrival) => Promise<void>;
  /** Its bytes as they are read; rejects where they are gone. */
  readonly read: (id: string) => Promise<Readable>;
  /** Does nothing where there are none. */
  readonly remove: (id: string) => Promise<void>;
};

/** A file that is coming in. One who writes waits for one write before the next. */
export type Arrival = {
  readonly path: string;
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** All of it is there; what it holds is in the system's hands. */
  readonly end: () => Promise<void>;
  /** It is not wanted: nothing is left of it. */
  readonly discard: () => Promise<void>;
};

/** The place has no room: a full disk. */
export class NoRoomError extends Error {
  override readonly name = 'NoRoomError';
}
