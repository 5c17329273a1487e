import { StoreError, type Trouble } from '../ledger/trouble.ts';
import type { WorkName } from './works.ts';

/** `isLasting`: it is older than the moment that is waited for. */
export type Found = { readonly what: Trouble; readonly isLasting: boolean };

/** What a store's last write said of it, heard by whoever asks. */
export type TroubleWatch = {
  readonly trouble: () => Found | null;
  readonly failed: (trouble: Trouble) => void;
  readonly worked: (name: WorkName | null) => void;
};

/** Works that write something in any case: others may succeed on a full disk. */
const WRITERS: ReadonlySet<WorkName | null> = new Set<WorkName>(['group', 'beat']);

/** `graceMs`: trouble that passes sooner is nobody's affair, for it is waited for. */
export function watchTrouble(graceMs = 0): TroubleWatch {
  let trouble: Trouble | null = null;
  let since = 0;
  return {
    trouble: () => (trouble === null ? null : { what: trouble, isLasting: performance.now() - since >= graceMs }),
    failed: (found) => {
      if (trouble === null) since = performance.now();
      trouble = found;
    },
    worked: (name) => {
      if (WRITERS.has(name)) trouble = null;
    },
  };
}

/** The low byte of SQLite's extended result codes (https://www.sqlite.org/rescode.html, read 2026-11-29). */
const SQLITE_CODES: { readonly [code: number]: Trouble } = {
  5: 'behind', // BUSY: another program holds the file
  8: 'read-only', // READONLY
  10: 'away', // IOERR: the disk fails, or is gone
  13: 'full', // FULL
  14: 'away', // CANTOPEN
};
const SYSTEM_CODES: { readonly [code: string]: Trouble } = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EROFS: 'read-only',
  EIO: 'away',
};

/** What failed of a file's store; null = not the store, but what it was asked. */
export function fileTrouble(cause: unknown): Trouble | null {
  if (typeof cause !== 'object' || cause === null) return null;
  if (cause instanceof StoreError) return cause.trouble;
  if ('errcode' in cause && typeof cause.errcode === 'number') return SQLITE_CODES[cause.errcode & 0xff] ?? null;
  return 'code' in cause ? (SYSTEM_CODES[String(cause.code)] ?? null) : null;
}

/**
 * PostgreSQL's classes of errors (https://www.postgresql.org/docs/current/errcodes-appendix.html, read 2026-11-29) that
 * speak of a server which another moment, or another server, may cure. What is not listed is the statement's own fault.
 */
const SERVER_CODES: readonly (readonly [prefix: string, trouble: Trouble])[] = [
  ['25006', 'read-only'], // a standby, or a primary that was made one
  ['53100', 'full'],
  ['53', 'behind'], // memory, connections
  ['08', 'away'], // connection; poolers say everything with it
  ['57P', 'away'], // shut down, starting, crashed
  ['57014', 'behind'], // a statement's deadline
  ['58', 'away'], // the system below it
  ['28', 'away'], // a credential that is being changed
  ['3D000', 'away'], // a server that is being set up
  ['XX', 'away'],
];

export function serverTrouble(cause: unknown): Trouble | null {
  if (cause instanceof StoreError) return cause.trouble;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  if (/^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code))
    return SERVER_CODES.find(([prefix]) => code.startsWith(prefix))?.[1] ?? null;
  if (/^E[A-Z]+$/.test(code)) return 'away'; // the system's: refused, reset, no such socket
  // What the driver says when a line breaks or nothing comes; it has no codes for it (pg 8.23).
  return cause instanceof Error && /connect|terminat|timeout|timed out|closed|ended/i.test(cause.message)
    ? 'away'
    : null;
}

/** A failure as the caller is told it. */
export function troubled(cause: unknown, trouble: Trouble | null): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (trouble !== null && !(cause instanceof StoreError)) return new StoreError(trouble, message, { cause });
  return cause instanceof Error ? cause : new Error(message);
}
