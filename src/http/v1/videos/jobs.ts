import { type Fault, fault } from '../../../base/fault.ts';
import { LIMITS } from '../../../base/limits.ts';
import { encodeGeminiFault } from '../../../dialects/gemini-fault.ts';
import { encodeFault } from '../../../dialects/openai-client-fault.ts';
import { encodeVideo } from '../../../dialects/video-answer.ts';
import type { Job } from '../../../facts/job.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { callbackSecret } from '../../../gateway/videos/callback.ts';
import { contentPaths } from '../../../gateway/videos/links.ts';
import { readState, viewOf } from '../../../gateway/videos/video-state.ts';
import { isCancellable } from '../../../gateway/videos/video-work.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';

export const refusal = (value: Fault): RouteAnswer => {
  const { status, body } = encodeFault(value, { id: null });
  return { status, json: body };
};
export const missingVideo = (id: string): RouteAnswer =>
  refusal(fault('not_found', `Video '${id.slice(0, 100)}' not found.`));

/** A video of the caller's own workspace; any other is none. */
export async function findVideo(gateway: Gateway, id: string, caller: Principal | null): Promise<Job | null> {
  const job = await gateway.jobs.store.find(id);
  if (job?.kind !== 'videos' || caller === null) return null;
  return job.accountId === caller.accountId && job.workspaceId === caller.workspaceId ? job : null;
}

const jsonOf = (gateway: Gateway, job: Job, origin: string) => {
  const urls = contentPaths(gateway, job).map((path) => origin + path);
  return encodeVideo(viewOf(job, readState(job), LIMITS.video_kept_ms, urls));
};

type Of = { readonly job: Job; readonly request: RouteRequest; readonly gateway: Gateway };

const ofVideo =
  (handle: (of: Of) => Promise<RouteAnswer>): Route['handle'] =>
  async (request, gateway) => {
    const id = request.params.id ?? '';
    const job = await findVideo(gateway, id, request.caller);
    return job ? handle({ job, request, gateway }) : missingVideo(id);
  };

const RETRIEVE: Route = {
  method: 'GET',
  path: '/videos/:id',
  auth: 'call',
  handle: ofVideo(async ({ job, request, gateway }) => ({
    status: 200,
    json: jsonOf(gateway, job, request.origin),
    headers: { 'x-generation-id': readState(job).receipt.id },
  })),
};

const LIST: Route = {
  method: 'GET',
  path: '/videos',
  auth: 'call',
  handle: async ({ caller, query, origin }, gateway) => {
    if (!caller) return missingVideo('');
    const limit = Number(query.limit ?? 20);
    if (!Number.isInteger(limit) || limit < 1 || limit > 100)
      return refusal(fault('invalid_request', "'limit' must be a whole number from 1 to 100.", { param: 'limit' }));
    const order = query.order ?? 'desc';
    if (order !== 'asc' && order !== 'desc')
      return refusal(fault('invalid_request', "'order' must be 'asc' or 'desc'.", { param: 'order' }));
    const after = query.after === undefined ? null : await findVideo(gateway, query.after, caller);
    if (query.after !== undefined && !after) return missingVideo(query.after);
    const { accountId, workspaceId } = caller;
    const wanted = { kind: 'videos', accountId, workspaceId, after, limit: limit + 1 } as const;
    const jobs = await gateway.jobs.store.list({ ...wanted, order: order === 'desc' ? 'newest' : 'oldest' });
    const page = jobs.slice(0, limit);
    return {
      status: 200,
      json: {
        object: 'list',
        data: page.map((job) => jsonOf(gateway, job, origin)),
        first_id: page[0]?.id ?? null,
        last_id: page.at(-1)?.id ?? null,
        has_more: jobs.length > limit,
      },
    };
  },
};

const CANCEL: Route = {
  method: 'POST',
  path: '/videos/:id/cancel',
  auth: 'call',
  handle: ofVideo(async ({ job, request, gateway }) => {
    if (job.phase !== 'running') return refusal(fault('conflict', `This video has ended: it is ${job.status}.`));
    if (!isCancellable(job)) return refusal(fault('conflict', CANNOT));
    await gateway.jobs.store.unwanted(job.id);
    gateway.jobs.wake();
    const now = (await gateway.jobs.store.find(job.id)) ?? job;
    return { status: 202, json: jsonOf(gateway, now, request.origin) };
  }),
};
const CANNOT =
  'The provider of this video cannot be told to stop; it will be finished, and charged when it is delivered.';

const REMOVE: Route = {
  method: 'DELETE',
  path: '/videos/:id',
  auth: 'call',
  handle: ofVideo(async ({ job, gateway }) => {
    if (job.phase === 'running')
      return refusal(fault('conflict', 'This video is being made. Cancel it, or wait until it has ended.'));
    await gateway.jobs.store.forget(job.id);
    return { status: 200, json: { id: job.id, object: 'video.deleted', deleted: true } };
  }),
};

/** What callbacks of the caller's workspace are signed with, so that their receiver can tell them from anybody's. */
const SECRET: Route = {
  method: 'GET',
  path: '/callbacks/secret',
  auth: 'call',
  handle: ({ caller }, gateway) => {
    const secret = caller && callbackSecret(gateway, caller.workspaceId);
    if (!secret) return refusal(fault('not_found', 'This instance has no secret to sign callbacks with.'));
    return { status: 200, json: { data: { secret } }, headers: { 'cache-control': 'no-store' } };
  },
};

/** Google's `operations.get`, below each of its versions. */
export const GOOGLE_OPERATION: Route = {
  ...RETRIEVE,
  path: '/operations/:id',
  handle: async ({ params, caller, origin }, gateway) => {
    const id = params.id ?? '';
    const job = await findVideo(gateway, id, caller);
    if (job) {
      const urls = contentPaths(gateway, job).map((path) => origin + path);
      const view = viewOf(job, readState(job), LIMITS.video_kept_ms, urls);
      return { status: 200, json: encodeVideo({ ...view, shape: 'google' }) };
    }
    const { status, body } = encodeGeminiFault(fault('not_found', `Operation '${id.slice(0, 100)}' not found.`), {
      id: null,
    });
    return { status, json: body };
  },
};

export const JOB_ROUTES: readonly Route[] = [LIST, RETRIEVE, CANCEL, REMOVE, SECRET];
