import type { JsonObject } from '../base/json.ts';
import { usdNumber } from '../base/money.ts';
import type { Continued, Hedged } from '../facts/receipt.ts';

/** Where an answer was cut and gone on with, as callers are told: tokens written by then, the part's cost in US dollars. */
export const continuedJson = (parts: readonly Continued[]): JsonObject[] =>
  parts.map(({ endpoint, afterTokens, cost }) => ({ endpoint, after_tokens: afterTokens, cost: usdNumber(cost) }));

/** Who was given up because another endpoint wrote first: milliseconds of silence, cost in US dollars by an estimate. */
export const hedgedJson = ({ endpoint, afterMs, charged, cost }: Hedged): JsonObject => ({
  endpoint,
  after_ms: afterMs,
  charged,
  cost: usdNumber(cost),
});
