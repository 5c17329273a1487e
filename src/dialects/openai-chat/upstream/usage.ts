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
  const completion = countOf(value.completion_tokens ?? value.output_tokens);
  const prompt = promptOf(value, completion);
  if (prompt === 0 && completion === 0) return undefined;
  const promptParts = objectOf(value.prompt_tokens_details);
  const outputParts = objectOf(value.completion_tokens_details);
  const reasoning = countOf(outputParts.reasoning_tokens ?? value.reasoning_tokens);
  const beside = convention.completionExcludesReasoning || isBeside(value, prompt, completion, reasoning);

  const input = remainder(prompt);
  const inputCacheRead = input.take(
    promptParts.cached_tokens ||
      (value.prompt_cache_hit_tokens ??
        value.cached_tokens ??
        value.num_cached_tokens ??
        value.cache_read_input_tokens),
  );
  const inputCacheWrite = input.take(
    promptParts.cache_write_tokens ??
      promptParts.cache_creation_tokens ??
      promptParts.cache_creation_input_tokens ??
      value.cache_creation_input_tokens,
  );
  const inputAudio = input.take(promptParts.audio_tokens);
  const output = remainder(completion + (beside ? reasoning : 0));
  const outputReasoning = output.take(reasoning);
  const outputAudio = output.take(outputParts.audio_tokens);
  const outputImage = output.take(outputParts.image_tokens);
  const vendorCost = costOf(value);
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

/**
 * Anthropic's names for cached tokens may come with Anthropic's meaning, where the prompt does not include them: if they
 * are more than the prompt, or the total says so.
 */
function promptOf(usage: JsonObject, completion: number): number {
  const prompt = countOf(usage.prompt_tokens ?? usage.input_tokens);
  const cached = countOf(usage.cache_read_input_tokens) + countOf(usage.cache_creation_input_tokens);
  const isOutside = cached > prompt || countOf(usage.total_tokens) === prompt + completion + cached;
  return isOutside ? prompt + cached : prompt;
}

/**
 * The vendor's own total says whether reasoning stands beside the completion. Perplexity's deep research counts it there
 * without adding it to the total, as its prices do; not seen on the wire by us.
 */
const isBeside = (usage: JsonObject, prompt: number, completion: number, reasoning: number): boolean =>
  countOf(usage.reasoning_tokens) > completion ||
  (reasoning > 0 && countOf(usage.total_tokens) === prompt + completion + reasoning);

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

/**
 * US dollars: OpenRouter gives a number, Perplexity an object with a total, DeepInfra an estimate, xAI ticks of 1e-10
 * dollars (seen in clients, read 2026-11-24).
 */
function costOf({ cost, estimated_cost, cost_in_usd_ticks: ticks }: JsonObject): string | undefined {
  const told = isObject(cost) ? cost.total_cost : (cost ?? estimated_cost);
  const value = typeof ticks === 'number' ? ticks / 1e10 : told;
  if (typeof value !== 'number' || !(value > 0) || value > 1e9) return undefined;
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}
