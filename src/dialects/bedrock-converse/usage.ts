import { arrayOf, countOf, isObject, type Json, type JsonObject, objectOf } from '../../base/json.ts';
import { type Usage, usageOf } from '../../call/usage.ts';

/** The tier that served, beside the count: `{serviceTier:{type}}` (API_runtime_ConverseStreamMetadataEvent, read 2026-11-25). */
export function tierOf({ serviceTier }: JsonObject): { readonly serviceTier?: string } {
  const { type } = objectOf(serviceTier);
  return typeof type === 'string' ? { serviceTier: type } : {};
}

/**
 * Converse counts what a cache gave or took beside `inputTokens`, and reasoning within `outputTokens`. Where a family
 * counts the cache within its input, the total says so.
 */
export function decodeUsage(value: Json | undefined): Usage | undefined {
  if (!isObject(value)) return undefined;
  const written = countOf(value.cacheWriteInputTokens);
  let long = 0;
  for (const entry of arrayOf(value.cacheDetails)) {
    const detail = objectOf(entry);
    if (detail.ttl === '1h') long += countOf(detail.inputTokens);
  }
  const inputCacheWrite1h = Math.min(long, written);
  const read = countOf(value.cacheReadInputTokens);
  const inputCount = countOf(value.inputTokens);
  const isWithin =
    countOf(value.totalTokens) === inputCount + countOf(value.outputTokens) && inputCount >= read + written;
  return usageOf({
    input: isWithin ? inputCount - read - written : inputCount,
    inputCacheRead: read,
    inputCacheWrite: written - inputCacheWrite1h,
    inputCacheWrite1h,
    output: countOf(value.outputTokens),
  });
}
