import type { JsonObject } from '../base/json.ts';
import { usdNumber } from '../base/money.ts';
import type { Bill } from '../call/event.ts';

/** A bill as members of a usage object (spec §2.2): US dollars, as JSON numbers because the compatible API demands them. */
export const encodeBill = (bill: Bill): JsonObject => ({
  cost: usdNumber(bill.cost),
  is_byok: bill.isByok,
  cost_details: {
    upstream_inference_cost: bill.upstreamCost === null ? null : usdNumber(bill.upstreamCost),
    upstream_inference_prompt_cost: usdNumber(bill.inputCost),
    upstream_inference_completions_cost: usdNumber(bill.outputCost),
    ...(bill.serverToolCost !== undefined && { server_tool_cost: usdNumber(bill.serverToolCost) }),
  },
});
