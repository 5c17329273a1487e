import type { Job } from '../../facts/job.ts';
import type { Batches, BatchState } from '../../gateway/batches.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { JobClaim } from '../../ledger/jobs.ts';
import { handlersOf } from './ask-line.ts';
import { checkInput } from './input.ts';
import { writeResults } from './results.ts';
import { runLines, type Stop } from './run-lines.ts';
import { openSlots } from './slots.ts';
import { WAITING_MAX } from './writer.ts';

/** So long a claim lasts without being renewed: after that another process goes on with a batch whose process died. */
const CLAIM_MS = 60_000;
const RENEW_MS = 5_000;
/** Batches that one process works on at once. */
const BATCHES_AT_ONCE = 8;
/** It is looked so often for batches that others began, or left. */
const POLL_MS = { least: 100, most: 2_000 } as const;
/** How long a batch can be asked about when it is over. */
const KEPT_MS = 30 * 86_400_000;

export type BatchRunner = {
  /** No line is begun any more; resolves when those under way are over and others may go on with the batches. */
  readonly close: () => Promise<void>;
};

/** Works off batches, as fast as the pace of this process allows: each line is a call like every other. */
export function startBatches(gateway: Gateway): BatchRunner {
  const { batches, files, world } = gateway;
  if (!batches || !files || batches.callsAtOnce === 0) return { close: async () => {} };
  const slots = openSlots(batches.callsAtOnce);
  const handlerOf = handlersOf(gateway);
  const working = new Set<Promise<void>>();
  let isStopping = false;
  let isLooking = false;
  let cancel = (): void => {};
  const work = (claim: JobClaim): void => {
    const part = { gateway, batches, files, slots, handlerOf, isStopping: () => isStopping };
    const done = workOn(part, claim)
      .catch((cause) => gateway.log('a batch could not be worked on', cause))
      .then(() => {
        working.delete(done);
        wake();
      });
    working.add(done);
  };
  const look = async (): Promise<number> => {
    const limit = BATCHES_AT_ONCE - working.size;
    if (limit <= 0) return POLL_MS.most;
    await batches.jobs.forgetOld();
    const { claims, nextMs } = await batches.jobs.claim({ kinds: ['batches'], limit, forMs: CLAIM_MS });
    for (const claim of claims) work(claim);
    return Math.min(Math.max(nextMs ?? POLL_MS.most, POLL_MS.least), POLL_MS.most);
  };
  const wake = (): void => {
    cancel();
    if (isStopping || isLooking) return;
    isLooking = true;
    look()
      .catch((cause) => {
        gateway.log('batches could not be looked for', cause);
        return POLL_MS.most;
      })
      .then((next) => {
        isLooking = false;
        if (!isStopping) cancel = world.after(next, wake);
      });
  };
  batches.onWake(wake);
  wake();
  return {
    close: async () => {
      isStopping = true;
      cancel();
      await Promise.allSettled(working);
    },
  };
}

type Part = Omit<Parameters<typeof runLines>[0], 'job' | 'state' | 'stop' | 'handler'> & {
  readonly handlerOf: ReturnType<typeof handlersOf>;
};

async function workOn(part: Part, claim: JobClaim): Promise<void> {
  const { batches, files, gateway } = part;
  const { job } = claim;
  let state = JSON.parse(job.state) as BatchState;
  const end = (status: 'completed' | 'failed' | 'cancelled' | 'expired', last: BatchState): Promise<boolean> => {
    const told = JSON.stringify({ ...last, endedAt: gateway.world.now() });
    return batches.jobs.end(claim, { status, state: told, receipts: [], tells: 'nobody', keptMs: KEPT_MS });
  };
  const input = await files.find(job.workspaceId, state.inputFileId);
  if (!input) {
    const errors = [{ code: 'file_not_found', message: 'The input file is gone.', line: null }];
    await end('failed', { ...state, errors });
    return;
  }
  if (state.total === null) {
    const checked = await checkInput(await files.read(input.id), state);
    if ('problems' in checked) return void (await end('failed', { ...state, errors: checked.problems }));
    state = { ...state, total: checked.total };
  }
  const begun = await beginRun(batches, claim, state, gateway.world.now());
  if (begun) await finishRun(part, begun);
}

type Run = { readonly claim: JobClaim; readonly state: BatchState };

/** Writes down that the batch is begun once more, before any line is asked for: its receipts are found by that number. */
async function beginRun(batches: Batches, claim: JobClaim, before: BatchState, now: number): Promise<Run | null> {
  const window = Math.max(before.window, batches.callsAtOnce + WAITING_MAX);
  const state: BatchState = { ...before, run: before.run + 1, window, startedAt: before.startedAt ?? now };
  const written = { status: 'in_progress', state: JSON.stringify(state), dueMs: 0 } as const;
  if (!(await batches.jobs.save(claim, written))) return null;
  const again = await batches.jobs.claimOne(claim.job.id, CLAIM_MS);
  return again && { claim: again, state };
}

async function finishRun(part: Part, { claim, state }: Run): Promise<void> {
  const { batches, files, gateway, handlerOf, isStopping } = part;
  const { job } = claim;
  const watch = watchClaim(gateway, batches, { claim, state });
  const stop = (): Stop | null => (isStopping() ? 'leaving' : watch.stop());
  try {
    await runLines({ ...part, job, state, stop, handler: handlerOf(state.endpoint) });
    const why = stop();
    if (why === 'lost') return;
    if (why === 'leaving') {
      await batches.jobs.save(claim, { status: 'in_progress', state: JSON.stringify(state), dueMs: 0 });
      return;
    }
    const [counts, written] = [await batches.store.counts(job.id), await writeResults({ files, batches, job, state })];
    const last: BatchState = { ...state, ...written, counts, endedAt: gateway.world.now() };
    const end = { state: JSON.stringify(last), receipts: [], tells: 'nobody', keptMs: KEPT_MS } as const;
    const status = why ?? 'completed';
    if (await batches.jobs.end(claim, { status, ...end })) {
      await batches.store.forget(job.id);
      if (state.isInputOurs) await files.remove(job.workspaceId, state.inputFileId);
      return;
    }
    for (const id of [written.outputFileId, written.errorFileId]) if (id) await files.remove(job.workspaceId, id);
  } finally {
    watch.close();
  }
}

/** Keeps a claim while it is worked on, and sees why to stop. */
function watchClaim(
  { world, log }: Gateway,
  { jobs }: Batches,
  { claim, state }: Run,
): { readonly stop: () => Stop | null; readonly close: () => void } {
  let isOver = false;
  let found: Stop | null = null;
  let cancel = (): void => {};
  const see = (job: Job | null): void => {
    if (job?.isUnwanted) found ??= 'cancelled';
  };
  const look = async (): Promise<void> => {
    if (!(await jobs.renew(claim, CLAIM_MS))) found = 'lost';
    else see(await jobs.find(claim.job.id));
  };
  const next = (): void => {
    cancel = world.after(RENEW_MS, () => {
      look()
        .catch((cause) => log('a batch’s claim could not be renewed', cause))
        .then(() => isOver || next());
    });
  };
  see(claim.job);
  next();
  return {
    stop: () => found ?? (claim.isOverdue || world.now() >= state.expiresAt ? 'expired' : null),
    close: () => {
      isOver = true;
      cancel();
    },
  };
}
