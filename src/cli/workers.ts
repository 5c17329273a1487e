import type { ChildProcess } from 'node:child_process';
import cluster, { type Worker } from 'node:cluster';
import type { World } from '../base/world.ts';

/** So long after a worker's death another one takes its place: one that dies at its start shall not take the machine along. */
const RESTART_MS = 500;

/** The processes that serve calls. Whichever dies is replaced, whenever in its life and however it died. */
export type Workers = {
  /** The port, as soon as the first of them listens. */
  readonly listening: Promise<number>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Asks each to end what it has begun, and ends whoever has not done so in this time. Resolves when none is left. */
  readonly stop: (patienceMs: number) => Promise<void>;
};

export type WorkersOptions = {
  readonly count: number;
  /** Variables that the workers have beside those of this process. */
  readonly environment: { readonly [name: string]: string };
  /** Each new process, before it has said anything. */
  readonly started: (child: ChildProcess) => void;
  readonly log: (message: string) => void;
  readonly after: World['after'];
};

export function startWorkers({ count, environment, started, log, after }: WorkersOptions): Workers {
  // Workers accept by themselves: a connection that Node's round-robin hands to a worker that is just dying stays open
  // in the owner for ever, and its client waits for ever (seen with Node 26.10, 2026-11-22).
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({ serialization: 'advanced' });
  // Not `cluster.workers`: a worker may stay in that list for ever whose `disconnect` never comes (see ipcChannel).
  const alive = new Map<Worker, Promise<void>>();
  const listening = Promise.withResolvers<number>();
  let isStopping = false;

  const forkLater = (): void => void after(RESTART_MS, fork);
  const fork = (): void => {
    if (isStopping) return;
    let worker: Worker;
    try {
      worker = cluster.fork(environment);
    } catch (cause) {
      log(`a worker process could not be started (${cause}); it is tried again`);
      return forkLater();
    }
    const ended = Promise.withResolvers<void>();
    alive.set(worker, ended.promise);
    const end = (how: string): void => {
      if (!alive.delete(worker)) return;
      ended.resolve();
      if (isStopping) return;
      log(`a worker process has ended (${how}); another one takes its place`);
      forkLater();
    };
    started(worker.process);
    worker.on('listening', ({ port }) => listening.resolve(port));
    worker.on('exit', (code, signal) => end(signal ?? `code ${code}`));
    // What was sent to a worker that has just died is lost with it. One that could not be started at all has no other
    // event than this.
    worker.on('error', (cause) => {
      if (worker.process.pid === undefined) end(String(cause));
    });
  };
  for (let at = 0; at < count; at++) fork();

  const signal = (name: NodeJS.Signals): void => {
    for (const worker of alive.keys()) worker.process.kill(name);
  };
  return {
    listening: listening.promise,
    signal,
    stop: async (patienceMs) => {
      isStopping = true;
      signal('SIGTERM');
      const cancel = after(patienceMs, () => signal('SIGKILL'));
      await Promise.all(alive.values());
      cancel();
    },
  };
}
