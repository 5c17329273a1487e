import type { JsonObject } from '../base/json.ts';
import { usdNumber } from '../base/money.ts';
import type { Continued } from '../facts/receipt.ts';

/** Where an answer was cut and gone on with, as callers are told: tokens written by then, the part's cost in US dollars. */
export const continuedJson = (parts: readonly Continued[]): JsonObject[] =>
  parts.map(({ endpoint, afterTokens, cost }) => ({ endpoint, after_tokens: afterTokens, cost: usdNumber(cost) }));
