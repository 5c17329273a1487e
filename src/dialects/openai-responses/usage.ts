import { countOf, isObject, type Json, type JsonObject, objectOf } from '../../base/json.ts';
import { usdNumber } from '../../base/money.ts';
import type { Bill } from '../../call/event.ts';
import { cachedTokens, completionTokens, promptTokens, type Usage, usageOf } from '../../call/usage.ts';
import { besideTotal } from '../beside-total.ts';
import { encodeToolUse } from '../openai-client-usage.ts';

/** The vendor's usage object as disjoint counts; undefined if it sent none. */
export function decodeUsage(value: Json | undefined, webSearches: number): Usage | undefined {
  if (!isObject(value)) return undefined;
  const prompt = countOf(value.input_tokens);
  const completion = countOf(value.output_tokens);
  const details = objectOf(value.input_tokens_details);
  const written = objectOf(value.output_tokens_details);
  const parts = {
    inputCacheRead: countOf(details.cached_tokens),
    inputCacheWrite: countOf(details.cache_write_tokens),
    inputAudio: countOf(details.audio_tokens),
    inputImage: countOf(details.image_tokens),
    outputReasoning: countOf(written.reasoning_tokens),
  };
  const { meters, unexplained } = besideTotal({ prompt, completion, total: countOf(value.total_tokens), parts });
  let input = prompt;
  const part = (meter: keyof typeof parts & `input${string}`): number => {
    if (meters.has(meter)) return parts[meter];
    const taken = Math.min(parts[meter], input);
    input -= taken;
    return taken;
  };
  const [inputCacheRead, inputCacheWrite] = [part('inputCacheRead'), part('inputCacheWrite')];
  const [inputAudio, inputImage] = [part('inputAudio'), part('inputImage')];
  const reasoning = parts.outputReasoning;
  const answer = meters.has('outputReasoning') ? completion : Math.max(completion - reasoning, 0);
  const outputAudio = Math.min(countOf(written.audio_tokens), answer);
  const outputImage = Math.min(countOf(written.image_tokens), answer - outputAudio);
  return usageOf({
    input: input + unexplained,
    inputCacheRead,
    inputCacheWrite,
    inputAudio,
    inputImage,
    output: answer - outputAudio - outputImage,
    outputReasoning: reasoning,
    outputAudio,
    outputImage,
    webSearches,
    ...(typeof value.cost === 'number' && value.cost >= 0 && { vendorCost: decimalOf(value.cost) }),
  });
}

const decimalOf = (cost: number): string =>
  cost
    .toFixed(12)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');

/** Counts of other kinds than text, where there are any: this dialect has words for them and no place for zeros. */
const spread = (counts: { readonly [kind: string]: number }): JsonObject =>
  Object.fromEntries(
    Object.entries(counts).flatMap(([kind, tokens]) => (tokens > 0 ? [[`${kind}_tokens`, tokens]] : [])),
  );

/** The usage object of an answer (spec §1.3), with the bill where there is one. */
export function encodeUsage(usage: Usage, bill: Bill | undefined): JsonObject {
  const prompt = promptTokens(usage);
  const completion = completionTokens(usage);
  return {
    input_tokens: prompt,
    input_tokens_details: {
      cached_tokens: cachedTokens(usage),
      cache_write_tokens: usage.inputCacheWrite + usage.inputCacheWrite1h,
      ...spread({ audio: usage.inputAudio + usage.inputAudioCacheRead, image: usage.inputImage }),
    },
    output_tokens: completion,
    output_tokens_details: {
      reasoning_tokens: usage.outputReasoning,
      ...spread({ audio: usage.outputAudio, image: usage.outputImage }),
    },
    total_tokens: prompt + completion,
    ...(usage.serverTools && { server_tool_use_details: encodeToolUse(usage) }),
    ...(bill && {
      cost: usdNumber(bill.cost),
      is_byok: bill.isByok,
      cost_details: {
        upstream_inference_cost: bill.upstreamCost === null ? null : usdNumber(bill.upstreamCost),
        upstream_inference_input_cost: usdNumber(bill.inputCost),
        upstream_inference_output_cost: usdNumber(bill.outputCost),
        ...(bill.serverToolCost !== undefined && { server_tool_cost: usdNumber(bill.serverToolCost) }),
      },
    }),
  };
}
