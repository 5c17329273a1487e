import { createHmac } from 'node:crypto';
import { LIMITS } from '../../base/limits.ts';
import { PRODUCT } from '../../base/product.ts';
import { encodeVideo } from '../../dialects/video-answer.ts';
import type { JobClaim } from '../../ledger/jobs.ts';
import { post } from '../../telemetry/post.ts';
import type { Gateway } from '../gateway.ts';
import { contentPaths } from './links.ts';
import { type VideoState, viewOf } from './video-state.ts';

/** Between two tries: 5 s, 20 s, 80 s and so on, an hour at most; the last comes some three hours after the first. */
const AGAIN_MS = { first: 5_000, factor: 4, most: 3_600_000 } as const;

/** What a workspace's callbacks are signed with: hex, known to whoever has a key of the workspace. Null = none can be. */
export function callbackSecret(gateway: Pick<Gateway, 'signingKey'>, workspaceId: string): string | null {
  const key = gateway.signingKey('callbacks');
  return key && createHmac('sha256', key).update(workspaceId).digest('hex');
}

/**
 * Posts the end of a video to where its caller wished, as OpenRouter does (spec §1.6): signed over time and body, with a
 * key for whoever may get it twice. Through the guard of all that callers name; what it answers is not read.
 */
export async function tellCaller(gateway: Gateway, claim: JobClaim, state: VideoState): Promise<void> {
  const { job, tries } = claim;
  const { jobs, world } = gateway;
  const over = { keptMs: LIMITS.video_kept_ms };
  const secret = callbackSecret(gateway, job.workspaceId);
  if (state.callbackUrl === undefined || secret === null || tries > LIMITS.callback_tries_max) {
    if (state.callbackUrl !== undefined) gateway.log(`the callback of ${job.id} was given up`);
    await jobs.store.told(claim, over);
    return;
  }
  const now = Math.floor(world.now() / 1000);
  const video = encodeVideo({
    ...viewOf(job, state, LIMITS.video_kept_ms, contentPaths(gateway, job)),
    shape: 'openrouter',
  });
  const body = JSON.stringify({ type: `video.generation.${job.status}`, created_at: now, data: video });
  const signature = createHmac('sha256', secret).update(`${now},${body}`).digest('hex');
  const headers = {
    'user-agent': PRODUCT.userAgent,
    'x-openrouter-signature': `t=${now},v1=${signature}`,
    'x-openrouter-idempotency-key': `${job.id}-${job.status}`,
  };
  const sent = await post(world, { url: state.callbackUrl, headers, isCompressed: false, reach: 'public' }, body);
  const isOver = sent.kind === 'taken' || (sent.kind === 'refused' && tries >= 3) || tries >= LIMITS.callback_tries_max;
  if (isOver && sent.kind !== 'taken') gateway.log(`the callback of ${job.id} was given up: ${sent.why}`);
  const againMs = Math.min(AGAIN_MS.most, AGAIN_MS.first * AGAIN_MS.factor ** (tries - 1));
  await jobs.store.told(claim, isOver ? over : { againMs });
}
