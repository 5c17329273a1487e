import { type Fault, fault } from '../../base/fault.ts';
import { LIMITS } from '../../base/limits.ts';
import { failed, type Result } from '../../base/result.ts';
import type { VideoReply } from '../../call/video.ts';
import type { Endpoint } from '../../catalog/model.ts';
import type { Job } from '../../facts/job.ts';
import type { Receipt } from '../../facts/receipt.ts';
import type { Target } from '../../facts/target.ts';
import type { JobClaim, JobEnd } from '../../ledger/jobs.ts';
import { redactFault } from '../../upstream/redact.ts';
import { askVendor, errorTextOf, jsonOf, type TaskOwner } from '../../upstream/vendor-exchange.ts';
import type { Gateway } from '../gateway.ts';
import { tellCaller } from './callback.ts';
import { chargeOf, errorOf, readState, type VideoState, writeState } from './video-state.ts';

/** One step with a video whose turn it is: its vendor is asked, and what it says is written down. */
export async function workOnVideo(gateway: Gateway, claim: JobClaim): Promise<void> {
  const state = readState(claim.job);
  if (claim.job.phase === 'telling') return tellCaller(gateway, claim, state);
  const work = { gateway, claim, state, target: targetOf(gateway, state) };
  if (claim.job.isUnwanted) return cancelTask(work);
  if (claim.isOverdue) {
    await callOff(work);
    return end(work, 'expired', TOO_LATE);
  }
  if (claim.tries > LIMITS.job_tries_max) return end(work, 'failed', BROKEN);
  const asked = await ask(work);
  if (asked.ok) return asked.value.state === 'done' ? deliver(work, asked.value) : goOn(work, asked.value);
  if (!asked.error.isPassing) return end(work, 'failed', asked.error.fault);
  const failures = state.failures + 1;
  if (asked.error.isForgotten && failures >= LIMITS.job_failures_max) return end(work, 'failed', asked.error.fault);
  await wait(work, { ...state, failures });
}

type VideoJob = {
  readonly gateway: Gateway;
  readonly claim: JobClaim;
  readonly state: VideoState;
  /** Null = the catalogue does not have its endpoint any more. */
  readonly target: Target | null;
};

const TOO_LATE = fault('upstream_timeout', 'The provider did not finish this video in time.');
const BROKEN = fault('server', 'The gateway broke off each time it went on with this video.');
const UNKNOWN = fault('upstream_model_not_found', 'The provider of this video is not set up here any more.');
const UNWANTED = fault('cancelled', 'This video was cancelled.');

/** The endpoint in the form in which it films. */
export function targetOf(gateway: Gateway, { endpoint: id, model: modelId }: VideoState): Target | null {
  const catalog = gateway.catalog();
  const found = catalog.endpoints.get(id);
  const model = catalog.models.get(modelId);
  const endpoint = found && formOf(found);
  return endpoint && model ? { endpoint, model } : null;
}

const formOf = (endpoint: Endpoint): Endpoint | undefined =>
  endpoint.operation === 'videos' ? endpoint : endpoint.others.find(({ operation }) => operation === 'videos');

export const ownerOf = (target: Target, { key }: VideoState): TaskOwner => ({ endpoint: target.endpoint, key });

/** `isPassing`: the next time may go better. `isForgotten`: the vendor does not know the task, or not yet. */
type Obstacle = { readonly fault: Fault; readonly isPassing: boolean; readonly isForgotten?: true };

async function ask({ gateway, state, target }: VideoJob): Promise<Result<VideoReply, Obstacle>> {
  if (!target) return failed({ fault: UNKNOWN, isPassing: true });
  const answer = await askVendor(gateway.upstream, ownerOf(target, state), state.poll);
  if (!answer.ok) return failed({ fault: answer.error, isPassing: true });
  const { status, headers, secrets } = answer.value;
  const { name } = target.endpoint.provider;
  const dialect = gateway.dialects.of('videos', target.endpoint.dialect.id);
  if (status >= 200 && status < 300) {
    const body = jsonOf(answer.value);
    if (body === undefined) return failed({ fault: unreadable(name), isPassing: true });
    const reply = dialect.decodeReply(body, { target, task: state.task });
    if (reply.ok) return reply;
    return failed({ fault: redactFault(reply.error, secrets), isPassing: reply.error.code === 'upstream_malformed' });
  }
  if (status === 404 || status === 410) return failed({ fault: forgotten(name), isPassing: true, isForgotten: true });
  const now = gateway.world.now();
  const value = dialect.decodeFault({ status, headers, body: errorTextOf(answer.value), provider: name, now });
  // A key that is refused is the operator's to mend, within the video's time.
  return failed({ fault: redactFault(value, secrets), isPassing: status !== 400 && status !== 422 });
}

