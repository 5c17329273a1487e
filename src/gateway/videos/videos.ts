import { fault } from '../../base/fault.ts';
import { LIMITS } from '../../base/limits.ts';
import type { VideoCall, VideoReply } from '../../call/video.ts';
import type { Modality } from '../../catalog/model.ts';
import { priceAtInstant } from '../../catalog/price.ts';
import { jobIdOf } from '../../dialects/video-answer.ts';
import { pixelsOfShot, type Shot, shotOf } from '../../dialects/video-capabilities.ts';
import type { Receipt } from '../../facts/receipt.ts';
import type { Target } from '../../facts/target.ts';
import { NO_BILL } from '../../metering/cost.ts';
import {
  estimateFilm,
  exposuresOfFilm,
  type FilmSource,
  picturesOf,
  SECONDS_UNSAID,
  usageOfFilm,
  writtenOf,
} from '../../metering/filming.ts';
import { askVendor } from '../../upstream/vendor-exchange.ts';
import { videoErrand } from '../../upstream/video-errand.ts';
import type { CallContext, HandingOver, Operation } from '../operation.ts';
import { plainQuestion } from '../question.ts';
import { wholeDelivery } from '../whole.ts';
import { packPrice, type VideoState, writeState } from './video-state.ts';

/** Videos are filmed: a call begins a vendor's task, and a job goes on with it. */
export const videos: Operation<'videos'> = {
  id: 'videos',
  isStreamed: () => false,
  sizeOf: (call) => {
    const promptTokens = estimateFilm(call);
    return {
      promptTokens,
      longestPromptTokens: promptTokens,
      pieces: { read: { images: picturesOf(call) }, written: writtenOf(call) },
    };
  },
  questionOf: (call, surroundings) => ({
    ...plainQuestion(call, surroundings),
    operation: 'videos',
    inputModalities: modalitiesOf(call),
    outputModalities: ['video'],
  }),
  exposedOf: (call) => ({ exposures: exposuresOfFilm(call), call: null, times: 1 }),
  outputOf: () => ({ tokens: 0, answers: 1 }),
  begin: (context, means) => {
    const { gateway, request } = context;
    return {
      errand: videoErrand(gateway.dialects, request.call),
      delivery: wholeDelivery(context, means, {
        estimate: () => usageOfFilm({ seconds: 0, videos: 0, kind: NO_KIND }, sourceOf(context)),
        usageOf: (_reply, target) => {
          const shot = shotAt(context, target);
          return usageOfFilm({ seconds: shot.seconds, videos: 1, kind: kindOf(shot) }, sourceOf(context));
        },
      }),
    };
  },
  handOver,
};

const sourceOf = ({ request, size }: CallContext<'videos'>): FilmSource => ({
  promptTokens: size.promptTokens,
  pictures: picturesOf(request.call),
});

const NO_KIND = { resolution: '720p', audio: 'without' } as const;
const kindOf = ({ resolution, audio }: Shot) => ({
  resolution,
  audio: audio ? ('with' as const) : ('without' as const),
});

const modalitiesOf = ({ firstFrame, lastFrame, references }: VideoCall): Modality[] =>
  firstFrame || lastFrame || references.length > 0 ? ['text', 'image'] : ['text'];

/** What the endpoint was asked to film: it took the call, so that it films it. */
function shotAt({ gateway, request }: CallContext<'videos'>, target: Target): Shot {
  const takes = gateway.dialects.of('videos', target.endpoint.dialect.id).takes(target);
  const shot = shotOf(request.call, takes, target);
  if (shot.ok) return shot.value;
  const { seconds = SECONDS_UNSAID } = request.call;
  return { seconds, resolution: takes.resolutionDefault, ratio: undefined, audio: takes.audio === 'always' };
}

/** Rejects where there is no job: the hold has ended without charge, and the task was called off where that can be. */
async function handOver(
  context: CallContext<'videos'>,
  { hold, receipt, reply, target }: HandingOver<'videos'>,
): Promise<void> {
  const { gateway, request } = context;
  const state = stateOf(context, { receipt, reply, target });
  const job = {
    id: jobIdOf(request.id),
    kind: 'videos' as const,
    status: reply.state === 'waiting' ? ('pending' as const) : ('in_progress' as const),
    accountId: request.caller.accountId,
    workspaceId: request.caller.workspaceId,
    keyId: request.caller.keyId,
    createdAt: request.receivedAt,
    state: writeState(state),
    dueMs: state.waitMs,
    deadlineMs: LIMITS.video_deadline_ms,
  };
  const begun = await hold
    .handOver((held) => gateway.jobs.store.begin(job, held))
    .catch((cause: unknown) => {
      gateway.log('a job could not be written down', cause);
      return false;
    });
  if (begun) return gateway.jobs.wake();
  const { cancel } = state;
  if (cancel) void askVendor(gateway.upstream, { endpoint: target.endpoint, key: state.key }, cancel);
  const lost = fault('server', 'The gateway could not write this video down.');
  await hold.release({ ...receipt, state: 'failed', bill: NO_BILL, fault: lost });
  throw new Error(lost.message);
}

type Begun = { readonly receipt: Receipt; readonly reply: VideoReply; readonly target: Target };

function stateOf(context: CallContext<'videos'>, { receipt, reply, target }: Begun): VideoState {
  const { request } = context;
  const { call } = request;
  const shot = shotAt(context, target);
  const { width, height } = call.size ?? pixelsOfShot(shot);
  const { bill: _bill, usage: _usage, ...known } = receipt;
  return {
    shape: call.shape,
    model: target.model.id,
    endpoint: target.endpoint.id,
    key: receipt.attempts.at(-1)?.key ?? '',
    task: reply.id,
    poll: reply.poll,
    cancel: reply.cancel,
    callbackUrl: call.callbackUrl,
    seconds: shot.seconds,
    size: `${width}x${height}`,
    kind: kindOf(shot),
    source: sourceOf(context),
    progress: reply.progress ?? 0,
    waitMs: reply.state === 'done' ? 0 : LIMITS.video_poll_ms,
    failures: 0,
    videos: [],
    receipt: known,
    price: packPrice(priceAtInstant(target.endpoint.price, request.receivedAt)),
  };
}
