import { LIMITS } from '../base/limits.ts';
import { type NanoUsd, NO_MONEY, nano } from '../base/money.ts';
import type { OperationId } from '../call/operation.ts';
import type { Plan } from '../facts/plan.ts';
import type { About } from '../facts/receipt.ts';
import type { HoldBounds, HoldRequest } from '../ledger/ledger.ts';
import { type ExpectedPieces, worstCase } from '../metering/cost.ts';
import type { CallSize } from './operation.ts';
import type { CallRequest } from './receipt.ts';

type Sizes = {
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** What is expected beside tokens. */
  readonly pieces: CallSize['pieces'];
  /** Of limited scopes. */
  readonly bounds: () => HoldBounds;
};

/** What is held before a call is sent: by estimated sizes where nothing is limited, else by bounds. */
export function holdRequestOf(
  request: CallRequest<OperationId>,
  about: About,
  decided: Plan,
  { promptTokens, outputTokens, pieces, bounds }: Sizes,
): HoldRequest {
  return {
    generationId: request.id,
    accountId: request.caller.accountId,
    keyId: request.caller.keyId,
    workspaceId: request.caller.workspaceId,
    scopes: request.caller.scopes,
    model: decided.candidates[0]?.model.id ?? '',
    about,
    createdAt: request.receivedAt,
    amount: worstOf(decided, promptTokens, outputTokens, { ...pieces?.read, ...pieces?.written }),
    promptCost: worstOf(decided, promptTokens, 0, pieces?.read),
    bounds,
    promptTokens,
    outputTokens,
  };
}

/** Of a call that costs nothing: it is on record all the same. */
export const freeHoldOf = (request: CallRequest<OperationId>, about: About, model: string): HoldRequest => ({
  generationId: request.id,
  accountId: request.caller.accountId,
  keyId: request.caller.keyId,
  workspaceId: request.caller.workspaceId,
  scopes: request.caller.scopes,
  model,
  about,
  createdAt: request.receivedAt,
  amount: NO_MONEY,
  promptCost: NO_MONEY,
  promptTokens: 0,
  outputTokens: 0,
});

/** The dearest of the endpoints that may be tried. */
function worstOf(decided: Plan, promptTokens: number, outputTokens: number, pieces?: ExpectedPieces): NanoUsd {
  let worst: bigint = NO_MONEY;
  for (const { endpoint } of decided.candidates.slice(0, LIMITS.attempts_max)) {
    const cost = worstCase(endpoint.price, promptTokens, outputTokens, pieces);
    if (cost > worst) worst = cost;
  }
  return nano(worst);
}