const unreadable = (provider: string): Fault => fault('upstream_malformed', `${provider} answered with no JSON.`);
const forgotten = (provider: string): Fault =>
  fault('upstream_server_error', `${provider} does not know this video any more.`);

async function goOn(work: VideoJob, { progress, state: stage }: VideoReply): Promise<void> {
  const { state } = work;
  await wait(work, { ...state, failures: 0, progress: progress ?? state.progress }, stage === 'waiting');
}

async function wait({ gateway, claim }: VideoJob, state: VideoState, isPending = false): Promise<void> {
  const waitMs = Math.min(LIMITS.video_poll_ms_max, Math.ceil(state.waitMs * 1.4));
  const written = writeState({ ...state, waitMs });
  await gateway.jobs.store.save(claim, {
    status: isPending ? 'pending' : 'in_progress',
    state: written,
    dueMs: waitMs,
  });
}

/** A vendor may film less than was asked for, never more: nobody pays for what nobody wanted. */
async function deliver(work: VideoJob, { videos, seconds }: VideoReply): Promise<void> {
  const { state } = work;
  const filmed = seconds === undefined ? state.seconds : Math.min(seconds, state.seconds);
  const { usage, bill } = chargeOf(state, { seconds: filmed, videos: 1 });
  const made = { ...state, videos: videos.slice(0, 1), seconds: filmed, progress: 100, cost: String(bill.cost) };
  await settle(work, {
    status: 'completed',
    state: made,
    receipt: { ...receiptAt(work), state: 'completed', usage, bill },
  });
}

async function end(work: VideoJob, status: Exclude<JobEnd['status'], 'completed'>, value: Fault): Promise<void> {
  const { usage, bill } = chargeOf(work.state, { seconds: 0, videos: 0 });
  const nothing = { ...bill, cost: NOTHING, inputCost: NOTHING, outputCost: NOTHING };
  const state = { ...work.state, error: errorOf(value), cost: '0' };
  const receipt: Receipt = {
    ...receiptAt(work),
    state: status === 'cancelled' ? 'cancelled' : 'failed',
    usage,
    bill: nothing,
    fault: status === 'cancelled' ? null : value,
  };
  await settle(work, { status, state, receipt });
}

const NOTHING = 0n as Receipt['bill']['cost'];

const receiptAt = ({ gateway, claim: { job }, state }: VideoJob) => ({
  ...state.receipt,
  totalMs: Math.max(0, gateway.world.now() - job.createdAt),
});

type Ending = { readonly status: JobEnd['status']; readonly state: VideoState; readonly receipt: Receipt };

/** Once: whoever has lost the claim writes nothing and tells nobody. */
async function settle({ gateway, claim }: VideoJob, { status, state, receipt }: Ending): Promise<void> {
  const written = writeState({ ...state, endedAt: gateway.world.now() });
  const tells = state.callbackUrl === undefined ? ('nobody' as const) : ('its caller' as const);
  const end = { status, state: written, receipts: [receipt], tells, keptMs: LIMITS.video_kept_ms };
  if (!(await gateway.jobs.store.end(claim, end))) return;
  gateway.telemetry.ended(receipt);
  if (tells === 'its caller') gateway.jobs.wake();
}

/** Whether the vendor was told: null = it has no such thing. */
async function callOff({ gateway, state, target }: VideoJob): Promise<boolean | null> {
  if (!state.cancel || !target) return null;
  const answer = await askVendor(gateway.upstream, ownerOf(target, state), state.cancel);
  return answer.ok && answer.value.status < 500 && answer.value.status !== 429;
}

/** What its vendor goes on with is gone on with here, too: whoever asked to cancel was told so. */
async function cancelTask(work: VideoJob): Promise<void> {
  const isOff = await callOff(work);
  if (isOff === false) return wait(work, work.state);
  return end(work, 'cancelled', UNWANTED);
}

/** Can it be called off at its vendor? */
export const isCancellable = (job: Job): boolean => job.phase === 'running' && readState(job).cancel !== undefined;
