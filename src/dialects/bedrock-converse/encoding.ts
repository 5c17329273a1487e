import type { Call } from '../../call/call.ts';
import type { Loss } from '../../call/loss.ts';
import type { CacheMark } from '../../call/message.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import { cacheMarks, type PlacedMark } from '../cache-marks.ts';

/** One request being written: what it is written from and what it could not carry. */
export type Encoding = {
  readonly call: Call;
  readonly target: Target;
  readonly assets: Assets;
  readonly losses: Loss[];
  /** Names of the documents sent so far: Bedrock wants them unique. */
  readonly documents: Set<string>;
  readonly placeMark: (mark: CacheMark) => PlacedMark;
};

export function createEncoding(call: Call, target: Target, assets: Assets): Encoding {
  return { call, target, assets, losses: [], documents: new Set(), placeMark: cacheMarks(call) };
}

export function lose(encoding: Encoding, field: string, reason: string): void {
  encoding.losses.push({ field, reason });
}

/** The family of a Bedrock model is in its id: `us.anthropic.claude-…`, `amazon.nova-…`, `openai.gpt-oss-…`. */
export type ConverseFamily = 'claude' | 'nova' | 'other';

export function familyOf(target: Target): ConverseFamily {
  const id = target.endpoint.upstreamId;
  // An application inference profile's ARN says nothing: then the catalogue's model does.
  const name = id.startsWith('arn:') ? `${id} ${target.model.id}` : id;
  return /claude/i.test(name) ? 'claude' : /nova/i.test(name) ? 'nova' : 'other';
}
