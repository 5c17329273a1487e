import { countOf, isObject, type Json, type JsonObject, objectOf } from '../../../base/json.ts';
import type { Usage } from '../../../call/usage.ts';
import { type BesideMeter, besideTotal } from '../../beside-total.ts';
import type { UpstreamContext } from '../../dialect.ts';

/** Who counts what: some vendors leave reasoning out of `completion_tokens` (xAI, read 2026-11-22). */
export type UsageConvention = {
  readonly completionExcludesReasoning: boolean;
  /** What tokens are that only the total counts; asked for only where there are any. */
  readonly surplus: () => Surplus;
};

type Surplus = 'input' | BesideMeter;

/**
 * Tokens that no part explains are the sound that was sent, as with Voxtral; else a reasoning model's thoughts, which
 * Gemini's compatible endpoint names nowhere else; else whatever else was sent.
 */
function surplusOf({ call, target }: UpstreamContext): Surplus {
  const sent = new Set(call.messages.flatMap(({ parts }) => parts.map(({ type }) => type)));
  if (sent.has('audio')) return 'inputAudio';
  if (target.endpoint.reasoning) return 'outputReasoning';
  return sent.has('image') ? 'inputImage' : sent.has('video') ? 'inputVideo' : 'input';
}

export const conventionOf = (upstream: UpstreamContext): UsageConvention => ({
  completionExcludesReasoning: upstream.target.endpoint.dialect.quirks.includes('completion-excludes-reasoning'),
  surplus: () => surplusOf(upstream),
});

/** OpenAI's overlapping counts as disjoint ones. Undefined if nothing was counted. */
export function decodeUsage(value: Json | undefined, convention: UsageConvention): Usage | undefined {
  if (!isObject(value)) return undefined;
  const prompt = countOf(value.prompt_tokens ?? value.input_tokens);
  const completion = countOf(value.completion_tokens ?? value.output_tokens);
  if (prompt === 0 && completion === 0) return undefined;
  const outputParts = objectOf(value.completion_tokens_details ?? value.output_tokens_details);
  const parts = partsOf(value, outputParts);
  const { meters, unexplained } = besideTotal({ prompt, completion, total: countOf(value.total_tokens), parts });
  const spoken = countOf(value.prompt_audio_seconds);
  const surplus = unexplained === 0 ? null : spoken > 0 ? 'inputAudio' : untold(convention.surplus(), parts);
  const also = (meter: Surplus): number => (meter === surplus ? unexplained : 0);
  const isOutside = (meter: BesideMeter): boolean =>
    meters.has(meter) || (meter === 'outputReasoning' && isReasoningBeside(value, completion, convention));

  const input = remainder(prompt);
  const output = remainder(completion);
  const part = (whole: ReturnType<typeof remainder>, meter: BesideMeter): number =>
    isOutside(meter) ? parts[meter] : whole.take(parts[meter]);
  const inputCacheRead = part(input, 'inputCacheRead');
  const inputCacheWrite = part(input, 'inputCacheWrite');
  const inputAudio = part(input, 'inputAudio');
  const inputImage = part(input, 'inputImage');
  const inputVideo = part(input, 'inputVideo');
  const outputReasoning = part(output, 'outputReasoning');
  const outputAudio = output.take(outputParts.audio_tokens);
  const outputImage = output.take(outputParts.image_tokens);
  const outputVideo = output.take(outputParts.video_tokens);
  // All counts by their names: a few that are laid over a copy of none take several times as long.
  const usage: Usage = {
    input: input.rest() + also('input'),
    inputCacheRead,
    inputCacheWrite,
    inputCacheWrite1h: 0,
    inputAudio: inputAudio + also('inputAudio'),
    inputAudioCacheRead: 0,
    inputImage: inputImage + also('inputImage'),
    inputVideo: inputVideo + also('inputVideo'),
    output: output.rest(),
    outputReasoning: outputReasoning + also('outputReasoning'),
    outputAudio,
    outputImage,
    outputVideo,
    images: 0,
    outputImages: 0,
    inputSeconds: spoken,
    outputSeconds: 0,
    outputVideos: 0,
    inputCharacters: 0,
    searchUnits: 0,
    webSearches: searchesOf(value),
    source: 'provider',
  };
  const more = beside(value, outputParts);
  return more ? { ...usage, ...more } : usage;
}

/** What the vendor tells beside its counts; null = nothing, as mostly. */
function beside(value: JsonObject, outputParts: JsonObject): Partial<Usage> | null {
  const acceptedPrediction = countOf(outputParts.accepted_prediction_tokens);
  const rejectedPrediction = countOf(outputParts.rejected_prediction_tokens);
  const vendorCost = costOf(value);
  if (acceptedPrediction === 0 && rejectedPrediction === 0 && vendorCost === undefined) return null;
  return {
    ...(acceptedPrediction > 0 && { acceptedPrediction }),
    ...(rejectedPrediction > 0 && { rejectedPrediction }),
    ...(vendorCost !== undefined && { vendorCost }),
  };
}

/** A part that the vendor counts is not what is missing. */
const untold = (meter: Surplus, parts: { readonly [M in BesideMeter]: number }): Surplus =>
  meter !== 'input' && parts[meter] > 0 ? 'input' : meter;

/** The parts as the vendor tells them, by whatever name. */
function partsOf(value: JsonObject, outputParts: JsonObject): { readonly [M in BesideMeter]: number } {
  const parts = objectOf(value.prompt_tokens_details ?? value.input_tokens_details);
  return {
    inputCacheRead: countOf(
      parts.cached_tokens ||
        (value.prompt_cache_hit_tokens ??
          value.cached_tokens ??
          value.num_cached_tokens ??
          value.cache_read_input_tokens),
    ),
    inputCacheWrite: countOf(
      parts.cache_write_tokens ??
        parts.cache_creation_tokens ??
        parts.cache_creation_input_tokens ??
        value.cache_creation_input_tokens,
    ),
    inputAudio: countOf(parts.audio_tokens),
    inputImage: countOf(parts.image_tokens),
    inputVideo: countOf(parts.video_tokens),
    outputReasoning: countOf(outputParts.reasoning_tokens ?? value.reasoning_tokens),
  };
}

/**
 * Perplexity's deep research counts reasoning beside the completion without adding it to the total, as its prices do; not
 * seen on the wire by us.
 */
const isReasoningBeside = (usage: JsonObject, completion: number, convention: UsageConvention): boolean =>
  convention.completionExcludesReasoning || countOf(usage.reasoning_tokens) > completion;

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

const searchesOf = (usage: JsonObject): number =>
  countOf(
    objectOf(usage.server_tool_use_details ?? usage.server_tool_use).web_search_requests ?? usage.num_search_queries,
  );

/**
 * US dollars: OpenRouter gives a number, Perplexity an object with a total, DeepInfra an estimate, xAI ticks of 1e-10
 * dollars (seen in clients, read 2026-11-24).
 */
function costOf({ cost, estimated_cost, cost_in_usd_ticks: ticks }: JsonObject): string | undefined {
  const dollarCost = isObject(cost) ? cost.total_cost : (cost ?? estimated_cost);
  const value = typeof ticks === 'number' ? ticks / 1e10 : dollarCost;
  if (typeof value !== 'number' || !(value > 0) || value > 1e9) return undefined;
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}
