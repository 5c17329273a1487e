import type { JsonObject } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import type { Loss } from '../../../call/loss.ts';
import type { CacheMark } from '../../../call/message.ts';
import type { Assets } from '../../../facts/asset.ts';
import type { Target } from '../../../facts/target.ts';

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

const MARKS_MAX = 4;
/** A receipt lists no more: a long conversation may lose the same thing in every message. */
const LOSSES_MAX = 200;

/** Anthropic takes four breakpoints. Of more, the first (tools and system) and the last three, which reach furthest, stay. */
export function newEncoding(call: Call, target: Target, assets: Assets): Encoding {
  const losses: Loss[] = [];
  const lose = (field: string, reason: string): void => {
    if (losses.length < LOSSES_MAX) losses.push({ field, reason });
  };
  const total = countMarks(call);
  let at = 0;
  const mark = (cache: CacheMark | undefined, field: string): JsonObject => {
    if (!cache) return {};
    const place = at++;
    if (total > MARKS_MAX && place > 0 && place <= total - MARKS_MAX) {
      lose(`${field}.cache_control`, `at most ${MARKS_MAX} cache breakpoints are taken`);
      return {};
    }
    return { cache_control: { type: 'ephemeral', ...(cache.ttl === '1h' && { ttl: '1h' }) } };
  };
  return { call, target, assets, lose, mark, losses };
}

function countMarks(call: Call): number {
  let count = call.cache ? 1 : 0;
  for (const tool of call.tools) if (tool.type === 'function' && tool.cache) count++;
  for (const message of call.messages) {
    if (message.role === 'tool' && message.cache) count++;
    for (const part of message.parts) if (part.cache) count++;
  }
  return count;
}
