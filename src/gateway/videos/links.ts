import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Job } from '../../facts/job.ts';
import type { Gateway } from '../gateway.ts';

/**
 * Where a finished video is fetched, below the instance's own address. The path carries a token of its own: programs
 * fetch what `unsigned_urls` names without their key (@openrouter/ai-sdk-provider hands them to a plain download, read
 * 2026-11-29). Whoever has the address has the video, and nothing else.
 */
export function contentPaths(gateway: Pick<Gateway, 'signingKey'>, job: Job): readonly string[] {
  const token = tokenOf(gateway, job.id);
  return [`/api/v1/videos/${job.id}/content?index=0${token === null ? '' : `&token=${token}`}`];
}

export function isToken(gateway: Pick<Gateway, 'signingKey'>, jobId: string, text: string): boolean {
  const token = tokenOf(gateway, jobId);
  if (token === null || text.length !== token.length) return false;
  return timingSafeEqual(Buffer.from(text), Buffer.from(token));
}

function tokenOf({ signingKey }: Pick<Gateway, 'signingKey'>, jobId: string): string | null {
  const key = signingKey('video links');
  return key && createHmac('sha256', key).update(jobId).digest('base64url');
}
