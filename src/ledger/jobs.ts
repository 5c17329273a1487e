import type { Job, JobHold, JobKind, JobStatus } from '../facts/job.ts';
import type { Receipt } from '../facts/receipt.ts';

/** A job that begins. Times are spans: moments are the store's alone, by its clock. */
export type NewJob = Pick<
  Job,
  'id' | 'kind' | 'status' | 'accountId' | 'workspaceId' | 'keyId' | 'createdAt' | 'state'
> & {
  /** How long nobody need look at it. */
  readonly dueMs: number;
  /** How long it may take at most: after that whoever claims it is told that it is overdue. */
  readonly deadlineMs: number;
};

/** The right to work on a job, for a while: nobody else has it meanwhile, and what is written without it counts nothing. */
export type JobClaim = {
  readonly job: Job;
  /** Rises with each claim of the job: who was too slow finds another number there. */
  readonly number: number;
  /** Its deadline has passed. */
  readonly isOverdue: boolean;
  /** How often it was claimed since it was last written. */
  readonly tries: number;
};

/** The jobs that a process has claimed just now. */
export type Claimed = {
  readonly claims: readonly JobClaim[];
  /** When the next one is due, in milliseconds from now; null = none waits. */
  readonly nextMs: number | null;
};

/** How far a job has come; its state is opaque to the store. */
export type JobProgress = {
  readonly status: JobStatus;
  readonly state: string;
  readonly dueMs: number;
  /** What has been delivered meanwhile, to be charged to the job's hold: booked with this step or not at all. */
  readonly receipts?: readonly Receipt[];
};

/** How a job ended. */
export type JobEnd = {
  readonly status: Exclude<JobStatus, 'pending' | 'in_progress'>;
  readonly state: string;
  /** Charged to the job's hold; what is left of it is free. */
  readonly receipts: readonly Receipt[];
  /** Its caller is to be told of it. */
  readonly tells: 'its caller' | 'nobody';
  /** How long it can be asked about. */
  readonly keptMs: number;
};

/** Which of an account's jobs are listed. */
export type JobList = {
  readonly kind: JobKind;
  readonly accountId: string;
  readonly workspaceId: string;
  /** Newest first, or oldest. */
  readonly order: 'newest' | 'oldest';
  /** Only those behind this one. */
  readonly after: Pick<Job, 'id' | 'createdAt'> | null;
  readonly limit: number;
};

/**
 * Jobs as a store keeps them. All times are the store's: no process's clock decides whose turn it is. Where a step
 * answers false, the claim was lost to somebody else (or the job is gone), and nothing was written.
 */
export type JobStore = {
  /**
   * Begins a job and makes its call's hold the job's, in one step. False = the hold was settled by others meanwhile, and
   * there is no job.
   */
  readonly begin: (job: NewJob, hold: JobHold | null) => Promise<boolean>;
  /** Jobs that are due, each for `forMs`; those of the dead are claimed again when that is over. */
  readonly claim: (wanted: {
    readonly kinds: readonly JobKind[];
    readonly limit: number;
    readonly forMs: number;
  }) => Promise<Claimed>;
  /** One job by its id, due or not, unless somebody has it: for a caller who waits. */
  readonly claimOne: (id: string, forMs: number) => Promise<JobClaim | null>;
  readonly renew: (claim: JobClaim, forMs: number) => Promise<boolean>;
  /** Writes a step down and lets go of the claim. */
  readonly save: (claim: JobClaim, progress: JobProgress) => Promise<boolean>;
  /** Ends a running job, once: its receipts are booked, and what is left of its hold is free, with this step or not at all. */
  readonly end: (claim: JobClaim, end: JobEnd) => Promise<boolean>;
  /** Its caller was told of its end, or never will be; or `againMs` = is to be told later. */
  readonly told: (
    claim: JobClaim,
    next: { readonly keptMs: number } | { readonly againMs: number },
  ) => Promise<boolean>;
  /** Its caller does not want it any more: it is due at once. False = it does not run. */
  readonly unwanted: (id: string) => Promise<boolean>;
  readonly find: (id: string) => Promise<Job | null>;
  readonly list: (list: JobList) => Promise<readonly Job[]>;
  /** How many of an account's run. */
  readonly running: (accountId: string) => Promise<number>;
  /** Removes one that has ended. False = it runs, or there is none. */
  readonly forget: (id: string) => Promise<boolean>;
  /** Removes some of those that nobody need ask about any more. Answers how many. */
  readonly forgetOld: () => Promise<number>;
};
