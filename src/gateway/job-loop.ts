import type { Cancel } from '../base/world.ts';
import type { JobKind } from '../facts/job.ts';
import type { JobClaim } from '../ledger/jobs.ts';
import type { Gateway } from './gateway.ts';

/** What is done with a job whose turn it is. What it does not write down is done again by whoever comes next. */
export type JobWork = (gateway: Gateway, claim: JobClaim) => Promise<void>;
/** Kinds that are not among them have a loop of their own (`http/batches/runner.ts`). */
export type JobWorks = { readonly [K in JobKind]?: JobWork };

/** Longer than any step takes: a claim that ends sooner would have two work on one job. */
const CLAIM_MS = 120_000;
const AT_ONCE_MAX = 16;
/** Between two looks; other processes' jobs are noticed no later. */
const LOOK_MS = { least: 100, most: 5_000 } as const;
/** What was begun may be written down before the store is closed. */
const FAREWELL_MS = 2_000;
/** So many looks lie between two times at which old jobs are removed. */
const SWEEP_EVERY = 60;

export type JobLoop = {
  /** A job was begun or changed here: look at once. */
  readonly wake: () => void;
  readonly close: () => Promise<void>;
};

/** Works on whatever jobs are due, until it is closed. Every process of a gateway has one. */
export function startJobs(gateway: Gateway, works: JobWorks): JobLoop {
  const { world, jobs, log } = gateway;
  const kinds = Object.keys(works) as JobKind[];
  const running = new Set<Promise<void>>();
  let cancel: Cancel = () => {};
  let isLooking = false;
  let isWoken = false;
  let isClosed = false;
  let looks = 0;

  const plan = (ms: number): void => {
    cancel();
    if (!isClosed) cancel = world.after(Math.min(LOOK_MS.most, Math.max(LOOK_MS.least, ms)), look);
  };
  const begin = (claim: JobClaim): void => {
    const work = works[claim.job.kind] ?? (async () => {});
    const task = work(gateway, claim)
      .catch((cause: unknown) => log(`a step of ${claim.job.id} failed`, cause))
      .finally(() => {
        running.delete(task);
        wake();
      });
    running.add(task);
  };
  const lookOnce = async (): Promise<number> => {
    if (looks++ % SWEEP_EVERY === 0) await jobs.store.forgetOld();
    const limit = AT_ONCE_MAX - running.size;
    if (limit <= 0) return LOOK_MS.most;
    const { claims, nextMs } = await jobs.store.claim({ kinds, limit, forMs: CLAIM_MS });
    for (const claim of claims) begin(claim);
    return nextMs ?? LOOK_MS.most;
  };
  const look = (): void => {
    if (isLooking || isClosed) {
      isWoken = true;
      return;
    }
    isLooking = true;
    isWoken = false;
    lookOnce()
      // A store in trouble tells its operator by itself.
      .catch(() => LOOK_MS.most)
      .then((ms) => {
        isLooking = false;
        plan(isWoken ? 0 : ms);
      });
  };
  const wake = (): void => {
    if (isLooking) isWoken = true;
    else plan(0);
  };
  plan(0);
  return {
    wake,
    close: async () => {
      isClosed = true;
      cancel();
      let stop: Cancel = () => {};
      const late = new Promise<void>((done) => {
        stop = world.after(FAREWELL_MS, done);
      });
      await Promise.race([Promise.allSettled([...running]), late]);
      stop();
    },
  };
}
