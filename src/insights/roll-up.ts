import { dayOf } from '../base/period.ts';
import { completionTokens, promptTokens } from '../call/usage.ts';
import type { Receipt } from '../facts/receipt.ts';
import { appId } from './app.ts';
import type { RollUp } from './store.ts';

/** What one receipt adds to the sums of its day. A caller who left is no error of the endpoint. */
export function rollUpOf(receipt: Receipt): RollUp {
  const { usage, bill } = receipt;
  return {
    day: dayOf(receipt.createdAt),
    model: receipt.model ?? receipt.requestedModel.slice(0, 200),
    endpoint: receipt.endpoint ?? '',
    provider: receipt.provider ?? '',
    app: receipt.app === null ? '' : appId(receipt.app),
    keyId: receipt.keyId,
    workspaceId: receipt.workspaceId,
    requests: 1n,
    errors: receipt.state === 'failed' || receipt.state === 'interrupted' ? 1n : 0n,
    promptTokens: BigInt(promptTokens(usage)),
    completionTokens: BigInt(completionTokens(usage)),
    reasoningTokens: BigInt(usage.outputReasoning),
    cachedTokens: BigInt(usage.inputCacheRead),
    cost: bill.cost,
    byokCost: bill.isByok ? (bill.upstreamCost ?? 0n) : 0n,
    latencyMs: BigInt(Math.round(receipt.totalMs)),
  };
}
