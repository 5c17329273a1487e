import { countOf, isObject, type Json, type JsonObject, objectOf } from '../../base/json.ts';
import { usdNumber } from '../../base/money.ts';
import type { Bill } from '../../call/event.ts';
import { completionTokens, promptTokens, type Usage, usageOf } from '../../call/usage.ts';

/** The vendor's usage object as disjoint counts; undefined if it sent none. */
export function decodeUsage(value: Json | undefined, webSearches: number): Usage | undefined {
  if (!isObject(value)) return undefined;
  const prompt = countOf(value.input_tokens);
  const details = objectOf(value.input_tokens_details);
  const inputCacheRead = Math.min(prompt, countOf(details.cached_tokens));
  const inputCacheWrite = Math.min(prompt - inputCacheRead, countOf(details.cache_write_tokens));
  const reported = countOf(value.output_tokens);
  const reasoning = countOf(objectOf(value.output_tokens_details).reasoning_tokens);
  const completion = excludesReasoning(value, reasoning) ? reported + reasoning : Math.max(reported, reasoning);
  return usageOf({
    input: prompt - inputCacheRead - inputCacheWrite,
    inputCacheRead,
    inputCacheWrite,
    output: completion - reasoning,
    outputReasoning: reasoning,
    webSearches,
    ...(typeof value.cost === 'number' && value.cost >= 0 && { vendorCost: decimalOf(value.cost) }),
  });
}

/** Some hosts count reasoning beside `output_tokens`; their total tells. */
function excludesReasoning(value: JsonObject, reasoning: number): boolean {
  const sum = countOf(value.input_tokens) + countOf(value.output_tokens);
  const total = countOf(value.total_tokens);
  return reasoning > 0 && total === sum + reasoning;
}

const decimalOf = (cost: number): string =>
  cost
    .toFixed(12)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');

/** The usage object of an answer (spec §1.3), with the bill where there is one. */
export function encodeUsage(usage: Usage, bill: Bill | undefined): JsonObject {
  const prompt = promptTokens(usage);
  const completion = completionTokens(usage);
  return {
    input_tokens: prompt,
    input_tokens_details: {
      cached_tokens: usage.inputCacheRead,
      cache_write_tokens: usage.inputCacheWrite + usage.inputCacheWrite1h,
    },
    output_tokens: completion,
    output_tokens_details: { reasoning_tokens: usage.outputReasoning },
    total_tokens: prompt + completion,
    ...(bill && {
      cost: usdNumber(bill.cost),
      is_byok: bill.isByok,
      cost_details: {
        upstream_inference_cost: bill.upstreamCost === null ? null : usdNumber(bill.upstreamCost),
        upstream_inference_input_cost: usdNumber(bill.inputCost),
        upstream_inference_output_cost: usdNumber(bill.outputCost),
      },
    }),
  };
}
