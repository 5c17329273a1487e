import { arrayOf, countOf, isObject, type Json, objectOf } from '../../base/json.ts';
import { type Usage, usageOf } from '../../call/usage.ts';

/** Converse counts what a cache gave or took beside `inputTokens`, and reasoning within `outputTokens`. */
export function decodeUsage(value: Json | undefined): Usage | undefined {
  if (!isObject(value)) return undefined;
  const written = countOf(value.cacheWriteInputTokens);
  let long = 0;
  for (const entry of arrayOf(value.cacheDetails)) {
    const detail = objectOf(entry);
    if (detail.ttl === '1h') long += countOf(detail.inputTokens);
  }
  const inputCacheWrite1h = Math.min(long, written);
  return usageOf({
    input: countOf(value.inputTokens),
    inputCacheRead: countOf(value.cacheReadInputTokens),
    inputCacheWrite: written - inputCacheWrite1h,
    inputCacheWrite1h,
    output: countOf(value.outputTokens),
  });
}
