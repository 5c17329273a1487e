import { countsAgainst } from '../base/fault.ts';
import { dayOf } from '../base/period.ts';
import { cachedTokens, completionTokens, promptTokens } from '../call/usage.ts';
import type { Receipt } from '../facts/receipt.ts';
import { appId } from './app.ts';
import type { RollUp, Sums } from './store.ts';

const NOTHING: Sums = {
  requests: 0n,
  errors: 0n,
  promptTokens: 0n,
  completionTokens: 0n,
  reasoningTokens: 0n,
  cachedTokens: 0n,
  cost: 0n,
  byokCost: 0n,
  latencyMs: 0n,
};

/**
 * What one receipt adds to the sums of its day: the call, under the endpoint that answered it, and every failed attempt
 * as an error of the endpoint whose failure it was, whoever answered in the end. A call that failed moves no tokens.
 */
export function rollUpsOf(receipt: Receipt): readonly RollUp[] {
  const { usage, bill } = receipt;
  const isFailed = receipt.state === 'failed';
  const call: RollUp = {
    day: dayOf(receipt.createdAt),
    model: receipt.model ?? receipt.requestedModel.slice(0, 200),
    endpoint: isFailed ? '' : (receipt.endpoint ?? ''),
    provider: isFailed ? '' : (receipt.provider ?? ''),
    app: receipt.app === null ? '' : appId(receipt.app),
    keyId: receipt.keyId,
    workspaceId: receipt.workspaceId,
    ...NOTHING,
    requests: 1n,
    latencyMs: BigInt(Math.round(receipt.totalMs)),
    ...(isFailed
      ? { errors: 1n }
      : {
          promptTokens: BigInt(promptTokens(usage)),
          completionTokens: BigInt(completionTokens(usage)),
          reasoningTokens: BigInt(usage.outputReasoning),
          cachedTokens: BigInt(cachedTokens(usage)),
          cost: bill.cost,
          byokCost: bill.isByok ? (bill.upstreamCost ?? 0n) : 0n,
        }),
  };
  if (receipt.attempts.length < 2 && !isFailed) return [call];
  const errors = receipt.attempts
    .filter(({ outcome, fault }) => outcome === 'failed' && fault !== null && countsAgainst(fault))
    .map(({ model, endpoint, provider }) => ({ ...call, ...NOTHING, model, endpoint, provider, errors: 1n }));
  return [call, ...errors];
}
