import type { Owner, Scope } from './scope.ts';

/** What a job is there for: which part of the gateway works on it. */
export type JobKind = 'videos' | 'batches';
/** As clients are told (spec §1.6); `pending` and `in_progress` go on, the others are ends. */
export type JobStatus = 'pending' | 'in_progress' | 'completed' | 'failed' | 'cancelled' | 'expired';

/**
 * Work that outlives the call that began it, and the process. It runs until somebody ends it, then its caller is told
 * where that was wished for (`telling`), then it is kept to be asked about until it is forgotten (`over`).
 */
export type Job = {
  /** As its caller names it. */
  readonly id: string;
  readonly kind: JobKind;
  readonly phase: 'running' | 'telling' | 'over';
  readonly status: JobStatus;
  readonly accountId: string;
  readonly workspaceId: string;
  readonly keyId: string;
  /** Milliseconds since 1970, by the clock of the process that began it. */
  readonly createdAt: number;
  /** What its kind keeps of it: JSON of at most `LIMITS.job_state_bytes_max`. */
  readonly state: string;
  /** Its caller does not want it any more. */
  readonly isUnwanted: boolean;
  readonly hold: JobHold | null;
};

/** Money that is set aside for a job, whichever processes live. */
export type JobHold = {
  /** The hold's id: that of a generation. */
  readonly id: string;
  /** The limited scopes of money that it is leased from. */
  readonly leases: readonly Scope[];
  /** Whose spending it is beside the account's, the workspace's and the key's. */
  readonly also: readonly Owner[];
};
