import type { JobStore } from '../ledger/jobs.ts';

/** In whose words a batch was begun: they decide how its lines are written and its results read. */
export type BatchShape = 'openai' | 'openrouter' | 'anthropic';

/** What is kept of a batch in its job, as JSON. Times in milliseconds since 1970; absent where it is not there yet. */
export type BatchState = {
  readonly shape: BatchShape;
  /** The path below `/v1` that every line is posted to: `/chat/completions`. */
  readonly endpoint: string;
  readonly inputFileId: string;
  /** The file was written here from what came inline: it goes with the batch. */
  readonly isInputOurs: boolean;
  /** Of OpenRouter's: the model of every line. */
  readonly model?: string;
  readonly metadata?: { readonly [name: string]: string };
  /** How long its results are kept. */
  readonly resultsMs: number;
  readonly expiresAt: number;
  /** Lines that there are; null = they have not been looked through. */
  readonly total: number | null;
  /** How often it was begun, and how many lines of a beginning may have been asked for without a result. */
  readonly run: number;
  readonly window: number;
  readonly startedAt?: number;
  readonly cancelledAt?: number;
  readonly endedAt?: number;
  /** Of one that is over. */
  readonly counts?: BatchCounts;
  readonly outputFileId?: string;
  readonly errorFileId?: string;
  /** Why no line of it was sent. */
  readonly errors?: readonly BatchProblem[];
};

export type BatchCounts = { readonly completed: number; readonly failed: number };
export type BatchProblem = { readonly code: string; readonly message: string; readonly line: number | null };

/** How a line ended. `answered`: by the gateway, with whatever status; the others were not sent, or not heard out. */
export type LineEnd = 'answered' | 'cancelled' | 'expired' | 'interrupted';

export type LineResult = {
  /** From 0. */
  readonly line: number;
  readonly customId: string;
  readonly end: LineEnd;
  /** Of an answer; else 0. */
  readonly status: number;
  /** The receipt's id; empty = there is none. */
  readonly generationId: string;
  /** JSON: the answer, or nothing. */
  readonly body: string;
};

export const isCompleted = ({ end, status }: Pick<LineResult, 'end' | 'status'>): boolean =>
  end === 'answered' && status >= 200 && status < 300;

/** Results of lines, written as they come, so that whatever dies none is asked for twice. */
export type BatchStore = {
  /** Each line once: what is there stays. */
  readonly add: (batchId: string, results: readonly LineResult[]) => Promise<void>;
  /** The lines that have a result. */
  readonly done: (batchId: string) => Promise<readonly DoneLine[]>;
  /** In order of lines, those behind one of them. */
  readonly results: (batchId: string, after: number, limit: number) => Promise<readonly LineResult[]>;
  readonly counts: (batchId: string) => Promise<BatchCounts>;
  readonly forget: (batchId: string) => Promise<void>;
  /** What became of calls, by their ids: still held by a process, or ended, at this cost in nano-dollars. */
  readonly calls: (ids: readonly string[]) => Promise<ReadonlyMap<string, 'open' | { readonly cost: bigint }>>;
};
export type DoneLine = Pick<LineResult, 'line' | 'end' | 'status'>;

/** Batches of a running gateway. */
export type Batches = {
  readonly store: BatchStore;
  readonly jobs: JobStore;
  /** Calls for batches at once in this process. */
  readonly callsAtOnce: number;
  /** Something is to be done; heard by this process's runner. */
  readonly wake: () => void;
  readonly onWake: (listener: () => void) => void;
};

export function openBatches(parts: Pick<Batches, 'store' | 'jobs' | 'callsAtOnce'>): Batches {
  let listener = (): void => {};
  return {
    ...parts,
    wake: () => listener(),
    onWake: (next) => {
      listener = next;
    },
  };
}
