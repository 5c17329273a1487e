import { countOf, isObject, type JsonObject, objectOf } from '../../base/json.ts';
import { type Usage, usageOf } from '../../call/usage.ts';

/**
 * Cohere reports what it bills (`billed_units`) and what the model read, its hidden preamble included (`tokens`,
 * `cached_tokens`). Usage is for the bill, so the billed units count; the others only where those are missing.
 */
export function decodeUsage(usage: JsonObject): Usage | undefined {
  const billed = objectOf(usage.billed_units);
  const webSearches = countOf(billed.search_units);
  if ('input_tokens' in billed || 'output_tokens' in billed)
    return usageOf({ input: countOf(billed.input_tokens), output: countOf(billed.output_tokens), webSearches });
  if (!isObject(usage.tokens)) return undefined;
  const prompt = countOf(usage.tokens.input_tokens);
  const inputCacheRead = Math.min(countOf(usage.cached_tokens), prompt);
  return usageOf({
    input: prompt - inputCacheRead,
    inputCacheRead,
    output: countOf(usage.tokens.output_tokens),
    webSearches,
  });
}
