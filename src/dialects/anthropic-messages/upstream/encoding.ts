import type { JsonObject } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import type { Loss } from '../../../call/loss.ts';
import type { CacheMark } from '../../../call/message.ts';
import type { Assets } from '../../../facts/asset.ts';
import type { Target } from '../../../facts/target.ts';
import { cacheMarks } from '../../cache-marks.ts';

/** What the parts of one call's encoding share. */
export type Encoding = {
  readonly call: Call;
  readonly target: Target;
  readonly assets: Assets;
  readonly lose: (field: string, reason: string) => void;
  /** `{cache_control}` to spread, while a breakpoint is left. Asked in the order of the prompt: tools, system, messages. */
  readonly mark: (cache: CacheMark | undefined, field: string) => JsonObject;
  readonly losses: Loss[];
};

/** A receipt lists no more: a long conversation may lose the same thing in every message. */
const LOSSES_MAX = 200;

export function newEncoding(call: Call, target: Target, assets: Assets): Encoding {
  const losses: Loss[] = [];
  const lose = (field: string, reason: string): void => {
    if (losses.length < LOSSES_MAX) losses.push({ field, reason });
  };
  const placeMark = cacheMarks(call);
  const mark = (cacheMark: CacheMark | undefined, field: string): JsonObject => {
    if (!cacheMark) return {};
    const { cache, lost } = placeMark(cacheMark);
    if (lost !== undefined) lose(`${field}.cache_control`, lost);
    return cache ? { cache_control: { type: 'ephemeral', ...(cache.ttl === '1h' && { ttl: '1h' }) } } : {};
  };
  return { call, target, assets, lose, mark, losses };
}
