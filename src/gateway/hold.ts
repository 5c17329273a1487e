import { LIMITS } from '../base/limits.ts';
import { type NanoUsd, NO_MONEY, nano } from '../base/money.ts';
import type { Plan } from '../facts/plan.ts';
import type { About } from '../facts/receipt.ts';
import type { HoldRequest } from '../ledger/ledger.ts';
import { worstCase } from '../metering/cost.ts';
import type { CompletionRequest, EmbeddingRequest } from './receipt.ts';

/** What is held before a call is sent: the most that this plan can cost with these sizes, in tokens. */
export function holdRequestOf(
  request: CompletionRequest | EmbeddingRequest,
  about: About,
  decided: Plan,
  { promptTokens, outputTokens }: { readonly promptTokens: number; readonly outputTokens: number },
): HoldRequest {
  return {
    generationId: request.id,
    accountId: request.caller.accountId,
    keyId: request.caller.keyId,
    workspaceId: request.caller.workspaceId,
    model: decided.candidates[0]?.model.id ?? '',
    about,
    createdAt: request.receivedAt,
    amount: worstOf(decided, promptTokens, outputTokens),
    promptCost: worstOf(decided, promptTokens, 0),
    promptTokens,
    outputTokens,
  };
}

/** The dearest of the endpoints that may be tried. */
function worstOf(decided: Plan, promptTokens: number, outputTokens: number): NanoUsd {
  let worst: bigint = NO_MONEY;
  for (const { endpoint } of decided.candidates.slice(0, LIMITS.attempts_max)) {
    const cost = worstCase(endpoint.price, promptTokens, outputTokens);
    if (cost > worst) worst = cost;
  }
  return nano(worst);
}
