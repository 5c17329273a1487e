import { countOf, isObject, type Json, type JsonObject, objectOf } from '../../../base/json.ts';
import { type Usage, usageOf } from '../../../call/usage.ts';

/** Who counts what: some vendors leave reasoning out of `completion_tokens` (xAI, read 2026-11-22). */
export type UsageConvention = { readonly completionExcludesReasoning: boolean };

/**
 * OpenAI's overlapping counts as disjoint ones. Parts that exceed their whole (161 cached of 7 prompt tokens has been
 * seen) are cut to it. Undefined if nothing was counted.
 */
export function decodeUsage(value: Json | undefined, convention: UsageConvention): Usage | undefined {
  if (!isObject(value)) return undefined;
  const prompt = countOf(value.prompt_tokens);
  const completion = countOf(value.completion_tokens);
  if (prompt === 0 && completion === 0) return undefined;
  const promptParts = objectOf(value.prompt_tokens_details);
  const outputParts = objectOf(value.completion_tokens_details);
  const reasoning = countOf(outputParts.reasoning_tokens ?? value.reasoning_tokens);
  const beside = convention.completionExcludesReasoning || isBeside(value, prompt, completion, reasoning);

  const input = remainder(prompt);
  const inputCacheRead = input.take(
    promptParts.cached_tokens ?? value.prompt_cache_hit_tokens ?? value.cached_tokens ?? value.cache_read_input_tokens,
  );
  const inputCacheWrite = input.take(
    promptParts.cache_write_tokens ?? promptParts.cache_creation_tokens ?? value.cache_creation_input_tokens,
  );
  const inputAudio = input.take(promptParts.audio_tokens);
  const output = remainder(completion + (beside ? reasoning : 0));
  const outputReasoning = output.take(reasoning);
  const outputAudio = output.take(outputParts.audio_tokens);
  const outputImage = output.take(outputParts.image_tokens);
  const vendorCost = costOf(value.cost);
  return usageOf({
    input: input.rest(),
    inputCacheRead,
    inputCacheWrite,
    inputAudio,
    output: output.rest(),
    outputReasoning,
    outputAudio,
    outputImage,
    webSearches: searchesOf(value),
    ...prediction('acceptedPrediction', outputParts.accepted_prediction_tokens),
    ...prediction('rejectedPrediction', outputParts.rejected_prediction_tokens),
    ...(vendorCost !== undefined && { vendorCost }),
  });
}

/** The vendor's own total says whether reasoning stands beside the completion. */
const isBeside = (usage: JsonObject, prompt: number, completion: number, reasoning: number): boolean =>
  reasoning > 0 && countOf(usage.total_tokens) === prompt + completion + reasoning;

function remainder(whole: number) {
  let left = whole;
  return {
    take: (value: unknown): number => {
      const part = Math.min(countOf(value), left);
      left -= part;
      return part;
    },
    rest: (): number => left,
  };
}

const prediction = (name: 'acceptedPrediction' | 'rejectedPrediction', value: unknown): Partial<Usage> =>
  countOf(value) > 0 ? { [name]: countOf(value) } : {};

const searchesOf = (usage: JsonObject): number =>
  countOf(
    objectOf(usage.server_tool_use_details ?? usage.server_tool_use).web_search_requests ?? usage.num_search_queries,
  );

/** OpenRouter gives a number, Perplexity an object with a total: both US dollars. */
function costOf(cost: Json | undefined): string | undefined {
  const value = isObject(cost) ? cost.total_cost : cost;
  if (typeof value !== 'number' || !(value > 0) || value > 1e9) return undefined;
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}
