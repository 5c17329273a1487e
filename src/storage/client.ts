import type { Found } from './trouble.ts';
import type { QueryResult, Value } from './work.ts';
import type { WorkAnswer, WorkArgument, WorkName } from './works.ts';

/** The store as a process sees it, wherever it runs: on a thread, in another process, in a PostgreSQL server. */
export type StoreClient = {
  readonly dialect: 'sqlite' | 'postgres';
  /** Works are done in the order in which they were asked for, also without waiting for the one before. */
  readonly keepsOrder: boolean;
  /** This process's name in leases and holds; new at each start. */
  readonly process: string;
  /** One transaction. Rejects if the store is broken or gone. */
  readonly work: <N extends WorkName>(name: N, argument: WorkArgument<N>) => Promise<WorkAnswer<N>>;
  readonly query: (sql: string, parameters: readonly Value[]) => Promise<QueryResult>;
  /**
   * A query of what the administration writes, which never waits in a journal: nothing is brought into the tables for it,
   * so that looking something up costs those who write nothing.
   */
  readonly look: StoreClient['query'];
  /** A query that only reads and may take long: no write waits for it. It sees all that was committed before. */
  readonly read: StoreClient['query'];
  /** Why the last write was refused; null = it was not. */
  readonly trouble: () => Found | null;
  /**
   * Tells every other process something that has nothing to do with what is stored, at most 7,000 bytes. It may be lost,
   * and where processes hear themselves this one hears it too.
   */
  readonly tell: (notice: string) => void;
  readonly onNotice: (listener: (notice: string) => void) => void;
  /** Runs the task when this turn of the event loop has done its work, or so many milliseconds later: the moment to send a group. */
  readonly defer: (task: () => void, ms: number) => void;
  /** What is asked from now on, and what waits, is the last: a store that is away is not waited for much longer. */
  readonly closing?: () => void;
  readonly close: () => Promise<void>;
};

/** `defer` of a process that has an event loop of its own. */
export function deferInLoop(task: () => void, ms: number): void {
  if (ms > 0) setTimeout(task, ms);
  else setImmediate(task);
}

export type Notices = { readonly emit: (notice: string) => void; readonly on: StoreClient['onNotice'] };
export function openNotices(): Notices {
  const listeners: ((notice: string) => void)[] = [];
  return {
    emit: (notice) => {
      for (const listener of listeners) listener(notice);
    },
    on: (listener) => void listeners.push(listener),
  };
}
