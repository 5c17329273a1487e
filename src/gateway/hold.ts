import { LIMITS } from '../base/limits.ts';
import { type NanoUsd, NO_MONEY, nano } from '../base/money.ts';
import type { OperationId } from '../call/operation.ts';
import type { Plan } from '../facts/plan.ts';
import type { About } from '../facts/receipt.ts';
import type { HoldBounds, HoldRequest } from '../ledger/ledger.ts';
import { type ExpectedPieces, worstCase } from '../metering/cost.ts';
import { chargedOf } from './charge.ts';
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
    amount: worstOf(decided.candidates, promptTokens, outputTokens, { ...pieces?.read, ...pieces?.written }),
    promptCost: worstOf(promptPayers(decided), promptTokens, 0, pieces?.read),
    bounds,
    ...byokOf(request, decided),
    promptTokens,
    outputTokens,
  };
}

/** Named only where such a call may be paid by the account's own key, and some limit counts that. */
const byokOf = ({ caller }: CallRequest<OperationId>, { candidates }: Plan): Pick<HoldRequest, 'byokScopes'> | null =>
  caller.byokScopes?.length && candidates.some(({ payer }) => payer) ? { byokScopes: caller.byokScopes } : null;

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

/** A call that breaks off where the account's own key was asked first is charged no more than that costs it. */
const promptPayers = ({ candidates }: Plan): Plan['candidates'] =>
  candidates[0]?.payer ? candidates.slice(0, 1) : candidates;

/** The dearest of the endpoints that may be tried. */
function worstOf(
  candidates: Plan['candidates'],
  promptTokens: number,
  outputTokens: number,
  pieces?: ExpectedPieces,
): NanoUsd {
  let worst: bigint = NO_MONEY;
  for (const candidate of candidates.slice(0, LIMITS.attempts_max)) {
    const cost = chargedOf(candidate, worstCase(candidate.endpoint.price, promptTokens, outputTokens, pieces));
    if (cost > worst) worst = cost;
  }
  return nano(worst);
}
