import { fault } from '../base/fault.ts';
import { type NanoUsd, NO_MONEY, nano } from '../base/money.ts';
import { usageOf } from '../call/usage.ts';
import { partsOfEndpoint } from '../catalog/model.ts';
import type { Receipt } from '../facts/receipt.ts';
import type { Intent } from './store.ts';

/** What an abandoned call is charged: the prompt and the output last counted, never above its hold, zero if never sent. */
export function recoveredCost(intent: Intent): NanoUsd {
  if (!intent.dispatched) return NO_MONEY;
  const spent = intent.promptCost + intent.checkpoint;
  return nano(spent < intent.amount ? spent : intent.amount);
}

/** The receipt of a call whose process died, or that nobody settled in time. */
export function interruptedReceipt(intent: Intent, now: number): Receipt {
  const cost = recoveredCost(intent);
  const inputCost = nano(cost < intent.promptCost ? cost : intent.promptCost);
  const target = intent.endpoint === null ? null : partsOfEndpoint(intent.endpoint);
  return {
    ...intent.about,
    id: intent.id,
    createdAt: intent.createdAt,
    accountId: intent.accountId,
    keyId: intent.keyId,
    workspaceId: intent.workspaceId,
    model: target?.model ?? intent.model,
    endpoint: intent.endpoint,
    provider: target?.provider ?? null,
    state: 'interrupted',
    finish: null,
    nativeFinish: null,
    serviceTier: null,
    usage: usageOf({ source: 'estimate' }),
    bill: { cost, inputCost, outputCost: nano(cost - inputCost), upstreamCost: null, isByok: false },
    attempts: [],
    losses: [],
    fault: fault('server', 'The gateway stopped before this call was settled.'),
    firstContentMs: null,
    totalMs: Math.max(0, now - intent.createdAt),
  };
}
